//! What the clock does to an approval: reminders, and what a policy says for a deadline that passes. A timer may fire late, twice,
//! or for a visit that has ended: it looks at what is there, and does nothing where there is nothing to do.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{
        AnswerKind, Approval, AttentionReason, ResolvedApprover, Seat, Task, TaskState, Visit, VisitState,
    },
    audit::Action,
    deadline::{Deadline, Escalated, OnExpiry, Reckoned, VisitDeadline, WorkingAmount},
    decide::Answer,
    policy::Step,
    refusal::Refusal,
    resolution::{Holder, Rung},
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
        OnExpiry::Escalate => work.escalate(visit, step, deadline)?,
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
        Ok(())
    }

    /// Has what a deadline could not do tried again: it is reckoned, or the superiors are asked when the clock is looked at next.
    pub(super) fn retry_deadline(&mut self, reason: AttentionReason) -> Result<(), Refusal> {
        let Some(visit) = self.open_visit() else {
            return Ok(());
        };
        let now = self.desk.now;
        match reason {
            AttentionReason::DeadlineUnknown => {
                let step = self.step_of(visit)?;
                self.set_deadline(visit, step)
            }
            AttentionReason::NoSuperior => {
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

    fn pending_tasks(&self, visit: usize) -> Vec<usize> {
        let id = self.approval.visits[visit].id;
        let tasks = self.approval.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.visit == id && task.state == TaskState::Pending)
            .map(|(position, _)| position)
            .collect()
    }

    fn remind(&mut self, visit: usize) {
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
        };
        for _ in 0..=self.approval.visits[visit].approvers.len() {
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

    /// Asks the superiors of those who have not answered, in their place.
    fn escalate(&mut self, visit: usize, step: &Step, deadline: &Deadline) -> Result<(), Refusal> {
        let late: Vec<Uuid> = self.late(visit);
        let mut alone = Vec::new();
        for approver in late {
            match self.superiors(visit, step, approver)? {
                Some((seat, holders)) => self.stand_in(visit, approver, seat, &holders, deadline.escalated),
                None => alone.push(format!("employees/{approver}")),
            }
        }
        if !alone.is_empty() {
            let detail = format!(
                "The deadline of step {} passed, and nobody stands above {}",
                step.id,
                alone.join(", ")
            );
            self.raise_attention(AttentionReason::NoSuperior, detail);
            self.remind(visit);
        }
        Ok(())
    }

    /// Those who were asked in their own right, by themselves or by superiors in their place, and have not answered.
    fn late(&self, visit: usize) -> Vec<Uuid> {
        let asked = |approver: &&ResolvedApprover| {
            approver.stands_for.is_empty()
                && self.task_in(visit, approver.employee).is_some()
                && self.answer(visit, approver.employee).is_none()
        };
        let approvers = self.approval.visits[visit].approvers.iter();
        approvers
            .filter(asked)
            .map(|approver| approver.employee)
            .collect()
    }

    /// Who stands above an approver and all that were asked in their place: the first rung of their ladder on which somebody is
    /// neither the submitter nor asked already in their own right.
    fn superiors(
        &self,
        visit: usize,
        step: &Step,
        approver: Uuid,
    ) -> Result<Option<(Option<Seat>, Vec<Holder>)>, Refusal> {
        let ladders = self.desk.ladders.ok_or(Refusal::Defect(
            "a step is escalated without its approvers looked up",
        ))?;
        let approvers = &self.approval.visits[visit].approvers;
        let of = |candidate: &ResolvedApprover| {
            candidate.employee == approver || candidate.stands_for.contains(&approver)
        };
        let group: Vec<&ResolvedApprover> = approvers.iter().filter(|candidate| of(candidate)).collect();
        let fit = |holder: &&Holder| {
            let known = approvers.iter().find(|known| known.employee == holder.employee);
            // Somebody who stands in for others already may stand in for one more, until they have answered.
            let free = |known: &ResolvedApprover| {
                let task = self.task_in(visit, known.employee);
                !known.stands_for.is_empty()
                    && !of(known)
                    && task.is_some_and(|task| task.state == TaskState::Pending)
            };
            holder.employee != self.approval.submitter && known.is_none_or(free)
        };
        for selector in step.approvers.iter().map(|approver| &approver.selector) {
            let rungs = ladders.rungs.get(selector).map_or(&[][..], Vec::as_slice);
            // Who has left the rung since is known by the seat that they were asked for.
            let holds = |rung: &Rung| {
                let asked = |holder: &Holder| group.iter().any(|asked| asked.employee == holder.employee);
                rung.holders.iter().any(asked)
            };
            let seated = |rung: &Rung| {
                group
                    .iter()
                    .any(|asked| asked.seat.is_some() && asked.seat == rung.seat)
            };
            let reached = rungs
                .iter()
                .rposition(holds)
                .or_else(|| rungs.iter().rposition(seated));
            let Some(reached) = reached else { continue };
            for rung in &rungs[reached + 1..] {
                let holders: Vec<Holder> = rung.holders.iter().filter(fit).cloned().collect();
                if !holders.is_empty() {
                    return Ok(Some((rung.seat, holders)));
                }
            }
        }
        Ok(None)
    }

    fn stand_in(
        &mut self,
        visit: usize,
        approver: Uuid,
        seat: Option<Seat>,
        superiors: &[Holder],
        rule: Escalated,
    ) {
        let names: Vec<_> = superiors
            .iter()
            .map(|superior| format!("employees/{}", superior.employee))
            .collect();
        for task in self.pending_tasks(visit) {
            if self.answers_for(visit, self.approval.tasks[task].assignee) == [approver] {
                self.log_task(Action::TaskEscalated, task, [("superiors", json!(names))]);
                if rule == Escalated::Close {
                    self.end_task(task, TaskState::Closed);
                    self.log_task(Action::TaskClosed, task, []);
                }
            }
        }
        let approvers = &self.approval.visits[visit].approvers;
        let weight = approvers
            .iter()
            .find(|asked| asked.employee == approver)
            .map_or(1, |asked| asked.weight);
        for superior in superiors {
            let approvers = &mut self.approval.visits[visit].approvers;
            if let Some(known) = approvers
                .iter_mut()
                .find(|known| known.employee == superior.employee)
            {
                known.stands_for.push(approver);
                continue;
            }
            approvers.push(ResolvedApprover {
                employee: superior.employee,
                display_name: superior.display_name.clone(),
                seat,
                substitute: superior.substitute,
                weight,
                stands_for: vec![approver],
            });
            self.push_task(visit, superior.employee);
        }
        self.changes.visits.insert(visit);
    }

    /// For whom somebody answers: themselves, or those in whose place they were asked.
    fn answers_for(&self, visit: usize, employee: Uuid) -> Vec<Uuid> {
        let approvers = &self.approval.visits[visit].approvers;
        let asked = approvers.iter().find(|asked| asked.employee == employee);
        match asked {
            Some(asked) if !asked.stands_for.is_empty() => asked.stands_for.clone(),
            _ => vec![employee],
        }
    }

    /// Closes the tasks of those for whom another has answered, and of those whose answer is wanted for nobody any more.
    pub(super) fn close_answered(&mut self, visit: usize) {
        let escalated = |approver: &ResolvedApprover| !approver.stands_for.is_empty();
        if !self.approval.visits[visit].approvers.iter().any(escalated) {
            return;
        }
        for task in self.pending_tasks(visit) {
            let wanted = self.answers_for(visit, self.approval.tasks[task].assignee);
            if wanted
                .iter()
                .all(|employee| self.answer(visit, *employee).is_some())
            {
                self.end_task(task, TaskState::Closed);
                self.log_task(Action::TaskClosed, task, []);
            }
        }
    }
}
