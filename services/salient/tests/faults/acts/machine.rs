//! The machine's part: replicas that are gone, and come back.

use salient_proto::contracts::v1::contract;
use salient_tests::{contract::contract_over, desk::approval_name};

use super::{Stage, until};

/// The replica whose contracts and sign-offs both work with is gone when something is to be delivered to it.
pub async fn interrupted(stage: Stage<'_>) {
    let people = stage.department;
    let customer = stage.customer(1_000_000).await;
    let [_, replica] = &stage.house.replicas;

    let draft = contract_over(&customer, 1_000.into());
    let draft = people.salesperson.draft(draft).await.unwrap();
    replica.down();
    let contract = people.salesperson.submit(&draft.name).await.unwrap();
    postponed(stage, "contracts").await;
    replica.up();
    let task = people.supervisor.task_of(&approval_name(&contract)).await;

    replica.down();
    people.supervisor.reject(&task, "不同意").await.unwrap();
    postponed(stage, "approval").await;
    replica.up();
    people
        .salesperson
        .contract_in(&contract.name, contract::State::Rejected)
        .await;
}

/// Waits until a call of a schema's failed.
async fn postponed(stage: Stage<'_>, schema: &str) {
    let failed = format!("SELECT FROM {schema}.outbox WHERE last_error IS NOT NULL");
    until(async || !stage.house.sql.query(&failed, &[]).await.unwrap().is_empty()).await;
}
