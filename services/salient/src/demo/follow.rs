//! Following one contract's sign-off: whoever is asked answers, until it has ended.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use salient_access::token::Issuer;
use salient_proto::approval::v1::{
    Approval, ApproveTaskRequest, Finding, GetApprovalRequest, RejectTaskRequest, ReturnTaskRequest, Task,
    WithdrawApprovalRequest, approval, approval_service_client::ApprovalServiceClient,
    finding::Result as Found, task, task_service_client::TaskServiceClient,
};
use tonic::Code;

use super::fate::Fate;
use crate::{
    client::{Connections, Session, id_of, refused, request_id},
    suite::Member,
};

/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often an application that waits looks again: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LAST_LOOK: Duration = Duration::from_millis(200);

/// The step that has the checklist.
const REVIEW: &str = "review";

/// Waits between looks, longer each time, and not for ever.
pub(super) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self {
            until: Instant::now() + PATIENCE,
            pause: FIRST_LOOK,
        }
    }

    pub(super) async fn wait(&mut self, what: &str) -> anyhow::Result<()> {
        anyhow::ensure!(
            Instant::now() < self.until,
            "{what}: nothing has happened for {PATIENCE:?}"
        );
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 3 / 2).min(LAST_LOOK);
        Ok(())
    }
}

/// Everybody who takes part.
#[derive(Clone, Copy)]
pub(super) struct Office<'a> {
    pub(super) connections: &'a Connections,
    pub(super) issuer: &'a Issuer,
}

impl Office<'_> {
    pub(super) fn session(&self, person: &str) -> anyhow::Result<Session> {
        self.connections.sign_in(self.issuer, id_of(person)?)
    }

    /// Lets the approvers answer until the approval has ended or is back with its submitter, who looks on.
    pub(super) async fn follow(
        &self,
        submitter: &Session,
        name: &str,
        fate: Fate,
    ) -> anyhow::Result<Approval> {
        let mut approvals = ApprovalServiceClient::new(submitter.at(Member::ApprovalOrchestrator)?);
        let mut patience = Patience::new();
        loop {
            let answer = approvals
                .get_approval(GetApprovalRequest {
                    name: name.to_owned(),
                })
                .await;
            let approval = match answer {
                Ok(approval) => approval.into_inner(),
                // The request is still on its way from the contract's service.
                Err(status) if matches!(status.code(), Code::NotFound | Code::PermissionDenied) => {
                    patience.wait(name).await?;
                    continue;
                }
                Err(status) => return Err(refused(name)(status)),
            };
            match approval.state() {
                approval::State::Unspecified | approval::State::Reserving | approval::State::Confirming => {}
                approval::State::Pending => {
                    if fate == Fate::Withdraw {
                        let request = WithdrawApprovalRequest {
                            name: name.to_owned(),
                            comment: "客户推迟采购计划".to_owned(),
                            request_id: request_id(),
                            ..Default::default()
                        };
                        approvals
                            .withdraw_approval(request)
                            .await
                            .map_err(refused("withdrawing"))?;
                        patience = Patience::new();
                    } else if let Some(task) = asked(&approval) {
                        self.answer(task, approval.round, fate).await?;
                        patience = Patience::new();
                    }
                }
                approval::State::Suspended => {
                    let detail = approval
                        .attention
                        .map(|attention| attention.detail)
                        .unwrap_or_default();
                    bail!("{name} is suspended: {detail}");
                }
                approval::State::Returned
                | approval::State::Approved
                | approval::State::Rejected
                | approval::State::Withdrawn
                | approval::State::Refused
                | approval::State::Superseded
                | approval::State::Cancelled => return Ok(approval),
            }
            patience.wait(name).await?;
        }
    }

    async fn answer(&self, task: &Task, round: i32, fate: Fate) -> anyhow::Result<()> {
        let session = self.session(&task.assignee)?;
        let mut tasks = TaskServiceClient::new(session.at(Member::ApprovalOrchestrator)?);
        let reviewing = task.step == REVIEW;
        let name = task.name.clone();
        let subject_digest = task
            .subject
            .as_ref()
            .context("a task without a subject")?
            .digest
            .clone();
        let answered = match (fate, reviewing) {
            (Fate::RejectInReview, true) => {
                let comment = "付款条件与公司政策不符".to_owned();
                let findings = findings(task, Some(("payment-terms", "预付款比例过低")));
                tasks
                    .reject_task(RejectTaskRequest {
                        name,
                        findings,
                        comment,
                        subject_digest,
                        request_id: request_id(),
                        ..Default::default()
                    })
                    .await
            }
            (Fate::RejectAtTheEnd, false) => {
                let comment = "利润率低于区域底线".to_owned();
                tasks
                    .reject_task(RejectTaskRequest {
                        name,
                        comment,
                        subject_digest,
                        request_id: request_id(),
                        ..Default::default()
                    })
                    .await
            }
            (Fate::ReturnOnce, true) if round == 1 => {
                let comment = "请补充违约责任的细节".to_owned();
                let findings = findings(task, Some(("liability", "缺少逾期付款条款")));
                tasks
                    .return_task(ReturnTaskRequest {
                        name,
                        findings,
                        comment,
                        subject_digest,
                        request_id: request_id(),
                        ..Default::default()
                    })
                    .await
            }
            _ => {
                let findings = findings(task, None);
                let comment = if reviewing { "条款齐全" } else { "同意" }.to_owned();
                tasks
                    .approve_task(ApproveTaskRequest {
                        name,
                        findings,
                        comment,
                        subject_digest,
                        request_id: request_id(),
                        ..Default::default()
                    })
                    .await
            }
        };
        match answered {
            Ok(_) => Ok(()),
            // Another of the people asked was first.
            Err(status) if status.code() == Code::FailedPrecondition => Ok(()),
            Err(status) => Err(refused(&task.name)(status)),
        }
    }
}

/// The next task that somebody has to decide.
fn asked(approval: &Approval) -> Option<&Task> {
    let tasks = approval.visits.iter().flat_map(|visit| &visit.tasks);
    tasks
        .into_iter()
        .find(|task| task.state() == task::State::Pending)
}

/// Goes through the task's checklist; everything is acceptable but the item given, with its remark.
fn findings(task: &Task, fault: Option<(&str, &str)>) -> Vec<Finding> {
    let finding = |item: &str| {
        let fault = fault.filter(|(faulty, _)| *faulty == item);
        let result = if fault.is_some() {
            Found::NotAcceptable
        } else {
            Found::Acceptable
        };
        let remark = fault.map(|(_, remark)| remark.to_owned()).unwrap_or_default();
        Finding {
            item: item.to_owned(),
            result: result.into(),
            remark,
        }
    };
    task.checklist.iter().map(|item| finding(&item.id)).collect()
}
