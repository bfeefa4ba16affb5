//! What people do with tasks besides deciding them, played on the domain alone.

use jiff::SignedDuration;
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Position, TaskState, VisitState},
    deputies::{Deputies, Deputyship},
    fixture::{SUBMITTER, TWO_STEPS, company, now},
    play::Play,
    refusal::Refusal,
    state::State,
};

/// The supervisor has approved; the managers 3 and 4 are asked.
fn with_managers() -> Play {
    let mut play = Play::start(TWO_STEPS, company());
    play.approve(2);
    play
}

fn mode(mode: &str) -> Play {
    let policy = TWO_STEPS.replace("mode = \"ALL\"", mode);
    let mut play = Play::start(&policy, company());
    play.approve(2);
    play
}

fn cause(refused: Result<(), Refusal>) -> &'static str {
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

/// That each of these is asked in the place of the one before.
fn away(chain: &[u128]) -> Deputies {
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
