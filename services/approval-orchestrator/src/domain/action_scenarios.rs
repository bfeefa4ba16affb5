//! Tasks that change hands, opinions, deputies and choices, played on the domain alone.

use super::{
    approval::{AnswerKind, Position, TaskState},
    deputies::Deputies,
    fixture::{SUBMITTER, TWO_STEPS, company},
    play::{Play, away, cause, with_managers},
    refusal::Refusal,
    state::State,
};

#[test]
fn a_task_that_is_handed_over_counts_for_whom_it_was_at_first() {
    let mut play = with_managers();
    play.transfer(3, 7).unwrap();
    play.transfer(7, 8).unwrap();
    assert_eq!(play.asked(), [4, 8]);
    assert_eq!(play.stands(3), TaskState::Transferred);
    let task = play.approval.task(play.task(8)).unwrap();
    let request = task.request.clone().unwrap();
    assert_eq!(request.principal.unwrap().as_u128(), 3);
    assert_eq!(request.asked_by.unwrap().as_u128(), 7);
    play.approve(8);
    assert_eq!(play.approval.state, State::Pending);
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn nobody_is_asked_twice_in_a_step_and_never_the_submitter() {
    let mut play = with_managers();
    assert_eq!(cause(play.transfer(3, 4)), "ALREADY_ASKED");
    assert_eq!(cause(play.transfer(3, SUBMITTER.as_u128())), "SUBMITTER");
    assert_eq!(cause(play.transfer(3, 3)), "ALREADY_ASKED");
    assert_eq!(cause(play.transfer(3, 99)), "INACTIVE");
    play.transfer(3, 7).unwrap();
    assert_eq!(cause(play.transfer(7, 3)), "ALREADY_ASKED", "no way back");
    assert_eq!(cause(play.transfer(3, 8)), "CLOSED");
    for position in [Position::Before, Position::After, Position::Beside] {
        assert_eq!(cause(play.add(7, &[8, 8], position)), "ALREADY_ASKED");
        assert_eq!(cause(play.add(7, &[1], position)), "SUBMITTER");
    }
    assert_eq!(cause(play.delegate(7, 4)), "ALREADY_ASKED");
    assert_eq!(play.asked(), [4, 7]);
}

#[test]
fn an_opinion_decides_nothing_and_brings_the_task_back() {
    let mut play = with_managers();
    play.delegate(3, 7).unwrap();
    assert_eq!(play.asked(), [4, 7]);
    let early = play.answer(3, AnswerKind::Approve, None);
    assert_eq!(cause(early), "WAITING");
    assert_eq!(cause(play.transfer(3, 8)), "WAITING");
    play.delegate(7, 8).unwrap();
    assert_eq!(cause(play.add(8, &[9], Position::Beside)), "OPINION");
    assert_eq!(cause(play.answer(8, AnswerKind::Return, None)), "OPINION");
    play.answer(8, AnswerKind::Reject, None).unwrap();
    assert_eq!(play.asked(), [4, 7]);
    play.approve(7);
    assert_eq!(play.asked(), [3, 4]);
    assert_eq!(play.approval.state, State::Pending);
    play.approve(4);
    play.approve(3);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn opinions_hang_on_one_another_only_so_deep() {
    let mut play = with_managers();
    for (from, to) in [(3, 10), (10, 11), (11, 12), (12, 13), (13, 14)] {
        play.delegate(from, to).unwrap();
    }
    assert_eq!(cause(play.delegate(14, 15)), "DEPTH");
    // Done without: all that hang on it are closed.
    play.take_back(11).unwrap();
    assert_eq!(play.asked(), [4, 11]);
    assert_eq!(play.stands(14), TaskState::Closed);
}

#[test]
fn an_opinion_is_not_taken_back_by_who_signs_since() {
    let mut play = with_managers();
    play.delegate(3, 7).unwrap();
    play.approve(7);
    play.add(3, &[7], Position::After).unwrap();
    assert_eq!(cause(play.take_back(7)), "FOLLOWED");
    play.approve(3);
    assert_eq!(play.asked(), [4, 7]);
}

#[test]
fn an_opinion_can_be_changed_until_it_is_used() {
    let mut play = with_managers();
    play.delegate(3, 7).unwrap();
    play.approve(7);
    play.take_back(7).unwrap();
    assert_eq!((play.asked(), play.stands(3)), (vec![4, 7], TaskState::Delegated));
    play.approve(7);
    play.approve(3);
    assert_eq!(cause(play.take_back(7)), "FOLLOWED");
}

#[test]
fn an_administrator_moves_what_waits() {
    let mut play = with_managers();
    play.add(3, &[7], Position::Before).unwrap();
    play.reassign(3, 8).unwrap();
    assert_eq!(
        (play.stands(3), play.stands(8)),
        (TaskState::Transferred, TaskState::Waiting)
    );
    play.approve(7);
    assert_eq!(play.asked(), [4, 8]);
    play.delegate(8, 9).unwrap();
    play.reassign(8, 10).unwrap();
    assert_eq!(play.asked(), [4, 10]);
    assert_eq!(play.stands(9), TaskState::Closed, "nobody waits for the opinion");
    play.approve(4);
    play.approve(10);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn whoever_is_away_has_their_deputy_asked() {
    let mut play = Play::start_with(TWO_STEPS, company(), away(&[3, 7, 8]));
    play.approve(2);
    assert_eq!(play.asked(), [8, 4]);
    let task = play.approval.task(play.task(8)).unwrap();
    assert_eq!(task.request.clone().unwrap().principal.unwrap().as_u128(), 3);
    play.approve(8);
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn a_deputy_who_may_not_decide_is_passed_over() {
    // The submitter, whoever is asked in their own right, and who was asked in another's place already.
    for (chain, asked) in [
        (&[3, 1][..], [3, 4]),
        (&[3, 4], [3, 4]),
        (&[3, 7, 1], [7, 4]),
        (&[3, 7, 4], [7, 4]),
    ] {
        let mut play = Play::start_with(TWO_STEPS, company(), away(chain));
        play.approve(2);
        assert_eq!(play.asked(), asked, "{chain:?}");
    }
    let mut both = Play::start_with(TWO_STEPS, company(), {
        let mut links = away(&[3, 7]).all();
        links.extend(away(&[4, 7]).all());
        Deputies::new(links)
    });
    both.approve(2);
    assert_eq!(both.asked(), [7, 4], "nobody holds two places");
}

const CHOSEN: &str = r#"
    title = "Chosen"
    facts = [{ name = "amount", type = "MONEY" }]
    [[steps]]
    id = "review"
    title = "Review"
    mode = "ANY"
    approvers = [{ post = "SUPERVISOR" }]
    [[steps]]
    id = "approval"
    title = "Approval"
    mode = "ALL"
    approvers = [{ previous_choice = true }]
    return_targets = ["review"]
"#;

#[test]
fn the_approver_of_the_step_before_chooses_whom_to_ask() {
    let mut play = Play::start(CHOSEN, company());
    let unchosen = play.answer(2, AnswerKind::Approve, None);
    assert!(matches!(unchosen, Err(Refusal::NextApproversRequired { .. })));
    assert_eq!(cause(play.choose(2, &[1])), "SUBMITTER");
    assert_eq!(cause(play.choose(2, &[99])), "INACTIVE");
    play.choose(2, &[7, 8]).unwrap();
    assert_eq!(play.asked(), [7, 8]);
    let last = play.choose(7, &[9]);
    assert!(matches!(last, Err(Refusal::NextApproversUnexpected { .. })));
    // Returned and agreed again, whoever was chosen is asked again unless others are.
    play.answer(7, AnswerKind::Return, Some("review")).unwrap();
    play.approve(2);
    assert_eq!(play.asked(), [7, 8]);
    play.take_back(2).unwrap();
    play.choose(2, &[9]).unwrap();
    assert_eq!(play.asked(), [9]);
    play.approve(9);
    assert_eq!(play.approval.state, State::Approved);
}
