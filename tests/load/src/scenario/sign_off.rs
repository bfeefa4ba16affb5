//! A whole sign-off: submitted, reviewed, approved, and the outcome in the contract.

use anyhow::Context as _;
use salient_proto::{
    approval::v1::{ApproveTaskRequest, Finding, ListTasksRequest, Task, finding},
    contracts::v1::{Contract, GetContractRequest, SubmitContractRequest, contract::State},
};

use super::{Stage, request_id};
use crate::{
    company::{Desk, Person},
    pace::Wait,
};

/// How long clients wait for what services do among themselves.
#[derive(Debug)]
pub struct Waits {
    /// From the submission to the reviewer's task.
    review: Wait,
    /// From the review to the approver's task.
    approval: Wait,
    /// From the approval to the approved contract.
    outcome: Wait,
}

impl Waits {
    /// Waits like this one.
    #[must_use]
    pub fn like(wait: impl Fn() -> Wait) -> Self {
        Self {
            review: wait(),
            approval: wait(),
            outcome: wait(),
        }
    }
}

/// Hears between which calls the client is.
pub trait Stages {
    /// A call is about to be made.
    fn before(&self, rpc: &'static str);
    /// It was answered.
    fn after(&self, rpc: &'static str);
}

/// Nobody wants to know.
impl Stages for () {
    fn before(&self, _: &'static str) {}
    fn after(&self, _: &'static str) {}
}

/// Signs a draft of this desk off.
///
/// # Errors
/// What a call fails with; that it takes too long or goes another way.
pub async fn sign_off(
    stage: &Stage,
    client: usize,
    desk: &Desk,
    draft: &str,
    waits: &Waits,
    stages: &(impl Stages + Sync),
) -> anyhow::Result<()> {
    stages.before("SubmitContract");
    let submitted = submit(stage, client, desk, draft).await?;
    stages.after("SubmitContract");
    let approval = submitted
        .sign_off
        .context("submitted without a sign-off")?
        .approval;
    let review = || task(stage, client, &desk.supervisor, &approval);
    let review = waits.review.until("the review", review).await?;
    stages.before("ApproveTask (review)");
    approve(stage, client, &desk.supervisor, review).await?;
    stages.after("ApproveTask (review)");
    let last = || task(stage, client, &desk.manager, &approval);
    let last = waits.approval.until("the approval", last).await?;
    stages.before("ApproveTask (approval)");
    approve(stage, client, &desk.manager, last).await?;
    stages.after("ApproveTask (approval)");
    let approved = || approved(stage, client, desk, draft);
    waits.outcome.until("the outcome", approved).await
}

/// Submits a draft.
///
/// # Errors
/// What the call fails with.
pub async fn submit(stage: &Stage, client: usize, desk: &Desk, draft: &str) -> anyhow::Result<Contract> {
    let mut contracts = stage.connections.contracts(client, &desk.salesperson)?;
    let request = SubmitContractRequest {
        name: draft.to_owned(),
        comment: "请审批".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    Ok(contracts.submit_contract(request).await?.into_inner())
}

/// Looks into somebody's inbox for the task of an approval.
async fn task(stage: &Stage, client: usize, person: &Person, approval: &str) -> anyhow::Result<Option<Task>> {
    let mut tasks = stage.connections.tasks(client, person)?;
    let request = ListTasksRequest {
        filter: format!("approval = \"{approval}\""),
        ..Default::default()
    };
    Ok(tasks.list_tasks(request).await?.into_inner().tasks.pop())
}

/// Approves, with every item of the checklist in order.
async fn approve(stage: &Stage, client: usize, person: &Person, task: Task) -> anyhow::Result<()> {
    let mut tasks = stage.connections.tasks(client, person)?;
    let findings = task.checklist.into_iter().map(|item| Finding {
        item: item.id,
        result: finding::Result::Acceptable.into(),
        ..Default::default()
    });
    let request = ApproveTaskRequest {
        name: task.name,
        findings: findings.collect(),
        subject_digest: task.subject.unwrap_or_default().digest,
        etag: task.etag,
        request_id: request_id(),
        ..Default::default()
    };
    tasks.approve_task(request).await?;
    Ok(())
}

/// Whether the contract is approved by now.
async fn approved(stage: &Stage, client: usize, desk: &Desk, contract: &str) -> anyhow::Result<Option<()>> {
    let mut contracts = stage.connections.contracts(client, &desk.salesperson)?;
    let request = GetContractRequest {
        name: contract.to_owned(),
    };
    let contract = contracts.get_contract(request).await?.into_inner();
    match contract.state() {
        State::InApproval => Ok(None),
        State::Approved => Ok(Some(())),
        state => anyhow::bail!(
            "{} is {state:?} instead of approved: {:?}",
            contract.name,
            contract.sign_off
        ),
    }
}
