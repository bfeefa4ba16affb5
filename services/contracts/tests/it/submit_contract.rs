use salient_proto::{
    approval::v1::fact,
    contracts::v1::{PreviewApprovalRequest, SubmitContractRequest, contract::State},
};
use tonic::Code;

use crate::house::{House, answered, cny, id, reason};

#[tokio::test]
async fn a_submission_gives_the_number_and_reaches_the_orchestrator() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let submitted = house.submit(&draft).await.expect("complete");
    assert_eq!(submitted.state(), State::InApproval);
    assert!(submitted.number.starts_with("HT-HD-2"), "{}", submitted.number);
    assert!(submitted.number.ends_with("-000001"), "{}", submitted.number);
    assert_eq!(house.read(&draft.name).await, submitted);

    let request = house.request_for(&submitted).await;
    let subject = request.subject.expect("a subject");
    assert_eq!(
        (subject.kind.as_str(), subject.service.as_str()),
        ("contract", "contracts")
    );
    assert_eq!((subject.name, subject.version), (draft.name, 1));
    assert_eq!(subject.digest, submitted.digest);
    assert_eq!(request.submitter, house.li.name());
    assert_eq!(request.unit, house.team.name());
    assert_eq!(request.account, submitted.customer);
    assert_eq!(
        request.title,
        format!("{} 上海晨光贸易 机床采购", submitted.number)
    );
    let fact = |name: &str| {
        let mut facts = request.facts.iter();
        facts
            .find(|fact| fact.name == name)
            .and_then(|fact| fact.value.clone())
    };
    assert_eq!(fact("amount"), cny(100_001, 0).map(fact::Value::Money));
    assert_eq!(fact("region"), Some(fact::Value::Text("HD".into())));
    assert_eq!(fact("customer_grade"), Some(fact::Value::Text("B".into())));
}

#[tokio::test]
async fn a_repeated_submission_is_one() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let request = SubmitContractRequest {
        name: draft.name.clone(),
        comment: String::new(),
        etag: draft.etag.clone(),
        request_id: id(),
    };
    let mut contracts = house.contracts(&house.li);
    let first = answered(contracts.submit_contract(request.clone()).await);
    assert_eq!(answered(contracts.submit_contract(request).await), first);
    house.request_for(&first).await;
    assert_eq!(house.intake.requested().len(), 1);
    let again = house.submit(&first).await.expect_err("in approval already");
    assert_eq!(reason(&again), "ERROR_REASON_STATE_FORBIDS");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let draft = house.edit(&draft, "").await.expect("a draft");
    let refused = house.submit(&draft).await.expect_err("incomplete");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "ERROR_REASON_CONTRACT_INCOMPLETE");
    assert_eq!(
        house.read(&draft.name).await.number,
        "",
        "no number is spent on a refusal"
    );
}

#[tokio::test]
async fn a_stale_etag_is_refused() {
    let house = House::new().await;
    let draft = house.drafted().await;
    house.edit(&draft, "新条款").await.expect("a draft");
    let refused = house.submit(&draft).await.expect_err("stale");
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "ERROR_REASON_ETAG_MISMATCH")
    );
}

#[tokio::test]
async fn a_customer_that_is_gone_is_refused() {
    let house = House::new().await;
    let draft = house.drafted().await;
    house.customers.take_away(&draft.customer);
    let refused = house.submit(&draft).await.expect_err("no customer");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "ERROR_REASON_CUSTOMER_UNAVAILABLE");
}

#[tokio::test]
async fn who_would_sign_is_told_before() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let request = PreviewApprovalRequest { name: draft.name };
    let preview = answered(house.contracts(&house.li).preview_approval(request).await);
    assert_eq!(preview.policy_version, "policies/contract/versions/1");
}
