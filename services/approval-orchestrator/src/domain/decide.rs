//! An approver's answer.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Approval, Decision, Finding, TaskState, VisitState},
    audit::Action,
    checklist,
    policy::Step,
    receiver::Receiver,
    refusal::Refusal,
    resolution::Holder,
    state::{Event, State},
    verb::Verb,
    work::{Changes, Desk, Outcome, Work},
};

/// An approver's answer to a task.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Yes, no, or back.
    pub kind: AnswerKind,
    /// Back to which step; `None` means the submitter.
    pub return_step: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The comment.
    pub comment: String,
    /// The digest that was seen, where the approver says so.
    pub subject_digest: Option<Vec<u8>>,
    /// Who is asked next, where the policy leaves that to the approver.
    pub next_approvers: Vec<Receiver>,
}

impl Answer {
    fn verb(&self) -> Verb {
        match self.kind {
            AnswerKind::Approve => Verb::Approve,
            AnswerKind::Reject => Verb::Reject,
            AnswerKind::Return => Verb::Return,
        }
    }

    fn event(&self) -> Event {
        match (self.kind, &self.return_step) {
            (AnswerKind::Approve, _) => Event::Approve,
            (AnswerKind::Reject, _) => Event::Reject,
            (AnswerKind::Return, Some(_)) => Event::ReturnToStep,
            (AnswerKind::Return, None) => Event::ReturnToSubmitter,
        }
    }
}

/// Whether the answer may start a step, so that its approvers have to be looked up first.
#[must_use]
pub fn may_start_step(approval: &Approval, steps: usize, answer: &Answer) -> bool {
    match answer.event() {
        Event::Approve => approval.step_position + 1 < steps,
        Event::ReturnToStep => true,
        _ => false,
    }
}

/// Decides a task, and goes on as far as that leads. Who decides has been checked before.
///
/// # Errors
/// What [`Work::act`] finds; `SubjectChanged`; what [`checklist::check`] finds; `ReturnTargetInvalid`; `OpinionOnly` where an opinion
/// is asked for and the subject is returned.
pub fn decide(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    answer: &Answer,
) -> Result<Changes, Refusal> {
    let (work, position, visit) = Work::act(approval, desk, task, answer.verb())?;
    if answer
        .subject_digest
        .as_ref()
        .is_some_and(|seen| *seen != work.approval.subject.digest)
    {
        return Err(Refusal::SubjectChanged { task });
    }
    let mut work = Work::start(work.approval, desk, answer.event())?;
    let step = work.step_of(visit)?;
    if !work.approval.tasks[position].decides() {
        checklist::check(&step.checklist, &answer.findings, AnswerKind::Reject)?;
        work.give_opinion(position, answer)?;
        return Ok(work.finish());
    }
    checklist::check(&step.checklist, &answer.findings, answer.kind)?;
    if let Some(target) = answer
        .return_step
        .as_ref()
        .filter(|target| !step.return_targets.contains(target))
    {
        return Err(Refusal::ReturnTargetInvalid {
            step: target.clone(),
            targets: step.return_targets.clone(),
        });
    }
    work.choose(step, answer)?;
    work.record(position, answer);
    work.apply(visit, answer)?;
    Ok(work.finish())
}

impl Work<'_> {
    /// Keeps whom the approver chose to be asked next.
    fn choose(&mut self, step: &Step, answer: &Answer) -> Result<(), Refusal> {
        if answer.next_approvers.is_empty() {
            return Ok(());
        }
        let mut later = self.desk.rulebook.policy.steps.iter();
        let leaves_open = later.any(|candidate| candidate.id == step.id) && later.any(Step::takes_choice);
        if answer.kind != AnswerKind::Approve || !leaves_open {
            return Err(Refusal::NextApproversUnexpected {
                step: step.id.clone(),
            });
        }
        for chosen in &answer.next_approvers {
            chosen.check_fit(self.approval.submitter)?;
        }
        let holders = answer.next_approvers.iter().map(|chosen| Holder {
            employee: chosen.employee,
            display_name: chosen.display_name.clone(),
            substitute: false,
        });
        self.approval.choices.insert(step.id.clone(), holders.collect());
        Ok(())
    }

    pub(super) fn record(&mut self, position: usize, answer: &Answer) {
        let (state, action) = match answer.kind {
            AnswerKind::Approve => (TaskState::Approved, Action::TaskApproved),
            AnswerKind::Reject => (TaskState::Rejected, Action::TaskRejected),
            AnswerKind::Return => (TaskState::Returned, Action::TaskReturned),
        };
        self.end_task(position, state);
        self.changes.decisions.push(Decision {
            task: self.approval.tasks[position].id,
            answer: answer.kind,
            comment: answer.comment.clone(),
            findings: answer.findings.clone(),
            return_step: answer.return_step.clone(),
            carried_from: None,
            subject_digest: self.approval.subject.digest.clone(),
            decide_time: self.desk.now,
            on_expiry: false,
        });
        let details = [
            ("comment", json!(answer.comment)),
            ("findings", json!(answer.findings)),
            ("return_step", json!(answer.return_step)),
            ("digest_sent", json!(answer.subject_digest.is_some())),
        ];
        let chosen = answer
            .next_approvers
            .iter()
            .map(|chosen| format!("employees/{}", chosen.employee));
        let chosen: Vec<_> = chosen.collect();
        let chosen = (!chosen.is_empty()).then(|| ("next_approvers", json!(chosen)));
        self.log_task(action, position, details.into_iter().chain(chosen));
    }

    /// Goes on from an open visit in which something has changed, as far as that leads.
    pub(super) fn go_on(&mut self, visit: usize, comment: &str) -> Result<(), Refusal> {
        self.settle(visit)?;
        match self.approval.visits[visit].state {
            VisitState::Agreed => {
                self.approval.step_position += 1;
                self.advance()?;
            }
            VisitState::Rejected => {
                self.end_round(State::Rejected, Outcome::Rejected, Action::Rejected, comment);
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn apply(&mut self, visit: usize, answer: &Answer) -> Result<(), Refusal> {
        match (answer.kind, &answer.return_step) {
            (AnswerKind::Approve | AnswerKind::Reject, _) => self.go_on(visit, &answer.comment)?,
            (AnswerKind::Return, Some(target)) => {
                self.end_visit(visit, VisitState::Returned);
                let position = self.desk.rulebook.policy.position(target);
                self.approval.step_position =
                    position.ok_or(Refusal::Defect("a return target of no step"))?;
                self.advance()?;
            }
            (AnswerKind::Return, None) => {
                self.end_visit(visit, VisitState::Returned);
                self.end_round(
                    State::Returned,
                    Outcome::Returned,
                    Action::Returned,
                    &answer.comment,
                );
            }
        }
        Ok(())
    }
}
