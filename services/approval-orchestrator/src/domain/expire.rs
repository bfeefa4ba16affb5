//! What the clock does to an approval: reminders, and what a policy says for a deadline that passes. A timer may fire late, twice,
//! or for a visit that has ended: it looks at what is there, and does nothing where there is nothing to do.

use serde_json::json;

use super::{
    approval::{AnswerKind, Approval, AttentionReason, Task, TaskState, Visit, VisitState},
    audit::Action,
    deadline::{Deadline, OnExpiry, Reckoned, VisitDeadline, WorkingAmount},
    decide::Answer,
    policy::Step,
    refusal::Refusal,
    state::{self, Event},
    work::{Changes, Desk, Work},
};

/// What an approval that was decided by its deadline says to its submitter.
const PASSED: &str = "超过办理时限，按审批制度自动处理 · The deadline passed; decided as the policy says";

/// Does what is due in an approval. `None` where nothing is.
///
/// # Errors
/// `Defect`.
pub fn fire(approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Refusal> {
    if approval.timer_time().is_none_or(|time| desk.now < time) {
        return Ok(None);
    }
    let mut work = Work::unchecked(approval, desk);
    let visit = work
        .open_visit()
        .ok_or(Refusal::Defect("a timer of no open visit"))?;
    let step = work.step_of(visit)?;
    let deadline = step
        .deadline
        .as_ref()
        .ok_or(Refusal::Defect("a visit has a deadline and its step has none"))?;
    if let Some(due) = work.reminds_early(visit) {
        work.remind(visit);
        work.set_timer(visit, |standing| standing.next_time = Some(due));
        return Ok(Some(work.finish()));
    }
    // Armed anew before anything else, because what follows may end the visit.
    work.rearm(visit, deadline)?;
    match deadline.on_expiry {
        OnExpiry::Remind => work.remind(visit),
        OnExpiry::Escalate | OnExpiry::Transfer => work.escalate(visit, step, deadline)?,
        OnExpiry::Approve => work.decide_on_expiry(visit, AnswerKind::Approve)?,
        OnExpiry::Reject => work.decide_on_expiry(visit, AnswerKind::Reject)?,
    }
    Ok(Some(work.finish()))
}

impl Work<'_> {
    /// Gives a visit that starts its deadline. Where it cannot be reckoned people are asked all the same, and somebody is told.
    pub(super) fn set_deadline(&mut self, visit: usize, step: &Step) -> Result<(), Refusal> {
        let Some(deadline) = &step.deadline else {
            return Ok(());
        };
        let Some(due) = self.reckon(deadline, deadline.due_after())? else {
            return Ok(());
        };
        let reminder = match deadline.reminder_after() {
            Some(after) => self.reckon(deadline, after)?,
            None => None,
        };
        let first = reminder
            .map(|reminder| reminder.time)
            .filter(|time| *time < due.time)
            .unwrap_or(due.time);
        self.approval.visits[visit].deadline = Some(VisitDeadline {
            due_time: due.time,
            calendar_version: due.calendar_version,
            next_time: Some(first),
            expirations: 0,
        });
        self.changes.visits.insert(visit);
        // Those who are asked already, where the calendar answers only now.
        for task in self.pending_tasks(visit) {
            self.approval.tasks[task].due_time = Some(due.time);
            self.changes.tasks.insert(task);
        }
        Ok(())
    }

    /// Has what a deadline could not do tried again: it is reckoned, or what it does is done when the clock is looked at next.
    pub(super) fn retry_deadline(&mut self, reason: AttentionReason) -> Result<(), Refusal> {
        let Some(visit) = self.open_visit() else {
            return Ok(());
        };
        let now = self.desk.now;
        match reason {
            AttentionReason::DeadlineUnknown if self.approval.visits[visit].deadline.is_none() => {
                let step = self.step_of(visit)?;
                self.set_deadline(visit, step)
            }
            AttentionReason::DeadlineUnknown | AttentionReason::NoSuperior => {
                self.set_timer(visit, |standing| standing.next_time = Some(now));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn reckon(&mut self, deadline: &Deadline, amount: WorkingAmount) -> Result<Option<Reckoned>, Refusal> {
        let times = self.desk.working_times.ok_or(Refusal::Defect(
            "a deadline starts without its working time looked up",
        ))?;
        match times.0.get(&(deadline.calendar.clone(), amount)) {
            Some(Ok(reckoned)) => Ok(Some(reckoned.clone())),
            Some(Err(why)) => {
                let detail = format!(
                    "No deadline can be reckoned by calendar {}: {why}",
                    deadline.calendar
                );
                self.raise_attention(AttentionReason::DeadlineUnknown, detail);
                Ok(None)
            }
            None => Err(Refusal::Defect("a deadline's working time was not looked up")),
        }
    }

    /// When the deadline passes, where this is the reminder before it.
    fn reminds_early(&self, visit: usize) -> Option<jiff::Timestamp> {
        let due = self.approval.visits[visit].deadline.as_ref()?.due_time;
        (self.desk.now < due).then_some(due)
    }

    fn set_timer(&mut self, visit: usize, change: impl FnOnce(&mut VisitDeadline)) {
        if let Some(standing) = &mut self.approval.visits[visit].deadline {
            change(standing);
            self.changes.visits.insert(visit);
        }
    }

    /// Counts that the deadline has passed, and says when something happens again. From now on, not from when it should have
    /// been: after a long stop nobody is reminded ten times at once.
    fn rearm(&mut self, visit: usize, deadline: &Deadline) -> Result<(), Refusal> {
        let standing = self.approval.visits[visit].deadline.as_ref();
        let expirations = standing.map_or(0, |standing| standing.expirations) + 1;
        let again = deadline
            .repeat_after()
            .filter(|_| deadline.repeat.is_some_and(|repeat| expirations <= repeat.times));
        let next = match again {
            Some(after) => self.reckon(deadline, after)?.map(|reckoned| reckoned.time),
            None => None,
        };
        self.set_timer(visit, |standing| {
            standing.expirations = expirations;
            standing.next_time = next;
        });
        Ok(())
    }

    /// Whether the clock may have approved a task in its assignee's place: that is no approval of theirs that could be carried over.
    pub(super) fn decided_by_clock(&self, visit: &Visit, task: &Task) -> bool {
        let steps = &self.desk.rulebook.policy.steps;
        let rule = steps
            .iter()
            .find(|step| step.id == visit.step)
            .and_then(|step| step.deadline.as_ref());
        rule.is_some_and(|rule| rule.on_expiry == OnExpiry::Approve)
            && visit.deadline.as_ref().is_some_and(|standing| {
                standing.expirations > 0 && task.end_time.is_some_and(|end| standing.due_time <= end)
            })
    }

    pub(super) fn pending_tasks(&self, visit: usize) -> Vec<usize> {
        let id = self.approval.visits[visit].id;
        let tasks = self.approval.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.visit == id && task.state == TaskState::Pending)
            .map(|(position, _)| position)
            .collect()
    }

    pub(super) fn remind(&mut self, visit: usize) {
        let due = self.approval.visits[visit]
            .deadline
            .as_ref()
            .map(|standing| standing.due_time);
        for task in self.pending_tasks(visit) {
            self.log_task(Action::TaskReminded, task, [("due_time", json!(due))]);
        }
    }

    /// Has the clock answer for those who have not, one after the other, until the step is decided. Those that it would have
    /// asked next are not asked: the deadline is the step's.
    fn decide_on_expiry(&mut self, visit: usize, kind: AnswerKind) -> Result<(), Refusal> {
        let event = match kind {
            AnswerKind::Reject => Event::Reject,
            AnswerKind::Approve | AnswerKind::Return => Event::Approve,
        };
        if !state::allows(self.approval.state, event) {
            return Err(Refusal::Defect("a deadline in a state that knows none"));
        }
        let answer = Answer {
            kind,
            return_step: None,
            findings: Vec::new(),
            comment: PASSED.to_owned(),
            subject_digest: None,
            next_approvers: Vec::new(),
        };
        // Nobody waits for opinions any longer.
        for task in self.live_tasks(visit) {
            if self.approval.tasks[task].state == TaskState::Delegated {
                self.recall_opinion(task);
            }
        }
        // Each turn of the loop answers a task; those who wait for others follow them.
        for _ in 0..=2 * self.approvers(visit).len() {
            let next = self.pending_tasks(visit).first().copied();
            let (VisitState::Open, Some(task)) = (self.approval.visits[visit].state, next) else {
                return Ok(());
            };
            self.log_task(Action::TaskExpired, task, [("answer", json!(kind))]);
            self.record(task, &answer);
            if let Some(decision) = self.changes.decisions.last_mut() {
                decision.on_expiry = true;
            }
            self.apply(visit, &answer)?;
        }
        Ok(())
    }
}
