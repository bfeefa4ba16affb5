use salient_proto::{
    approval::v1::{DeliverOutcomeRequest, Outcome, Subject},
    contracts::v1::contract::State,
};

use crate::house::{House, id};

#[tokio::test]
async fn each_outcome_leads_to_its_state() {
    let house = House::new().await;
    for (outcome, state) in [
        (Outcome::Approved, State::Approved),
        (Outcome::Rejected, State::Rejected),
        (Outcome::Returned, State::Returned),
        (Outcome::Withdrawn, State::Draft),
        (Outcome::Refused, State::Draft),
        (Outcome::Superseded, State::Draft),
        (Outcome::Cancelled, State::Draft),
    ] {
        let submitted = house.submitted().await;
        assert!(house.deliver(&submitted, outcome).await, "{outcome:?}");
        let contract = house.read(&submitted.name).await;
        assert_eq!(contract.state(), state, "{outcome:?}");
        let sign_off = contract.sign_off.expect("submitted");
        assert_eq!((sign_off.outcome(), sign_off.comment.as_str()), (outcome, "同意"));
    }
}

#[tokio::test]
async fn an_outcome_counts_once_however_often_it_comes() {
    let house = House::new().await;
    let submitted = house.submitted().await;
    let returned = house.report(&submitted, Outcome::Returned).await;
    assert!(house.deliver_as(returned.clone()).await);
    assert!(house.deliver_as(returned.clone()).await);
    let resubmitted = house
        .submit(&house.read(&submitted.name).await)
        .await
        .expect("complete");
    let sign_off = resubmitted.sign_off.expect("submitted");
    assert_eq!(
        (sign_off.approval, sign_off.round),
        (returned.approval.clone(), 2)
    );
    // Late, under another request id: still applied, but not again.
    let mut late = returned;
    late.request_id = id();
    assert!(house.deliver_as(late).await);
    assert_eq!(house.read(&submitted.name).await.state(), State::InApproval);
}

#[tokio::test]
async fn an_outcome_about_anything_else_is_not_applied() {
    let house = House::new().await;
    let changes: [fn(&mut DeliverOutcomeRequest); 4] = [
        |report| report.approval = format!("approvals/{}", id()),
        |report| report.round = 2,
        |report| subject(report).version = 2,
        |report| subject(report).digest = vec![0; 32],
    ];
    for change in changes {
        let submitted = house.submitted().await;
        let mut report = house.report(&submitted, Outcome::Approved).await;
        change(&mut report);
        assert!(!house.deliver_as(report).await);
        assert_eq!(house.read(&submitted.name).await.state(), State::InApproval);
    }
}

fn subject(report: &mut DeliverOutcomeRequest) -> &mut Subject {
    report.subject.as_mut().expect("a subject")
}

#[tokio::test]
async fn of_deliveries_at_once_one_counts_and_all_agree() {
    let house = House::new().await;
    let submitted = house.submitted().await;
    let report = house.report(&submitted, Outcome::Approved).await;
    let deliveries = (0..8).map(|_| {
        let mut report = report.clone();
        report.request_id = id();
        house.deliver_as(report)
    });
    let applied = futures::future::join_all(deliveries).await;
    assert_eq!(applied, [true; 8]);
    let contract = house.read(&submitted.name).await;
    assert_eq!(
        (contract.state(), contract.etag.as_str()),
        (State::Approved, "\"3\"")
    );
}
