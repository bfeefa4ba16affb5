use salient_proto::{
    approval::v1::Outcome,
    contracts::v1::{Contract, DeleteContractRequest, UpdateContractRequest, contract::State},
};
use tonic::Code;

use crate::house::{House, answered, id, reason};

#[tokio::test]
async fn an_edit_makes_a_revision_with_a_digest_of_its_own() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let edited = house.edit(&draft, "新条款").await.expect("a draft");
    assert_eq!((edited.revision, edited.liability.as_str()), (2, "新条款"));
    assert_ne!((&edited.digest, &edited.etag), (&draft.digest, &draft.etag));
    assert_eq!(edited.lines, draft.lines, "the mask names the liability alone");
    assert_eq!(house.read(&draft.name).await, edited);
    let stale = house.edit(&draft, "旧").await.expect_err("stale");
    assert_eq!(reason(&stale), "ERROR_REASON_ETAG_MISMATCH");
}

#[tokio::test]
async fn an_edit_during_the_sign_off_supersedes_it() {
    let house = House::new().await;
    let submitted = house.submitted().await;
    let judged = house.report(&submitted, Outcome::Approved).await;
    let edited = house.edit(&submitted, "新条款").await.expect("superseded");
    assert_eq!(edited.state(), State::Draft);
    let superseded = house.intake.superseded();
    assert_eq!(superseded.len(), 1);
    assert_eq!(superseded[0].approval, judged.approval);
    assert_eq!(superseded[0].actor, house.li.name());
    let sign_off = edited.sign_off.clone().expect("kept");
    assert_eq!(sign_off.outcome(), Outcome::Superseded);
    // What was judged is not what the contract says now.
    assert!(!house.deliver_as(judged).await);
    assert_eq!(house.read(&edited.name).await.state(), State::Draft);

    let again = house.submit(&edited).await.expect("complete");
    assert_eq!(again.number, submitted.number, "the number stays");
    let next = again.sign_off.expect("submitted");
    assert_ne!(next.approval, sign_off.approval);
    assert_eq!(next.round, 1);
}

#[tokio::test]
async fn an_edit_that_comes_after_the_decision_is_refused() {
    let house = House::new().await;
    let submitted = house.submitted().await;
    house
        .intake
        .decide(&submitted.sign_off.clone().expect("submitted").approval);
    let refused = house.edit(&submitted, "新条款").await.expect_err("decided");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "ERROR_REASON_SIGN_OFF_DECIDED");
    assert_eq!(house.read(&submitted.name).await.revision, 1);
}

#[tokio::test]
async fn an_edit_that_is_refused_leaves_the_sign_off_alone() {
    let house = House::new().await;
    let mut submitted = house.submitted().await;
    submitted.etag = "\"1\"".into();
    house.edit(&submitted, "新条款").await.expect_err("stale");
    assert!(house.intake.superseded().is_empty());
    assert_eq!(house.read(&submitted.name).await.state(), State::InApproval);
}

#[tokio::test]
async fn what_is_approved_is_not_edited() {
    let house = House::new().await;
    let approved = house.approved().await;
    let refused = house.edit(&approved, "新条款").await.expect_err("approved");
    assert_eq!(reason(&refused), "ERROR_REASON_STATE_FORBIDS");
}

#[tokio::test]
async fn a_draft_that_is_given_up_stays_readable_and_nothing_else() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let request = DeleteContractRequest {
        name: draft.name.clone(),
        etag: draft.etag.clone(),
        request_id: id(),
    };
    let deleted = answered(house.contracts(&house.li).delete_contract(request).await);
    assert_eq!(deleted.state(), State::Deleted);
    assert!(deleted.delete_time.is_some());
    assert_eq!(house.read(&draft.name).await, deleted);
    for refused in [house.edit(&deleted, "x").await, house.submit(&deleted).await] {
        assert_eq!(
            reason(&refused.expect_err("given up")),
            "ERROR_REASON_STATE_FORBIDS"
        );
    }
}

#[tokio::test]
async fn a_repeated_edit_leaves_a_later_submission_alone() {
    let house = House::new().await;
    // The first version's, and none.
    for etag in ["\"1\"", ""] {
        let request = UpdateContractRequest {
            contract: Some(Contract {
                liability: "新条款".into(),
                etag: etag.into(),
                ..house.drafted().await
            }),
            update_mask: None,
            request_id: id(),
        };
        let mut contracts = house.contracts(&house.li);
        let first = answered(contracts.update_contract(request.clone()).await);
        let submitted = house.submit(&first).await.expect("complete");
        house.request_for(&submitted).await;
        assert_eq!(answered(contracts.update_contract(request).await), first);
        assert_eq!(house.read(&first.name).await, submitted);
    }
    assert!(house.intake.superseded().is_empty());
}
