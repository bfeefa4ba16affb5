//! A deadline that passes may ask superiors in the place of those who are late. Whoever of them answers first has answered for that
//! place, which counts once: in a step of all, in turn or by vote as much as in one of any.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{AttentionReason, ResolvedApprover, TaskState},
    audit::Action,
    deadline::{Deadline, Escalated},
    policy::Step,
    refusal::Refusal,
    resolution::{Holder, Rung},
    work::Work,
};

impl Work<'_> {
    /// Asks the superiors of those who have not answered, in their place.
    pub(super) fn escalate(&mut self, visit: usize, step: &Step, deadline: &Deadline) -> Result<(), Refusal> {
        let late: Vec<Uuid> = self.late(visit);
        let mut alone = Vec::new();
        for approver in late {
            match self.superiors(visit, step, approver)? {
                Some(rung) => self.stand_in(visit, approver, &rung, deadline.escalated),
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
    fn superiors(&self, visit: usize, step: &Step, approver: Uuid) -> Result<Option<Rung>, Refusal> {
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
                    return Ok(Some(Rung {
                        seat: rung.seat,
                        holders,
                    }));
                }
            }
        }
        Ok(None)
    }

    fn stand_in(&mut self, visit: usize, approver: Uuid, superiors: &Rung, rule: Escalated) {
        let names: Vec<_> = superiors
            .holders
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
        for superior in &superiors.holders {
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
                seat: superiors.seat,
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
