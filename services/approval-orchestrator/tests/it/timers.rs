//! Ten thousand deadlines that pass at the same instant, with two replicas looking at the clock: each is acted on once.

use std::time::{Duration, Instant};

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use futures::{StreamExt as _, stream};
use jiff::SignedDuration;
use salient_approval_orchestrator::ApprovalOrchestrator;
use salient_proto::approval::v1::{
    ExpiryAction, Outcome, PolicyVersion, PublishPolicyVersionRequest,
    policy_service_client::PolicyServiceClient,
};
use salient_server::Service as _;

use crate::{
    deadlines::{hours, policy},
    errors::reason,
    house::id,
    replicas::Replicas,
};

const TIMERS: i64 = 10_000;
/// How many decisions meet their deadline.
const RACES: usize = 100;
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn publish(both: &Replicas, policy: PolicyVersion) {
    let request = PublishPolicyVersionRequest {
        parent: "policies/contract".to_owned(),
        policy_version: Some(policy),
        validate_only: false,
        request_id: id(),
    };
    PolicyServiceClient::new(both.channels[0].clone())
        .publish_policy_version(both.as_person(&both.admin, request))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_deadlines_pass_at_once_on_two_replicas() {
    let both = Replicas::start().await;
    publish(&both, policy(&hours(8, ExpiryAction::Reject))).await;
    let approval = both.submit(0).await;
    let task = both.task_of(1, &both.zhang, &approval).await;

    // The others are copies of the one, each with ids and a subject of its own, and the history that is there begins again.
    let mut owner = both.database.owner(ApprovalOrchestrator::SCHEMA).await;
    let (approval, task) = (&approval["approvals/".len()..], &task.name["tasks/".len()..]);
    let copy = format!(
        "INSERT INTO approval (id, state, kind, policy_version, subject_service, subject_name, submitter, unit, version, \
         document, create_time, timer_time) \
         SELECT ids.approval, state, kind, policy_version, subject_service, subject_name || ids.approval, submitter, unit, \
         version, replace(replace(replace(document::text, '{approval}', ids.approval::text), '{task}', ids.task::text), \
         subject_name, subject_name || ids.approval)::jsonb, create_time, timer_time \
         FROM approval, (SELECT gen_random_uuid() AS approval, gen_random_uuid() AS task FROM generate_series(2, {TIMERS})) AS ids \
         WHERE id = '{approval}'"
    );
    owner.batch_execute(&copy).await.unwrap();
    both.clock.shift(SignedDuration::from_hours(9));
    let start = Instant::now();
    let mut count = async |what: &str| {
        let counted: Count = diesel::sql_query(format!("SELECT count(*) AS count FROM {what}"))
            .get_result(&mut owner)
            .await
            .unwrap();
        counted.count
    };
    while count("approval WHERE timer_time IS NOT NULL").await > 0 {
        assert!(start.elapsed() < PATIENCE, "still due");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    eprintln!("{TIMERS} deadlines acted on in {:?}", start.elapsed());
    // Once more, for who may come late.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(count("approval WHERE state = 'REJECTED'").await, TIMERS);
    assert_eq!(count("audit_entry WHERE action = 'TASK_EXPIRED'").await, TIMERS);
    assert_eq!(
        count("(SELECT DISTINCT approval FROM audit_entry WHERE action = 'TASK_EXPIRED') AS once").await,
        TIMERS
    );
    assert_eq!(count("task WHERE state = 'REJECTED'").await, TIMERS);
    assert_eq!(count("event WHERE type LIKE '%ApprovalDecided'").await, TIMERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_decision_and_the_deadline_at_once_the_first_stands() {
    let both = &Replicas::start().await;
    let mut one_step = policy(&hours(8, ExpiryAction::Reject));
    one_step.steps.truncate(1);
    publish(both, one_step).await;
    let submit = async |number: usize| {
        let approval = both.submit(number % 2).await;
        let task = both.task_of(number % 2, &both.zhang, &approval).await;
        (approval, task)
    };
    let submitted: Vec<_> = stream::iter(0..RACES)
        .map(submit)
        .buffer_unordered(8)
        .collect()
        .await;
    both.clock.shift(SignedDuration::from_hours(9));
    // The replicas look once a second: decisions come before, during and after.
    let decide = async |(number, (approval, task)): (usize, _)| {
        tokio::time::sleep(Duration::from_millis(40) * u32::try_from(number).unwrap()).await;
        let decided = both.approve(number % 2, &both.zhang, &task).await;
        let expected = match decided {
            Ok(_) => Outcome::Approved,
            Err(status) => {
                assert_eq!(reason(&status), "ERROR_REASON_TASK_CLOSED", "{status:?}");
                Outcome::Rejected
            }
        };
        (approval, expected)
    };
    let decided: Vec<(String, Outcome)> = stream::iter(submitted.into_iter().enumerate())
        .map(decide)
        .buffer_unordered(RACES)
        .collect()
        .await;
    let approved = decided
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Approved)
        .count();
    eprintln!("of {RACES}, {approved} were decided before the deadline was noticed");
    assert!(approved < RACES, "the deadline was never noticed");
    let start = Instant::now();
    for (approval, expected) in decided {
        while both.contracts.outcomes(&approval) != [expected] {
            assert!(
                start.elapsed() < PATIENCE,
                "{expected:?}: heard {:?}",
                both.contracts.outcomes(&approval)
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
