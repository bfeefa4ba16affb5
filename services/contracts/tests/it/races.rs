//! The same contract, the same instant: the row's lock decides, and a repeat is no second try.

use futures::future::join_all;
use salient_proto::{
    approval::v1::Outcome,
    contracts::v1::{SubmitContractRequest, contract::State},
};

use crate::{
    files::upload,
    house::{House, answered, id, reason},
};

#[tokio::test]
async fn numbers_given_at_once_have_no_gaps_and_no_doubles() {
    let house = House::new().await;
    let submissions = (0..24).map(|_| async {
        let draft = house.drafted().await;
        house.submit(&draft).await.expect("complete").number
    });
    let mut numbers = join_all(submissions).await;
    numbers.sort();
    let sequences: Vec<_> = numbers.iter().map(|number| &number[number.len() - 6..]).collect();
    let expected: Vec<_> = (1..=24).map(|sequence| format!("{sequence:06}")).collect();
    assert_eq!(sequences, expected);
}

#[tokio::test]
async fn of_an_edit_and_an_outcome_at_once_one_wins() {
    let house = House::new().await;
    for _ in 0..20 {
        let submitted = house.submitted().await;
        let report = house.report(&submitted, Outcome::Approved).await;
        // The orchestrator's row decides in earnest; here both may come, and the contract must still be one or the other.
        let (edited, applied) = tokio::join!(house.edit(&submitted, "新条款"), house.deliver_as(report));
        let contract = house.read(&submitted.name).await;
        match (edited, applied) {
            (Ok(_), false) => assert_eq!((contract.state(), contract.revision), (State::Draft, 2)),
            (Err(_), true) => assert_eq!((contract.state(), contract.revision), (State::Approved, 1)),
            both => panic!("{both:?} made {:?}", contract.state()),
        }
    }
}

#[tokio::test]
async fn of_submissions_at_once_one_wins() {
    let house = House::new().await;
    for _ in 0..10 {
        let mut draft = house.drafted().await;
        draft.etag.clear();
        let answers = join_all((0..4).map(|_| house.submit(&draft))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        for refused in lost {
            assert_eq!(reason(&refused.expect_err("lost")), "ERROR_REASON_STATE_FORBIDS");
        }
    }
}

#[tokio::test]
async fn one_submission_sent_twice_at_once_is_one() {
    let house = House::new().await;
    for sequence in 1..=10 {
        let draft = house.drafted().await;
        let request = SubmitContractRequest {
            name: draft.name,
            comment: String::new(),
            etag: draft.etag,
            request_id: id(),
        };
        let answers = join_all((0..4).map(|_| {
            let (mut contracts, request) = (house.contracts(&house.li), request.clone());
            async move { answered(contracts.submit_contract(request).await) }
        }))
        .await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        let last = format!("{sequence:06}");
        assert!(
            answers[0].number.ends_with(&last),
            "{} is not {last}",
            answers[0].number
        );
    }
}

#[tokio::test]
async fn files_sent_at_once_are_versions_of_their_own() {
    let house = House::new().await;
    let approved = house.approved().await;
    let contents = [&b"%PDF-1.7 one"[..], b"%PDF-1.7 two", b"%PDF-1.7 three"];
    let uploads = join_all(contents.map(|content| upload(&house, &approved.name, content))).await;
    let mut names: Vec<_> = uploads
        .into_iter()
        .map(|file| file.expect("taken").name)
        .collect();
    names.sort();
    let expected: Vec<_> = (1..=3)
        .map(|version| format!("{}/files/{version}", approved.name))
        .collect();
    assert_eq!(names, expected);
}
