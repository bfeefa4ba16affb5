//! Going on: which step is next, who is asked, when everyone has agreed. Runs inside the change that caused it, so that no crash
//! strands an approval between two steps; bounded, because the position only grows.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{
        AnswerKind, AttentionReason, Decision, ParticipationState, Request, ResolvedApprover, Task,
        TaskState, Visit, VisitState,
    },
    audit::Action,
    branch::alternative_of,
    mode::{Ballot, Tally, tally},
    policy::{OnResubmit, SamePerson, Step},
    refusal::Refusal,
    resolution::{Holder, Resolution, resolve},
    state::State,
    work::{Call, Outcome, Work},
};

impl<'a> Work<'a> {
    /// Starts the next step that applies, and those after it as long as each is agreed at once; where none is left, ends.
    pub(super) fn advance(&mut self) -> Result<(), Refusal> {
        let rulebook = self.desk.rulebook;
        self.approval.state = State::Pending;
        while let Some(step) = rulebook.step(self.approval.step_position) {
            match rulebook.applies(self.approval.step_position, &self.approval.facts) {
                Ok(true) => {
                    self.start_visit(step)?;
                    if self.approval.state != State::Pending || self.open_visit().is_some() {
                        return Ok(());
                    }
                }
                Ok(false) => self.skip(step),
                Err(error) => {
                    let detail = format!("The condition of step {} cannot be evaluated: {error}", step.id);
                    self.suspend(AttentionReason::ConditionFailed, detail);
                    return Ok(());
                }
            }
            self.approval.step_position += 1;
        }
        self.complete();
        Ok(())
    }

    /// Asks who has to be asked now in the open visit, and ends it once it is decided.
    pub(super) fn settle(&mut self, visit: usize) -> Result<(), Refusal> {
        let step = self.step_of(visit)?;
        self.close_answered(visit);
        // Each turn of the loop makes a task for somebody who had none.
        for _ in 0..=self.approval.visits[visit].approvers.len() {
            match tally(step.mode, step.threshold, &self.ballots(visit)) {
                Tally::Open { asked } => {
                    if !self.ask(visit, step, asked) {
                        return Ok(());
                    }
                }
                Tally::Agreed => {
                    self.end_visit(visit, VisitState::Agreed);
                    return Ok(());
                }
                Tally::Rejected => {
                    self.end_visit(visit, VisitState::Rejected);
                    return Ok(());
                }
            }
        }
        Err(Refusal::Defect("a visit does not settle"))
    }

    fn start_visit(&mut self, step: &Step) -> Result<(), Refusal> {
        if let Some(service) = step.checked_by() {
            self.start_check(step, service);
            return Ok(());
        }
        let ladders = self
            .desk
            .ladders
            .ok_or(Refusal::Defect("a step starts without its approvers looked up"))?;
        let chosen = self.chosen_for(step)?;
        let Resolution { approvers, trace } = resolve(step, ladders, &chosen, self.approval.submitter);
        if approvers.is_empty() {
            let detail = format!("Nobody can be asked in step {}: {}", step.id, trace.join("; "));
            self.suspend(AttentionReason::NoApprover, detail);
            return Ok(());
        }
        let ballots: Vec<_> = approvers
            .iter()
            .map(|approver| Ballot {
                weight: approver.weight,
                answer: None,
            })
            .collect();
        if tally(step.mode, step.threshold, &ballots) == Tally::Rejected {
            let detail = format!(
                "The vote of step {} could not be won by all {} together",
                step.id,
                ballots.len()
            );
            self.suspend(AttentionReason::VoteUnreachable, detail);
            return Ok(());
        }
        let visit = self.push_visit(step, VisitState::Open, approvers, trace);
        self.set_deadline(visit, step)?;
        let started = &self.approval.visits[visit];
        let mut details = vec![
            ("approvers", json!(started.approvers)),
            ("trace", json!(started.trace)),
            ("organization_revision", json!(ladders.revision)),
        ];
        details.extend(
            started
                .deadline
                .as_ref()
                .map(|deadline| ("deadline", json!(deadline))),
        );
        self.log_visit(Action::StepStarted, visit, details);
        self.settle(visit)
    }

    /// Whom the approver of the step before chose for a step; when it is returned to, whoever was chosen before.
    fn chosen_for(&mut self, step: &Step) -> Result<Vec<Holder>, Refusal> {
        if !step.takes_choice() {
            return Ok(Vec::new());
        }
        let agreed = |visit: &&Visit| !matches!(visit.state, VisitState::Skipped | VisitState::TakenBack);
        let before = self.approval.visits.iter().rfind(agreed);
        let before = before.filter(|visit| visit.state == VisitState::Agreed);
        let choices = &self.approval.choices;
        let chosen = before
            .and_then(|visit| choices.get(&visit.step))
            .or_else(|| choices.get(&step.id))
            .cloned()
            .unwrap_or_default();
        // Whoever agrees the step is told at once; where nobody can be told, an administrator is.
        let by_person = |decision: &Decision| !decision.on_expiry && decision.carried_from.is_none();
        if chosen.is_empty() && self.changes.decisions.iter().any(by_person) {
            return Err(Refusal::NextApproversRequired {
                step: step.id.clone(),
            });
        }
        self.approval.choices.insert(step.id.clone(), chosen.clone());
        Ok(chosen)
    }

    fn skip(&mut self, step: &Step) {
        let visit = self.push_visit(step, VisitState::Skipped, Vec::new(), Vec::new());
        self.approval.visits[visit].end_time = Some(self.desk.now);
        // Either its own condition does not hold, or another alternative of its branch applies.
        let alternative = alternative_of(&self.desk.rulebook.policy.branches, &step.id);
        let details = [
            ("condition", json!(step.condition)),
            ("alternative", json!(alternative)),
        ];
        self.log_visit(Action::StepSkipped, visit, details);
    }

    pub(super) fn push_visit(
        &mut self,
        step: &Step,
        state: VisitState,
        approvers: Vec<ResolvedApprover>,
        trace: Vec<String>,
    ) -> usize {
        let approval = &mut *self.approval;
        let earlier = approval
            .visits
            .iter()
            .filter(|visit| visit.step == step.id)
            .count();
        let position = approval.visits.len();
        approval.visits.push(Visit {
            id: Uuid::now_v7(),
            approval: approval.id,
            ordinal: position as i64 + 1,
            step: step.id.clone(),
            number: earlier as i64 + 1,
            round: approval.round,
            state,
            approvers,
            trace,
            start_time: self.desk.now,
            end_time: None,
            deadline: None,
        });
        self.changes.visits.insert(position);
        position
    }

    /// Puts a task into somebody's inbox.
    pub(super) fn push_task(&mut self, visit: usize, assignee: Uuid, request: Option<Request>) -> usize {
        let position = self.approval.tasks.len();
        self.approval.tasks.push(Task {
            id: Uuid::now_v7(),
            approval: self.approval.id,
            visit: self.approval.visits[visit].id,
            assignee,
            state: TaskState::Pending,
            version: 1,
            create_time: self.desk.now,
            end_time: None,
            due_time: self.approval.visits[visit]
                .deadline
                .as_ref()
                .map(|deadline| deadline.due_time),
            request,
        });
        self.changes.tasks.insert(position);
        self.log_task(
            Action::TaskCreated,
            position,
            [("assignee", json!(format!("employees/{assignee}")))],
        );
        position
    }

    /// Lets the assignee's approval of the step before count for this one, where the policy says so. Only of the same round,
    /// since another round may be about other content; and not where there is a checklist to work through.
    pub(super) fn carry_over(&mut self, visit: usize, step: &Step, task: usize) -> bool {
        if self.desk.rulebook.policy.same_person != SamePerson::CarryOver || !step.checklist.is_empty() {
            return false;
        }
        let assignee = self.approval.tasks[task].assignee;
        let Some(source) = self.approved_just_before(visit, assignee) else {
            return false;
        };
        self.end_task(task, TaskState::CarriedOver);
        self.changes.decisions.push(Decision {
            task: self.approval.tasks[task].id,
            answer: AnswerKind::Approve,
            comment: String::new(),
            findings: Vec::new(),
            return_step: None,
            carried_from: Some(source),
            subject_digest: self.approval.subject.digest.clone(),
            decide_time: self.desk.now,
            on_expiry: false,
        });
        self.log_task(
            Action::TaskCarriedOver,
            task,
            [("from", json!(format!("tasks/{source}")))],
        );
        true
    }

    fn approved_just_before(&self, visit: usize, assignee: Uuid) -> Option<Uuid> {
        let round = self.approval.round;
        let before = self.approval.visits[..visit]
            .iter()
            .rev()
            .find(|earlier| !matches!(earlier.state, VisitState::Skipped | VisitState::TakenBack))
            .filter(|earlier| earlier.state == VisitState::Agreed && earlier.round == round)?;
        self.approval
            .tasks
            .iter()
            .find(|task| {
                task.visit == before.id
                    && task.assignee == assignee
                    && task.decides()
                    && matches!(task.state, TaskState::Approved | TaskState::CarriedOver)
                    && !self.decided_by_clock(before, task)
            })
            .map(|task| task.id)
    }

    /// Everyone has agreed: the participants make it final, or it is signed off at once where there are none.
    fn complete(&mut self) {
        let continues = self.desk.rulebook.policy.on_resubmit == OnResubmit::Continue;
        let round = self.approval.round;
        let signed = |visit: &Visit| visit.state == VisitState::Agreed && (continues || visit.round == round);
        if !self.approval.visits.iter().any(signed) {
            self.suspend(
                AttentionReason::NoStep,
                "No step of the policy applies, so nobody would have signed".to_owned(),
            );
            return;
        }
        if self.approval.current_participations().next().is_none() {
            self.end_round(State::Approved, Outcome::Approved, Action::Approved, "");
            return;
        }
        self.approval.state = State::Confirming;
        self.log(Action::Confirming, []);
        self.ask_participants(
            &[ParticipationState::Reserved],
            ParticipationState::Confirming,
            |service| Call::Confirm { service },
        );
    }

    /// The step that a visit is of.
    pub(super) fn step_of(&self, visit: usize) -> Result<&'a Step, Refusal> {
        let rulebook = self.desk.rulebook;
        let id = &self.approval.visits[visit].step;
        rulebook
            .policy
            .steps
            .iter()
            .find(|step| step.id == *id)
            .ok_or(Refusal::Defect("a visit of no step of the policy"))
    }
}
