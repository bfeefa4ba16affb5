use std::time::Duration;

use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use prost::Message as _;
use salient_proto::approval::v1::{
    ListAuditEntriesRequest, ListTasksRequest, Outcome, TaskBox, approval::State, audit_entry::Action,
    participation,
};

use crate::house::House;

#[tokio::test]
async fn a_contract_is_reserved_reviewed_approved_and_confirmed() {
    let house = House::open().await;
    let (approval, review) = house.submit_for_review().await;
    assert_eq!(review.step, "review");
    assert_eq!(review.checklist.len(), 5, "P6.1.2 names five items");
    assert_eq!(review.submitter, house.li.name());
    assert_eq!(review.amount.as_ref().unwrap().units, 120_000);
    let pending = house.approval(&approval).await;
    assert_eq!(pending.state(), State::Pending);
    assert_eq!(pending.participants[0].state(), participation::State::Reserved);

    let decided = house.approve(&house.zhang, &review).await.unwrap();
    assert_eq!(decided.decision.unwrap().findings.len(), 5);
    let task = house.task_of(&house.wang, &approval).await;
    assert_eq!((task.step.as_str(), task.checklist.len()), ("approval", 0));
    assert_eq!(task.return_targets, ["review"]);
    house.approve(&house.wang, &task).await.unwrap();

    let approved = house.until(&approval, State::Approved).await;
    let steps: Vec<_> = approved
        .visits
        .iter()
        .map(|visit| (visit.step.as_str(), visit.tasks.len()))
        .collect();
    assert_eq!(steps, [("review", 1), ("approval", 1)]);
    assert_eq!(approved.participants[0].state(), participation::State::Confirmed);
    assert_eq!(house.customers.calls(&approval), [("Reserve", 1), ("Confirm", 1)]);
    assert!(approved.end_time.is_some());

    house.heard(&approval, &[Outcome::Approved]).await;
    let outcome = house.contracts.last(&approval);
    assert_eq!(outcome.subject, approved.subject);
    assert_eq!(outcome.round, 1);

    assert!(house.inbox(&house.wang, "").await.is_empty());
    let decided = ListTasksRequest {
        r#box: TaskBox::Decided.into(),
        ..Default::default()
    };
    let decided = house
        .tasks(&house.wang)
        .list_tasks(decided)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(decided.tasks.len(), 1);
}

#[tokio::test]
async fn its_history_says_who_did_what_and_verifies() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    house.heard(&approval, &[Outcome::Approved]).await;
    house.in_history(&approval, Action::OutcomeDelivered).await;

    let request = ListAuditEntriesRequest {
        parent: approval.clone(),
        ..Default::default()
    };
    let entries = house
        .approvals(&house.li)
        .list_audit_entries(request)
        .await
        .unwrap()
        .into_inner()
        .audit_entries;
    let actions: Vec<_> = entries
        .iter()
        .map(|entry| (entry.action(), entry.actor.as_str()))
        .collect();
    let (zhang, wang) = (house.zhang.name(), house.wang.name());
    let own = "services/approval-orchestrator";
    let expected = [
        (Action::Submitted, "services/contracts"),
        (Action::Reserved, own),
        (Action::StepStarted, own),
        (Action::TaskCreated, own),
        (Action::TaskApproved, zhang.as_str()),
        (Action::StepEnded, zhang.as_str()),
        (Action::StepStarted, zhang.as_str()),
        (Action::TaskCreated, zhang.as_str()),
        (Action::TaskApproved, wang.as_str()),
        (Action::StepEnded, wang.as_str()),
        (Action::Confirming, wang.as_str()),
        (Action::Confirmed, own),
        (Action::Approved, own),
        (Action::OutcomeDelivered, own),
    ];
    assert_eq!(actions, expected);
    assert_eq!(entries[0].on_behalf_of, house.li.name());

    let verified = house.verify(&approval).await;
    assert!(verified.intact, "{verified:?}");
    assert_eq!(verified.entries, 14);
    assert_eq!(verified.head_hash, entries[13].hash);
}

#[tokio::test]
async fn an_outcome_that_is_delivered_again_is_noted_once() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    house.approve(&house.wang, &task).await.unwrap();
    house.heard(&approval, &[Outcome::Approved]).await;
    let mut owner = house.service.owner().await;
    let start = std::time::Instant::now();
    let mut delivered = async || {
        while diesel::sql_query("SELECT FROM outbox")
            .execute(&mut owner)
            .await
            .unwrap()
            > 0
        {
            assert!(start.elapsed().as_secs() < 60, "it was not delivered");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    delivered().await;

    // As a relay leaves it that dies between noting the answer and forgetting the delivery.
    let outcome = house.contracts.last(&approval);
    let payload: String = outcome
        .encode_to_vec()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let again = format!(
        "INSERT INTO outbox (id, destination, method, ordering_key, payload, create_time, due_time) \
         VALUES ('{}', 'contracts', 'DeliverOutcome', '{approval}', '\\x{payload}', now(), now())",
        outcome.request_id
    );
    house.service.owner().await.batch_execute(&again).await.unwrap();
    delivered().await;
    house
        .heard(&approval, &[Outcome::Approved, Outcome::Approved])
        .await;
    let request = ListAuditEntriesRequest {
        parent: approval,
        ..Default::default()
    };
    let entries = house.approvals(&house.li).list_audit_entries(request).await;
    let entries = entries.unwrap().into_inner().audit_entries;
    let noted = entries
        .iter()
        .filter(|entry| entry.action() == Action::OutcomeDelivered);
    assert_eq!(noted.count(), 1);
}
