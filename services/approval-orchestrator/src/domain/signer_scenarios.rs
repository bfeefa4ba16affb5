//! Signers who come and go, played on the domain alone.

use super::{
    approval::{AnswerKind, Position, TaskState},
    play::{cause, mode, with_managers},
    state::State,
};

#[test]
fn signers_before_are_waited_for() {
    let mut play = with_managers();
    play.add(3, &[7, 8], Position::Before).unwrap();
    assert_eq!(play.asked(), [4, 7, 8]);
    assert_eq!(play.stands(3), TaskState::Waiting);
    assert_eq!(cause(play.answer(3, AnswerKind::Approve, None)), "WAITING");
    play.approve(7);
    assert_eq!(play.stands(3), TaskState::Waiting);
    play.approve(8);
    assert_eq!(play.asked(), [3, 4]);
    play.approve(4);
    play.approve(3);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn signers_after_are_asked_once_it_is_their_turn() {
    let mut play = with_managers();
    play.add(3, &[7], Position::After).unwrap();
    assert_eq!(play.asked(), [3, 4]);
    play.approve(4);
    play.approve(3);
    assert_eq!(play.asked(), [7]);
    assert_eq!(play.approval.state, State::Pending);
    play.approve(7);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn signers_beside_are_asked_at_once() {
    let mut play = with_managers();
    play.add(3, &[7], Position::Beside).unwrap();
    assert_eq!(play.asked(), [3, 4, 7]);
    play.approve(3);
    play.approve(4);
    assert_eq!(play.approval.state, State::Pending);
    play.approve(7);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn a_signer_makes_a_step_stricter_never_weaker() {
    for position in [Position::Before, Position::After, Position::Beside] {
        // The first answer decides, and 3 wants 7 to sign as well: 7 alone decides nothing.
        let mut play = mode("mode = \"ANY\"");
        play.add(3, &[7], position).unwrap();
        if position == Position::After {
            play.approve(3);
        }
        play.approve(7);
        if position == Position::After {
            assert_eq!(play.approval.state, State::Approved);
            continue;
        }
        assert_eq!(play.approval.state, State::Pending, "{position:?}");
        play.approve(3);
        assert_eq!(play.approval.state, State::Approved, "{position:?}");
    }
    let mut play = mode("mode = \"VOTE\"\n    threshold = { count = 1 }");
    play.add(3, &[7, 8], Position::Beside).unwrap();
    play.approve(3);
    play.approve(7);
    assert_eq!(play.approval.state, State::Pending);
    play.answer(8, AnswerKind::Reject, None).unwrap();
    assert_eq!((play.asked(), play.approval.state), (vec![4], State::Pending));
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn a_no_of_a_signer_is_a_no_of_the_place() {
    for position in [Position::Before, Position::Beside] {
        let mut play = with_managers();
        play.add(3, &[7], position).unwrap();
        play.answer(7, AnswerKind::Reject, None).unwrap();
        assert_eq!(play.approval.state, State::Rejected, "{position:?}");
        assert_eq!(play.asked(), [0; 0]);
    }
    let mut play = mode("mode = \"VOTE\"\n    threshold = { count = 1 }");
    play.add(3, &[7], Position::Before).unwrap();
    play.answer(7, AnswerKind::Reject, None).unwrap();
    assert_eq!((play.asked(), play.stands(3)), (vec![4], TaskState::Closed));
}

#[test]
fn whoever_added_a_signer_removes_them_until_they_have_answered() {
    let mut play = with_managers();
    play.add(3, &[7], Position::Before).unwrap();
    play.add(7, &[8], Position::Beside).unwrap();
    assert_eq!(cause(play.remove(4, 7)), "ADDED_BY_ANOTHER");
    assert_eq!(cause(play.remove(3, 8)), "ADDED_BY_ANOTHER");
    assert_eq!(cause(play.remove(3, 4)), "NOT_ADDED");
    play.remove(3, 7).unwrap();
    assert_eq!(play.asked(), [3, 4]);
    assert_eq!(play.stands(8), TaskState::Closed, "with those whom they added");
    // Whoever was removed may be asked again.
    play.add(3, &[7], Position::After).unwrap();
    play.approve(4);
    play.approve(3);
    assert_eq!(play.asked(), [7]);
    play.remove(3, 7).unwrap();
    assert_eq!(play.approval.state, State::Approved, "nobody else was waited for");
}

#[test]
fn what_a_signer_said_stays() {
    let mut play = with_managers();
    play.add(3, &[7, 8], Position::Before).unwrap();
    play.approve(7);
    assert_eq!(cause(play.remove(3, 7)), "ANSWERED");
}

#[test]
fn signers_have_their_limits() {
    let mut play = with_managers();
    for (from, to) in [(3, 10), (10, 11), (11, 12), (12, 13), (13, 14)] {
        play.add(from, &[to], Position::Before).unwrap();
    }
    assert_eq!(cause(play.add(14, &[15], Position::Before)), "DEPTH");
    let more: Vec<u128> = (20..35).collect();
    play.add(4, &more, Position::After).unwrap();
    assert_eq!(cause(play.add(4, &[40], Position::After)), "SIGNERS");
}

#[test]
fn a_place_that_changes_hands_keeps_its_signers() {
    let mut play = with_managers();
    play.add(3, &[7], Position::After).unwrap();
    play.transfer(3, 8).unwrap();
    play.approve(4);
    play.approve(8);
    assert_eq!(play.asked(), [7]);
    play.transfer(7, 9).unwrap();
    play.approve(9);
    assert_eq!(play.approval.state, State::Approved);
}
