//! A deadline that passes may ask superiors in the place of those who are late. Whoever of them answers first has answered for that
//! place, which counts once: in a step of all, in turn or by vote as much as in one of any.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{AttentionReason, Request, ResolvedApprover, TaskState},
    audit::Action,
    deadline::{Deadline, Escalated, OnExpiry},
    policy::{Selector, Step},
    receiver::gives_opinion,
    refusal::Refusal,
    resolution::{Holder, Rung},
    work::Work,
};

impl<'a> Work<'a> {
    /// Asks others in the place of those who have not answered: their superiors, or those to whom the step is transferred.
    pub(super) fn escalate(&mut self, visit: usize, step: &Step, deadline: &Deadline) -> Result<(), Refusal> {
        let rule = match deadline.on_expiry {
            OnExpiry::Transfer => Escalated::Close,
            _ => deadline.escalated,
        };
        let late: Vec<Uuid> = self.late(visit);
        let mut alone = Vec::new();
        for approver in late {
            let found = match &deadline.transfer_to {
                Some(selector) => self.receivers(visit, selector, approver)?,
                None => self.superiors(visit, step, approver)?,
            };
            match found {
                Some(rung) => self.stand_in(visit, approver, &rung, rule),
                None => alone.push(format!("employees/{approver}")),
            }
        }
        if !alone.is_empty() {
            let detail = format!(
                "The deadline of step {} passed, and nobody can be asked in the place of {}",
                step.id,
                alone.join(", ")
            );
            self.raise_attention(AttentionReason::NoSuperior, detail);
            self.remind(visit);
        }
        Ok(())
    }

    /// The places at which somebody was asked, their owners or others for them, and has not answered.
    fn late(&self, visit: usize) -> Vec<Uuid> {
        let asked = |approver: &&ResolvedApprover| {
            approver.owns_place()
                && self.is_asked(visit, approver.employee)
                && self.answer(visit, approver.employee).is_none()
        };
        let approvers = self.approvers(visit).iter();
        approvers
            .filter(asked)
            .map(|approver| approver.employee)
            .collect()
    }

    /// Who stands above an approver and all that were asked in their place: the first rung of their ladder on which somebody may
    /// stand in.
    fn superiors(&self, visit: usize, step: &Step, approver: Uuid) -> Result<Option<Rung>, Refusal> {
        let group: Vec<&ResolvedApprover> = self.holders(visit, approver).collect();
        for selector in step.approvers.iter().map(|approver| &approver.selector) {
            let rungs = self.ladder(selector)?;
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
            let above = reached.map_or(&[][..], |reached| &rungs[reached + 1..]);
            if let Some(found) = self.free(visit, above, approver) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Those to whom an approver's place is transferred, or who stand above them.
    fn receivers(&self, visit: usize, to: &Selector, approver: Uuid) -> Result<Option<Rung>, Refusal> {
        Ok(self.free(visit, self.ladder(to)?, approver))
    }

    fn ladder(&self, selector: &Selector) -> Result<&'a [Rung], Refusal> {
        let ladders = self.desk.ladders.ok_or(Refusal::Defect(
            "a step is escalated without its approvers looked up",
        ))?;
        Ok(ladders.rungs.get(selector).map_or(&[][..], Vec::as_slice))
    }

    /// The first of these rungs on which somebody may stand in for an approver: neither the submitter, nor who was asked in their
    /// own right. Somebody who stands in for others already may stand in for one more, until they have answered.
    fn free(&self, visit: usize, rungs: &[Rung], approver: Uuid) -> Option<Rung> {
        let approvers = &self.approval.visits[visit].approvers;
        let may = |known: &ResolvedApprover| {
            let task = self.task_in(visit, known.employee);
            !known.owns_place()
                && !known.answers_for(approver)
                && task.is_some_and(|task| task.state == TaskState::Pending)
        };
        let fit = |holder: &&Holder| {
            let mut known = approvers.iter().filter(|known| known.employee == holder.employee);
            holder.employee != self.approval.submitter
                && known.all(may)
                && !gives_opinion(self.approval, &self.approval.visits[visit], holder.employee)
        };
        rungs.iter().find_map(|rung| {
            let holders: Vec<Holder> = rung.holders.iter().filter(fit).cloned().collect();
            (!holders.is_empty()).then_some(Rung {
                seat: rung.seat,
                holders,
            })
        })
    }

    fn stand_in(&mut self, visit: usize, approver: Uuid, superiors: &Rung, rule: Escalated) {
        let names: Vec<_> = superiors
            .holders
            .iter()
            .map(|superior| format!("employees/{}", superior.employee))
            .collect();
        for task in self.live_tasks(visit) {
            let decides = self.approval.tasks[task].decides();
            if decides && self.places_of(visit, self.approval.tasks[task].assignee) == [approver] {
                self.log_task(Action::TaskEscalated, task, [("superiors", json!(names))]);
                if rule == Escalated::Close {
                    self.close_task(task);
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
                added: None,
            });
            let request = Request {
                principal: Some(approver),
                ..Request::default()
            };
            self.push_task(visit, superior.employee, Some(request));
        }
        self.changes.visits.insert(visit);
    }
}
