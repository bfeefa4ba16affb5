//! Decisions that are taken back, played on the domain alone.

use super::{
    approval::{AnswerKind, Position, TaskState, VisitState},
    fixture::{TWO_STEPS, company},
    play::{Play, away, cause, mode, with_managers},
    refusal::Refusal,
    state::State,
};

#[test]
fn a_decision_is_taken_back_while_the_step_is_open() {
    let mut play = with_managers();
    play.approve(3);
    play.take_back(3).unwrap();
    assert_eq!(play.asked(), [4, 3]);
    play.approve(4);
    assert_eq!(play.approval.state, State::Pending);
    play.approve(3);
    assert_eq!(play.approval.state, State::Approved);
    assert!(matches!(play.take_back(3), Err(Refusal::ApprovalClosed { .. })));
}

#[test]
fn a_decision_is_taken_back_while_the_next_step_is_untouched() {
    let mut play = with_managers();
    play.take_back(2).unwrap();
    let states: Vec<_> = play.approval.visits.iter().map(|visit| visit.state).collect();
    assert_eq!(states, [VisitState::Open, VisitState::TakenBack]);
    assert_eq!((play.asked(), play.stands(3)), (vec![2], TaskState::Closed));
    play.approve(2);
    assert_eq!(play.asked(), [3, 4]);
    play.approve(3);
    assert_eq!(cause(play.take_back(2)), "FOLLOWED");
    play.take_back(3).unwrap();
    assert_eq!(
        cause(play.take_back(2)),
        "FOLLOWED",
        "it was touched, and stays on record"
    );
}

/// Something that is done in a step.
type Touch = fn(&mut Play) -> Result<(), Refusal>;

#[test]
fn what_touches_a_step_cannot_be_taken_from_it() {
    let touches: [Touch; 4] = [
        |play| play.transfer(3, 7),
        |play| play.delegate(3, 7),
        |play| play.add(3, &[7], Position::After),
        |play| play.answer(3, AnswerKind::Approve, None),
    ];
    for touch in touches {
        let mut play = with_managers();
        touch(&mut play).unwrap();
        assert_eq!(cause(play.take_back(2)), "FOLLOWED");
    }
}

#[test]
fn a_return_to_an_earlier_step_is_taken_back() {
    let mut play = with_managers();
    play.answer(3, AnswerKind::Return, Some("review")).unwrap();
    assert_eq!(play.asked(), [2]);
    play.take_back(3).unwrap();
    assert_eq!(play.asked(), [3, 4]);
    play.approve(3);
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn undecided_there_is_nothing_to_take_back() {
    let mut play = with_managers();
    assert_eq!(cause(play.take_back(3)), "UNDECIDED");
    play.add(3, &[7], Position::Before).unwrap();
    assert_eq!(cause(play.take_back(3)), "UNDECIDED");
    play.transfer(7, 8).unwrap();
    assert_eq!(cause(play.take_back(7)), "CLOSED");
}

#[test]
fn whoever_was_asked_because_of_a_decision_waits_again() {
    let mut play = mode("mode = \"IN_TURN\"");
    assert_eq!(play.asked(), [3]);
    play.approve(3);
    assert_eq!(play.asked(), [4]);
    play.take_back(3).unwrap();
    assert_eq!(play.asked(), [3]);
    play.add(3, &[7], Position::Before).unwrap();
    play.approve(7);
    assert_eq!(play.asked(), [3]);
    play.take_back(7).unwrap();
    assert_eq!((play.asked(), play.stands(3)), (vec![7], TaskState::Waiting));
    play.approve(7);
    play.add(3, &[8], Position::After).unwrap();
    play.approve(3);
    assert_eq!(cause(play.take_back(7)), "FOLLOWED");
    assert_eq!(play.asked(), [8]);
    play.take_back(3).unwrap();
    assert_eq!(play.asked(), [3]);
    play.approve(3);
    play.approve(8);
    assert_eq!(play.asked(), [4]);
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn siblings_whom_a_decision_had_closed_are_asked_again() {
    let policy = TWO_STEPS.replace("SUPERVISOR", "REGIONAL_MANAGER");
    let policy = policy.replacen("same_person = \"CARRY_OVER\"", "", 1);
    let mut play = Play::start(&policy, company());
    assert_eq!(play.asked(), [3, 4]);
    play.approve(3);
    assert_eq!(play.asked(), [3, 4], "in the next step");
    play.take_back_in(0, 3).unwrap();
    assert_eq!(play.approval.visits[0].state, VisitState::Open);
    let open = play.approval.visits[0].id;
    let asked = play
        .approval
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Pending);
    assert!(asked.clone().all(|task| task.visit == open));
    assert_eq!(asked.count(), 2);
}

#[test]
fn a_deputy_takes_back_what_a_deputy_decided() {
    let mut play = Play::start_with(TWO_STEPS, company(), away(&[2, 7]));
    play.approve(7);
    assert_eq!(play.asked(), [3, 4]);
    play.take_back(7).unwrap();
    assert_eq!(play.asked(), [7]);
    play.answer(7, AnswerKind::Reject, None).unwrap();
    assert_eq!(play.approval.state, State::Rejected);
}

#[test]
fn nobody_takes_back_for_ever() {
    let mut play = with_managers();
    play.approve(3);
    let refused = (0..1_000).find_map(|_| {
        let taken = play.take_back(3);
        if taken.is_ok() {
            play.approve(3);
        }
        taken.err()
    });
    assert_eq!(cause(Err(refused.expect("an end"))), "TASKS");
}
