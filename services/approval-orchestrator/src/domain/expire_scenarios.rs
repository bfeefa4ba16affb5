//! What the clock does, played on the domain alone: an hour of working time is an hour.

use jiff::{SignedDuration, Timestamp};
use salient_operation::Post;
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Approval, AttentionReason, TaskState, VisitState},
    attend,
    audit::Action,
    deadline::{Reckoned, WorkingAmount, WorkingTimes},
    decide::{Answer, decide},
    expire::fire,
    fixture::{company, ladders, now, rulebook, submission},
    refusal::Refusal,
    resolution::Ladders,
    rulebook::Rulebook,
    state::State,
    submit,
    work::{Changes, Desk},
};

/// An approval, and a clock that stands where the test puts it.
struct Play {
    approval: Approval,
    rulebook: Rulebook,
    ladders: Ladders,
    hour: i64,
    /// Whether the calendar answers.
    reckons: bool,
    log: Vec<Action>,
}

fn at(hour: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hour)
}

/// Two steps: the supervisor (2), then the managers (3 and 4), each with this deadline.
fn policy(deadline: &str) -> String {
    format!(
        r#"
        title = "Contract"
        facts = [{{ name = "amount", type = "MONEY" }}]
        same_person = "CARRY_OVER"
        [[steps]]
        id = "review"
        title = "Review"
        mode = "ANY"
        approvers = [{{ post = "SUPERVISOR" }}]
        deadline = {{ calendar = "china", {deadline} }}
        [[steps]]
        id = "approval"
        title = "Approval"
        mode = "ALL"
        approvers = [{{ post = "REGIONAL_MANAGER" }}]
        return_targets = ["review"]
        deadline = {{ calendar = "china", {deadline} }}
        "#
    )
}

impl Play {
    fn start(deadline: &str, ladders: Ladders) -> Self {
        Self::start_where(deadline, ladders, true)
    }

    fn start_where(deadline: &str, ladders: Ladders, reckons: bool) -> Self {
        let rulebook = rulebook(&policy(deadline));
        let times = times(&rulebook, 0, reckons);
        let desk = Desk {
            rulebook: &rulebook,
            ladders: Some(&ladders),
            working_times: Some(&times),
            deputies: None,
            now: at(0),
        };
        let (approval, changes) = submit::open(submission(1), desk).unwrap();
        Self {
            approval,
            rulebook,
            ladders,
            hour: 0,
            reckons,
            log: actions(&changes),
        }
    }

    fn run<T>(
        &mut self,
        command: impl FnOnce(&mut Approval, Desk<'_>) -> Result<T, Refusal>,
        changes: impl FnOnce(T) -> Option<Changes>,
    ) -> bool {
        let times = times(&self.rulebook, self.hour, self.reckons);
        let desk = Desk {
            rulebook: &self.rulebook,
            ladders: Some(&self.ladders),
            working_times: Some(&times),
            deputies: None,
            now: at(self.hour),
        };
        let done = changes(command(&mut self.approval, desk).unwrap());
        self.log = done.as_ref().map(actions).unwrap_or_default();
        assert!(
            done.is_none() || !self.log.is_empty(),
            "a change that says nothing cannot be saved"
        );
        done.is_some()
    }

    /// Puts the clock to an hour and looks at it; answers whether something was done.
    fn at(&mut self, hour: i64) -> bool {
        self.hour = hour;
        self.run(fire, |changes| changes)
    }

    fn answer(&mut self, person: u128, kind: AnswerKind, step: Option<&str>) {
        let task = self
            .approval
            .tasks
            .iter()
            .find(|task| task.assignee == Uuid::from_u128(person) && task.state == TaskState::Pending);
        let task = task.expect("a task").id;
        let answer = Answer {
            kind,
            return_step: step.map(str::to_owned),
            findings: Vec::new(),
            comment: String::new(),
            subject_digest: None,
            next_approvers: Vec::new(),
        };
        self.run(|approval, desk| decide(approval, desk, task, &answer), Some);
    }

    /// Who is asked now.
    fn asked(&self) -> Vec<u128> {
        let pending = self
            .approval
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Pending);
        pending.map(|task| task.assignee.as_u128()).collect()
    }

    fn did(&self, action: Action) -> usize {
        self.log.iter().filter(|done| **done == action).count()
    }
}

fn actions(changes: &Changes) -> Vec<Action> {
    changes.log.iter().map(|entry| entry.action).collect()
}

fn times(rulebook: &Rulebook, hour: i64, reckons: bool) -> WorkingTimes {
    let deadlines = rulebook
        .policy
        .steps
        .iter()
        .filter_map(|step| step.deadline.as_ref());
    let amounts = deadlines.flat_map(|deadline| deadline.amounts());
    let reckoned = |amount| match amount {
        WorkingAmount::Hours(hours) if reckons => Ok(Reckoned {
            time: at(hour + i64::from(hours)),
            calendar_version: "calendars/china/versions/1".into(),
        }),
        _ => Err("the calendar says too little".to_owned()),
    };
    WorkingTimes(
        amounts
            .map(|amount| (("china".to_owned(), amount), reckoned(amount)))
            .collect(),
    )
}

const REMIND: &str =
    "working_hours = 8, on_expiry = 'REMIND', remind_before = 2, repeat = { every = 4, times = 2 }";

#[test]
fn reminders_come_before_at_and_after_the_deadline_and_then_stop() {
    let mut play = Play::start(REMIND, company());
    let due = play.approval.visits[0].deadline.clone().unwrap();
    assert_eq!(
        (due.due_time, due.calendar_version.as_str()),
        (at(8), "calendars/china/versions/1")
    );
    assert_eq!(play.approval.tasks[0].due_time, Some(at(8)));
    for (hour, fires) in [
        (5, false),
        (6, true),
        (6, false),
        (7, false),
        (8, true),
        (11, false),
        (12, true),
        (16, true),
        (100, false),
    ] {
        assert_eq!(play.at(hour), fires, "hour {hour}");
        assert_eq!(play.did(Action::TaskReminded), usize::from(fires), "hour {hour}");
    }
    assert_eq!(play.approval.timer_time(), None);
    assert_eq!(play.asked(), [2], "it stays theirs");
}

#[test]
fn a_clock_that_jumps_does_nothing_twice_and_no_burst() {
    let mut play = Play::start(REMIND, company());
    // Far ahead: what was missed is one reminder, not five.
    assert!(play.at(50));
    assert_eq!(play.did(Action::TaskReminded), 1);
    assert!(!play.at(50));
    // Back again.
    assert!(!play.at(1));
    assert!(!play.at(53));
    assert!(play.at(54));
}

#[test]
fn a_timer_that_comes_too_late_does_nothing() {
    let mut play = Play::start("working_hours = 8, on_expiry = 'REJECT'", company());
    play.answer(2, AnswerKind::Approve, None);
    assert_eq!(play.approval.timer_time(), Some(at(8)), "that of the second step");
    play.answer(3, AnswerKind::Approve, None);
    play.answer(4, AnswerKind::Approve, None);
    assert_eq!(play.approval.timer_time(), None);
    assert!(!play.at(9));
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn a_returned_step_gets_a_new_deadline() {
    let mut play = Play::start("working_hours = 8, on_expiry = 'REJECT'", company());
    play.hour = 1;
    play.answer(2, AnswerKind::Approve, None);
    play.hour = 5;
    play.answer(3, AnswerKind::Return, Some("review"));
    let due: Vec<_> = play
        .approval
        .visits
        .iter()
        .map(|visit| visit.deadline.as_ref().unwrap().due_time)
        .collect();
    assert_eq!(due, [at(8), at(9), at(13)]);
    assert!(!play.at(12));
    assert!(play.at(13));
    assert_eq!(play.approval.state, State::Rejected);
}

#[test]
fn the_deadline_decides_as_the_policy_says_and_says_so() {
    let mut play = Play::start("working_hours = 8, on_expiry = 'REJECT'", company());
    assert!(play.at(8));
    assert_eq!(play.approval.state, State::Rejected);
    assert_eq!(play.approval.tasks[0].state, TaskState::Rejected);
    assert_eq!(
        play.log[..2],
        [Action::TaskExpired, Action::TaskRejected],
        "{:?}",
        play.log
    );
    assert!(play.approval.outcome_comment.contains("deadline"));

    let mut play = Play::start("working_hours = 8, on_expiry = 'APPROVE'", company());
    assert!(play.at(8));
    assert_eq!(
        (play.approval.visits[0].state, play.approval.state),
        (VisitState::Agreed, State::Pending)
    );
    assert_eq!(play.asked(), [3, 4]);
    play.hour = 9;
    play.answer(3, AnswerKind::Approve, None);
    assert!(play.at(16));
    assert_eq!(play.approval.state, State::Approved);
    assert_eq!(play.did(Action::TaskExpired), 1, "one had answered");
}

#[test]
fn what_the_clock_approved_is_not_carried_over() {
    let same = ladders(&[(Post::Supervisor, &[&[3]]), (Post::RegionalManager, &[&[3]])]);
    let mut play = Play::start("working_hours = 8, on_expiry = 'APPROVE'", same);
    assert!(play.at(8));
    assert_eq!(play.asked(), [3], "asked in earnest");
}

#[test]
fn superiors_are_asked_in_their_place_and_either_answers() {
    for (rule, expected) in [("KEEP", vec![2, 3, 4]), ("CLOSE", vec![3, 4])] {
        let deadline = format!("working_hours = 8, on_expiry = 'ESCALATE', escalated = '{rule}'");
        let mut play = Play::start(&deadline, company());
        assert!(play.at(8));
        assert_eq!(play.asked(), expected, "{rule}");
        assert_eq!(
            (play.did(Action::TaskEscalated), play.did(Action::TaskCreated)),
            (1, 2)
        );
        assert!(!play.at(9));
        play.answer(4, AnswerKind::Approve, None);
        assert_eq!(play.approval.visits[0].state, VisitState::Agreed, "{rule}");
    }
    // The one who was late answers after all.
    let mut play = Play::start("working_hours = 8, on_expiry = 'ESCALATE'", company());
    play.at(8);
    play.answer(2, AnswerKind::Reject, None);
    assert_eq!(play.approval.state, State::Rejected);
}

#[test]
fn in_a_step_of_all_each_place_is_answered_once() {
    let company = ladders(&[
        (Post::Supervisor, &[&[2]]),
        (Post::RegionalManager, &[&[3, 4], &[1, 5], &[6]]),
    ]);
    let deadline = "working_hours = 8, on_expiry = 'ESCALATE', repeat = { every = 8, times = 2 }";
    let mut play = Play::start(deadline, company);
    play.answer(2, AnswerKind::Approve, None);
    assert!(play.at(8));
    // One superior for both; the submitter, who stands beside them, is never asked.
    assert_eq!(play.asked(), [3, 4, 5]);
    play.hour = 9;
    play.answer(3, AnswerKind::Approve, None);
    assert_eq!(play.asked(), [4, 5], "the superior is still wanted for the other");
    assert!(play.at(16));
    assert_eq!(play.asked(), [4, 5, 6], "and further up");
    assert!(play.at(24));
    assert_eq!(play.approval.attention_reason, Some(AttentionReason::NoSuperior));
    assert_eq!(play.approval.timer_time(), None);
    play.answer(6, AnswerKind::Approve, None);
    assert_eq!(play.approval.state, State::Approved);
    assert_eq!(play.asked(), [0; 0]);
}

#[test]
fn a_transfer_asks_others_and_no_longer_those_who_were_late() {
    let company = ladders(&[
        (Post::Supervisor, &[&[2]]),
        (Post::RegionalManager, &[&[3, 4]]),
        // The submitter is among them.
        (Post::Director, &[&[1], &[7, 8]]),
    ]);
    let deadline = "working_hours = 8, on_expiry = 'TRANSFER', transfer_to = { post = 'DIRECTOR' }";
    let mut play = Play::start(deadline, company);
    assert!(play.at(8));
    assert_eq!(play.asked(), [7, 8]);
    assert_eq!(play.approval.timer_time(), None);
    play.answer(8, AnswerKind::Approve, None);
    assert_eq!(play.approval.visits[0].state, VisitState::Agreed);
    assert!(play.at(16));
    assert_eq!(play.asked(), [7, 8], "for both of all");
    play.answer(7, AnswerKind::Approve, None);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn a_retry_asks_for_superiors_again() {
    let alone = ladders(&[(Post::Supervisor, &[&[2]]), (Post::RegionalManager, &[&[3]])]);
    let mut play = Play::start("working_hours = 8, on_expiry = 'ESCALATE'", alone);
    assert!(play.at(8));
    assert_eq!(play.approval.attention_reason, Some(AttentionReason::NoSuperior));
    play.ladders = company();
    play.run(attend::retry, Some);
    assert_eq!(play.approval.attention_reason, None);
    assert!(play.at(8));
    assert_eq!(play.asked(), [2, 3, 4]);
}

#[test]
fn a_calendar_without_an_answer_keeps_nobody_from_deciding() {
    let mut play = Play::start_where(REMIND, company(), false);
    assert_eq!((play.approval.state, play.asked()), (State::Pending, vec![2]));
    assert_eq!(
        play.approval.attention_reason,
        Some(AttentionReason::DeadlineUnknown)
    );
    assert_eq!(play.approval.timer_time(), None);
    play.reckons = true;
    play.hour = 3;
    play.run(attend::retry, Some);
    assert_eq!(play.approval.attention_reason, None);
    assert_eq!(play.approval.timer_time(), Some(at(9)), "the reminder before it");
    assert_eq!(play.approval.tasks[0].due_time, Some(at(11)));
    // What is repeated cannot be reckoned: the deadline stays as it is, and acts again when it can.
    assert!(play.at(9));
    play.reckons = false;
    assert!(play.at(11));
    assert_eq!(
        play.approval.attention_reason,
        Some(AttentionReason::DeadlineUnknown)
    );
    play.reckons = true;
    play.run(attend::retry, Some);
    assert_eq!(
        play.approval.visits[0].deadline.as_ref().unwrap().due_time,
        at(11)
    );
    assert!(play.at(11));
    assert_eq!(play.approval.timer_time(), Some(at(15)));
    // It is over with the step that it was about.
    play.reckons = false;
    assert!(play.at(15));
    play.answer(2, AnswerKind::Reject, None);
    assert_eq!(play.approval.attention_reason, None);
}
