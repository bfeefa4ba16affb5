//! Places at the table of a visit: who answers for each, and who has to be asked now.
//!
//! A place belongs to somebody whom the policy asks, or to a signer whom one of them added. Its owner holds it, or those who stand for
//! them: superiors after a deadline, a standing deputy, whoever it was handed over to. Added signers make a place stricter and never
//! weaker: it says yes only once they have said yes as well, and no as soon as one of them says no.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Approval, Position, Request, ResolvedApprover, Task, TaskState},
    audit::Action,
    deputies::StandIn,
    mode::Ballot,
    policy::Step,
    receiver::takes_part,
    work::Work,
};

impl Work<'_> {
    /// What the places that the policy counts have answered.
    pub(super) fn ballots(&self, visit: usize) -> Vec<Ballot> {
        let voting = self.approvers(visit).iter().filter(|approver| approver.votes());
        voting
            .map(|approver| Ballot {
                weight: approver.weight,
                answer: self.answer(visit, approver.employee),
            })
            .collect()
    }

    /// What a place has answered, the signers who were added to it included.
    pub(super) fn answer(&self, visit: usize, place: Uuid) -> Option<bool> {
        let signers = self.signers_of(visit, place);
        let signed = signers.map(|signer| self.answer(visit, signer.employee));
        let mut all = Some(true);
        for answer in std::iter::once(self.held_answer(visit, place)).chain(signed) {
            match answer {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }

    /// What the holders of a place have answered: its owner, or else one of those who stand for them.
    pub(super) fn held_answer(&self, visit: usize, place: Uuid) -> Option<bool> {
        let mut holders = self.holders(visit, place);
        holders.find_map(|holder| self.own_answer(visit, holder.employee))
    }

    fn own_answer(&self, visit: usize, employee: Uuid) -> Option<bool> {
        match self.task_in(visit, employee)?.state {
            TaskState::Approved | TaskState::CarriedOver => Some(true),
            TaskState::Rejected => Some(false),
            _ => None,
        }
    }

    /// The newest task by which somebody decides in a visit.
    pub(super) fn task_in(&self, visit: usize, employee: Uuid) -> Option<&Task> {
        self.position_in(visit, employee)
            .map(|position| &self.approval.tasks[position])
    }

    /// Where that task stands.
    pub(super) fn position_in(&self, visit: usize, employee: Uuid) -> Option<usize> {
        let visit = self.approval.visits[visit].id;
        let mut tasks = self.approval.tasks.iter();
        tasks.rposition(|task| task.visit == visit && task.assignee == employee && task.decides())
    }

    /// Those who are asked in a visit, as what.
    pub(super) fn approvers(&self, visit: usize) -> &[ResolvedApprover] {
        &self.approval.visits[visit].approvers
    }

    /// A place's owner, and those who stand for them.
    pub(super) fn holders(&self, visit: usize, place: Uuid) -> impl Iterator<Item = &ResolvedApprover> {
        self.approvers(visit)
            .iter()
            .filter(move |approver| approver.answers_for(place))
    }

    /// The signers who were added to a place.
    pub(super) fn signers_of(&self, visit: usize, place: Uuid) -> impl Iterator<Item = &ResolvedApprover> {
        self.approvers(visit).iter().filter(move |approver| {
            let added = approver.added.as_ref();
            added.is_some_and(|added| added.places.contains(&place))
        })
    }

    /// The places that somebody answers for: their own, or those of others in whose place they were asked.
    pub(super) fn places_of(&self, visit: usize, employee: Uuid) -> Vec<Uuid> {
        let mut asked = self.approvers(visit).iter();
        match asked.find(|asked| asked.employee == employee) {
            Some(asked) if !asked.owns_place() => asked.stands_for.clone(),
            _ => vec![employee],
        }
    }

    /// Whether somebody who holds a place has been asked and not answered.
    pub(super) fn is_asked(&self, visit: usize, place: Uuid) -> bool {
        self.holders(visit, place).any(|holder| {
            let task = self.task_in(visit, holder.employee);
            task.is_some_and(|task| task.state.is_live())
        })
    }

    /// The tasks of a visit that have not ended.
    pub(super) fn live_tasks(&self, visit: usize) -> Vec<usize> {
        let id = self.approval.visits[visit].id;
        let tasks = self.approval.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.visit == id && task.state.is_live())
            .map(|(position, _)| position)
            .collect()
    }

    /// Asks the first so many of the voting places that have not answered. Answers whether an approval was carried over, so that the
    /// ballots have to be counted again.
    pub(super) fn ask(&mut self, visit: usize, step: &Step, asked: usize) -> bool {
        let voting = self.approvers(visit).iter().filter(|approver| approver.votes());
        let unanswered: Vec<Uuid> = voting
            .map(|approver| approver.employee)
            .filter(|place| self.answer(visit, *place).is_none())
            .take(asked)
            .collect();
        let mut carried = false;
        for place in unanswered {
            carried |= self.ask_place(visit, step, place);
        }
        carried
    }

    /// Asks who has to be asked now at a place that has not answered: first those who sign before its holder, then the holder, then
    /// those who sign after; those who sign beside the holder at once.
    fn ask_place(&mut self, visit: usize, step: &Step, place: Uuid) -> bool {
        self.ask_signers(visit, step, place, Position::Beside);
        if self.ask_signers(visit, step, place, Position::Before) {
            return false;
        }
        if self.held_answer(visit, place).is_some() {
            self.ask_signers(visit, step, place, Position::After);
            return false;
        }
        self.ask_holders(visit, step, place)
    }

    /// Asks the signers of one kind. Answers whether any of them has not answered.
    fn ask_signers(&mut self, visit: usize, step: &Step, place: Uuid, position: Position) -> bool {
        let of_kind = |signer: &&ResolvedApprover| {
            let added = signer.added.as_ref();
            added.is_some_and(|added| added.position == position)
        };
        let unanswered: Vec<Uuid> = self
            .signers_of(visit, place)
            .filter(of_kind)
            .map(|signer| signer.employee)
            .filter(|signer| self.answer(visit, *signer).is_none())
            .collect();
        for signer in &unanswered {
            self.ask_place(visit, step, *signer);
        }
        !unanswered.is_empty()
    }

    /// Asks those who hold a place: its owner the first time, later whoever held it when it was closed.
    fn ask_holders(&mut self, visit: usize, step: &Step, place: Uuid) -> bool {
        let tasks: Vec<usize> = self
            .holders(visit, place)
            .filter_map(|holder| self.position_in(visit, holder.employee))
            .collect();
        if tasks.is_empty() {
            return self.ask_owner(visit, step, place);
        }
        let waiting = |task: &&usize| self.approval.tasks[**task].state == TaskState::Waiting;
        if let Some(&task) = tasks.iter().find(waiting) {
            self.give_back(task);
        }
        if !self.is_asked(visit, place) {
            for task in tasks {
                let Task {
                    state,
                    assignee,
                    ref request,
                    ..
                } = self.approval.tasks[task];
                if state == TaskState::Closed {
                    let request = self.request_of(visit, assignee).or_else(|| request.clone());
                    self.push_task(visit, assignee, request);
                }
            }
        }
        false
    }

    fn ask_owner(&mut self, visit: usize, step: &Step, place: Uuid) -> bool {
        let request = self.request_of(visit, place);
        let votes = request.is_none();
        // Whoever was asked by name, by another, is wanted themselves.
        if votes && let Some(stand_in) = self.deputy_of(visit, place) {
            self.ask_deputy(visit, place, stand_in);
            return false;
        }
        let task = self.push_task(visit, place, request);
        // Who was added is wanted for this step: what they said in the one before does not count.
        votes && self.carry_over(visit, step, task)
    }

    /// Who is asked in the place of somebody who is away: their deputy, or that one's deputy. Not the submitter, and nobody who has a
    /// part in the visit already.
    fn deputy_of(&self, visit: usize, place: Uuid) -> Option<StandIn> {
        let Approval {
            subject, submitter, ..
        } = &*self.approval;
        let may =
            |person| person != *submitter && !takes_part(self.approval, &self.approval.visits[visit], person);
        let deputies = self.desk.deputies?;
        deputies.stand_in(place, &subject.kind, self.desk.now, may)
    }

    fn ask_deputy(&mut self, visit: usize, place: Uuid, stand_in: StandIn) {
        let StandIn {
            deputy,
            display_name,
            chain,
        } = stand_in;
        let name = |person: &Uuid| format!("employees/{person}");
        let chain: Vec<String> = chain.iter().map(name).collect();
        let of = &mut self.approval.visits[visit];
        let mut asked = of.approvers.iter();
        let weight = asked
            .find(|asked| asked.employee == place)
            .map_or(1, |asked| asked.weight);
        of.approvers.push(ResolvedApprover {
            employee: deputy,
            display_name,
            seat: None,
            substitute: true,
            weight,
            stands_for: vec![place],
            added: None,
        });
        of.trace.push(format!("in place of {}", chain.join(", then ")));
        self.changes.visits.insert(visit);
        let request = Request {
            principal: Some(place),
            ..Request::default()
        };
        let task = self.push_task(visit, deputy, Some(request));
        let details = [
            ("principal", json!(name(&place))),
            ("deputy", json!(name(&deputy))),
            ("chain", json!(chain)),
        ];
        self.log_task(Action::TaskDeputed, task, details);
    }

    /// What was said to somebody who was added; `None` where the policy asks them.
    fn request_of(&self, visit: usize, employee: Uuid) -> Option<Request> {
        let mut asked = self.approvers(visit).iter();
        let asked = asked.find(|asked| asked.employee == employee)?;
        asked.added.as_ref().map(Into::into)
    }

    /// Puts a task that waited back into its assignee's inbox.
    pub(super) fn give_back(&mut self, task: usize) {
        self.change_task(task, TaskState::Pending);
        self.log_task(Action::TaskGivenBack, task, []);
    }

    /// Closes the tasks of those for whom another has answered, and of those whose answer is wanted for nobody any more.
    pub(super) fn close_answered(&mut self, visit: usize) {
        let plain = |approver: &ResolvedApprover| approver.votes();
        if self.approvers(visit).iter().all(plain) {
            return;
        }
        for task in self.live_tasks(visit) {
            let Task { assignee, state, .. } = self.approval.tasks[task];
            let wanted = !self.approval.tasks[task].decides()
                || self
                    .places_of(visit, assignee)
                    .iter()
                    .any(|place| self.wants(visit, *place));
            // One that was closed together with another is live no more.
            if !wanted && state.is_live() {
                self.close_task(task);
            }
        }
    }

    /// Whether the answer of a place still matters: nothing that it belongs to is answered.
    fn wants(&self, visit: usize, place: Uuid) -> bool {
        let owner = self.approvers(visit).iter().find(|asked| asked.employee == place);
        let added = owner.and_then(|owner| owner.added.as_ref());
        self.answer(visit, place).is_none()
            && added.is_none_or(|added| added.places.iter().any(|place| self.wants(visit, *place)))
    }
}
