//! Whole approvals, played on the domain alone.

use jiff::SignedDuration;
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Approval, Finding, FindingResult, Position, TaskState},
    decide::{Answer, decide},
    delegate::delegate,
    deputies::{Deputies, Deputyship},
    fixture::{TWO_STEPS, company, now, rulebook, submission},
    participate::{self, Reply},
    receiver::Receiver,
    refusal::Refusal,
    resolution::Ladders,
    rulebook::Rulebook,
    signers,
    state::{self, Event},
    submit,
    take_back::take_back,
    transfer::transfer,
    verb::Verb,
    work::{Call, Changes, Desk, Outcome},
};

/// An approval, the policy it runs by and the company it runs in.
pub struct Play {
    pub approval: Approval,
    pub rulebook: Rulebook,
    pub ladders: Ladders,
    pub calls: Vec<Call>,
    /// Who is asked in whose place.
    pub deputies: Deputies,
}

impl Play {
    pub fn start(policy: &str, ladders: Ladders) -> Self {
        Self::start_with(policy, ladders, Deputies::default())
    }

    pub fn start_with(policy: &str, ladders: Ladders, deputies: Deputies) -> Self {
        let rulebook = rulebook(policy);
        let desk = Desk {
            rulebook: &rulebook,
            ladders: Some(&ladders),
            working_times: None,
            deputies: Some(&deputies),
            now: now(),
        };
        let (approval, changes) = submit::open(submission(1), desk).unwrap();
        Self {
            approval,
            rulebook,
            ladders,
            calls: changes.calls,
            deputies,
        }
    }

    /// Runs a command and checks that it went where the table lets the event lead.
    pub fn run<T>(
        &mut self,
        event: Option<Event>,
        command: impl FnOnce(&mut Approval, Desk<'_>) -> Result<T, Refusal>,
        changes: impl FnOnce(T) -> Option<Changes>,
    ) -> Result<(), Refusal> {
        let before = self.approval.clone();
        let desk = Desk {
            rulebook: &self.rulebook,
            ladders: Some(&self.ladders),
            working_times: None,
            deputies: Some(&self.deputies),
            now: now(),
        };
        match command(&mut self.approval, desk) {
            Ok(done) => {
                if let Some(event) = event {
                    let targets = state::targets(before.state, event);
                    assert!(
                        targets.contains(&self.approval.state),
                        "{event:?} led to {:?}",
                        self.approval.state
                    );
                }
                self.calls = changes(done).map(|changes| changes.calls).unwrap_or_default();
                Ok(())
            }
            Err(refusal) => {
                // A refused command is not saved, whatever it had begun.
                self.approval = before;
                Err(refusal)
            }
        }
    }

    pub fn answer(&mut self, person: u128, kind: AnswerKind, step: Option<&str>) -> Result<(), Refusal> {
        let pending = |state| state == TaskState::Pending;
        let tasks = self.approval.tasks.iter().rev();
        let mut of_person = tasks.filter(|task| task.assignee == Uuid::from_u128(person));
        let task = of_person
            .clone()
            .find(|task| pending(task.state))
            .or_else(|| of_person.next())
            .expect("a task")
            .id;
        let answer = Answer {
            kind,
            return_step: step.map(str::to_owned),
            findings: self.findings(task),
            comment: "because".into(),
            subject_digest: Some(self.approval.subject.digest.clone()),
            next_approvers: Vec::new(),
        };
        let event = match (kind, step) {
            (AnswerKind::Approve, _) => Event::Approve,
            (AnswerKind::Reject, _) => Event::Reject,
            (AnswerKind::Return, Some(_)) => Event::ReturnToStep,
            (AnswerKind::Return, None) => Event::ReturnToSubmitter,
        };
        self.run(
            Some(event),
            |approval, desk| decide(approval, desk, task, &answer),
            Some,
        )
    }

    /// Approves, and says who is asked next.
    pub fn choose(&mut self, by: u128, next: &[u128]) -> Result<(), Refusal> {
        let task = self.task(by);
        let answer = Answer {
            kind: AnswerKind::Approve,
            return_step: None,
            findings: self.findings(task),
            comment: String::new(),
            subject_digest: None,
            next_approvers: next.iter().copied().map(person).collect(),
        };
        let rule = |approval: &mut _, desk: Desk<'_>| decide(approval, desk, task, &answer);
        self.run(Some(Event::Approve), rule, Some)
    }

    pub fn findings(&self, task: Uuid) -> Vec<Finding> {
        let visit = self
            .approval
            .visit(self.approval.task(task).unwrap().visit)
            .unwrap();
        let step = &self.rulebook.policy.steps[self.rulebook.policy.position(&visit.step).unwrap()];
        let finding = |item: &super::policy::ChecklistItem| Finding {
            item: item.id.clone(),
            result: FindingResult::Acceptable,
            remark: String::new(),
        };
        step.checklist.iter().map(finding).collect()
    }

    pub fn approve(&mut self, person: u128) {
        self.answer(person, AnswerKind::Approve, None).unwrap();
    }

    pub fn reply(&mut self, reply: Reply) {
        let round = self.approval.round;
        self.run(
            None,
            |approval, desk| participate::reply(approval, desk, "customers", round, reply),
            |changes| changes,
        )
        .unwrap();
    }

    pub fn resubmit(&mut self) -> Result<(), Refusal> {
        let next = submission(self.approval.round + 1);
        self.run(
            Some(Event::Resubmit),
            |approval, desk| submit::resubmit(approval, next, desk),
            Some,
        )
    }

    /// Who is asked now.
    pub fn asked(&self) -> Vec<u128> {
        let pending = self
            .approval
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Pending);
        pending.map(|task| task.assignee.as_u128()).collect()
    }

    pub fn told(&self, outcome: Outcome) -> bool {
        self.calls.contains(&Call::Outcome(outcome))
    }

    /// The newest task of somebody.
    pub fn task(&self, person: u128) -> Uuid {
        let mut tasks = self.approval.tasks.iter().rev();
        let task = tasks.find(|task| task.assignee == Uuid::from_u128(person));
        task.expect("a task").id
    }

    /// How that task stands.
    pub fn stands(&self, person: u128) -> TaskState {
        self.approval.task(self.task(person)).unwrap().state
    }

    pub fn transfer(&mut self, from: u128, to: u128) -> Result<(), Refusal> {
        let task = self.task(from);
        let rule = |approval: &mut _, desk: Desk<'_>| {
            transfer(approval, desk, task, &person(to), "", Verb::Transfer)
        };
        self.run(Some(Event::Rearrange), rule, Some)
    }

    pub fn reassign(&mut self, from: u128, to: u128) -> Result<(), Refusal> {
        let task = self.task(from);
        let rule = |approval: &mut _, desk: Desk<'_>| {
            transfer(approval, desk, task, &person(to), "", Verb::Reassign)
        };
        self.run(Some(Event::Rearrange), rule, Some)
    }

    pub fn delegate(&mut self, from: u128, to: u128) -> Result<(), Refusal> {
        let task = self.task(from);
        let rule = |approval: &mut _, desk: Desk<'_>| delegate(approval, desk, task, &person(to), "");
        self.run(Some(Event::Rearrange), rule, Some)
    }

    pub fn add(&mut self, by: u128, signers: &[u128], position: Position) -> Result<(), Refusal> {
        let task = self.task(by);
        let signers: Vec<_> = signers.iter().copied().map(person).collect();
        let rule =
            |approval: &mut _, desk: Desk<'_>| signers::add(approval, desk, task, &signers, position, "");
        self.run(Some(Event::Rearrange), rule, Some)
    }

    pub fn remove(&mut self, by: u128, signer: u128) -> Result<(), Refusal> {
        let task = self.task(by);
        let signer = Uuid::from_u128(signer);
        let rule = |approval: &mut _, desk: Desk<'_>| signers::remove(approval, desk, task, signer, "");
        self.run(Some(Event::RemoveSigner), rule, Some)
    }

    /// Takes back what somebody decided in one of the visits.
    pub fn take_back_in(&mut self, visit: usize, person: u128) -> Result<(), Refusal> {
        let visit = self.approval.visits[visit].id;
        let mut tasks = self.approval.tasks.iter();
        let task = tasks.rfind(|task| task.visit == visit && task.assignee == Uuid::from_u128(person));
        let task = task.expect("a task").id;
        let rule = |approval: &mut _, desk: Desk<'_>| take_back(approval, desk, task, "");
        self.run(Some(Event::TakeBack), rule, Some)
    }

    pub fn take_back(&mut self, person: u128) -> Result<(), Refusal> {
        let task = self.task(person);
        let rule = |approval: &mut _, desk: Desk<'_>| take_back(approval, desk, task, "");
        self.run(Some(Event::TakeBack), rule, Some)
    }
}

fn person(id: u128) -> Receiver {
    Receiver {
        employee: Uuid::from_u128(id),
        display_name: format!("person {id}"),
        active: id != 99,
    }
}

/// The supervisor has approved; the managers 3 and 4 are asked.
pub fn with_managers() -> Play {
    let mut play = Play::start(TWO_STEPS, company());
    play.approve(2);
    play
}

pub fn mode(mode: &str) -> Play {
    let policy = TWO_STEPS.replace("mode = \"ALL\"", mode);
    let mut play = Play::start(&policy, company());
    play.approve(2);
    play
}

pub fn cause(refused: Result<(), Refusal>) -> &'static str {
    match refused.expect_err("refused") {
        Refusal::ReceiverUnfit { cause, .. }
        | Refusal::SignerNotRemovable { cause, .. }
        | Refusal::NotTakeable { cause, .. } => cause,
        Refusal::LimitReached { limit, .. } => limit,
        Refusal::OpinionOnly { .. } => "OPINION",
        Refusal::TaskWaiting { .. } => "WAITING",
        Refusal::TaskClosed { .. } => "CLOSED",
        other => panic!("{other}"),
    }
}

/// That each of these is asked in the place of the one before.
pub fn away(chain: &[u128]) -> Deputies {
    let link = |pair: &[u128]| Deputyship {
        id: Uuid::now_v7(),
        principal: Uuid::from_u128(pair[0]),
        deputy: Uuid::from_u128(pair[1]),
        deputy_name: format!("person {}", pair[1]),
        kinds: Vec::new(),
        start_time: now(),
        end_time: now() + SignedDuration::from_hours(1),
    };
    Deputies::new(chain.windows(2).map(link).collect())
}
