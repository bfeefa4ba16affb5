//! Whole approvals, played on the domain alone.

use salient_operation::Post;

use super::{
    approval::{AnswerKind, AttentionReason, ParticipationState, TaskState, VisitState},
    attend, close,
    decide::{Answer, decide},
    fixture::{self, TWO_STEPS, company, ladders, now, rulebook},
    participate::{RefusalText, Reply, Reservation},
    play::Play,
    refusal::Refusal,
    state::{self, Event, State},
    work::{Call, Desk, Outcome},
};

fn reserved() -> Reply {
    Reply::Reserved(Reservation {
        name: "r/1".into(),
        amount: Some("1000.00".into()),
        currency: Some("CNY".into()),
    })
}

fn with_participant(policy: &str) -> String {
    policy.replacen("facts =", "participants = [\"customers\"]\n    facts =", 1)
}

#[test]
fn everyone_agrees() {
    let mut play = Play::start(TWO_STEPS, company());
    assert_eq!(play.asked(), [2]);
    play.approve(2);
    assert_eq!(play.asked(), [3, 4]);
    play.approve(4);
    assert_eq!(play.asked(), [3]);
    play.approve(3);
    assert_eq!(play.approval.state, State::Approved);
    assert!(play.told(Outcome::Approved));
    assert!(play.approval.end_time.is_some());
}

#[test]
fn participants_reserve_first_and_confirm_last() {
    let mut play = Play::start(&with_participant(TWO_STEPS), company());
    assert_eq!(play.approval.state, State::Reserving);
    assert_eq!(
        play.calls,
        [Call::Reserve {
            service: "customers".into()
        }]
    );
    assert_eq!(play.asked(), [0; 0]);
    play.reply(reserved());
    play.approve(2);
    play.approve(3);
    play.approve(4);
    assert_eq!(play.approval.state, State::Confirming);
    assert_eq!(
        play.calls,
        [Call::Confirm {
            service: "customers".into()
        }]
    );
    let withdrawal = play.run(None, |approval, desk| close::withdraw(approval, desk, ""), Some);
    assert!(
        matches!(withdrawal, Err(Refusal::ApprovalClosed { .. })),
        "everyone has agreed"
    );
    play.reply(Reply::Confirmed);
    assert_eq!(play.approval.state, State::Approved);
    assert!(play.told(Outcome::Approved));
}

#[test]
fn a_participants_refusal_ends_it_with_the_reason() {
    let mut play = Play::start(&with_participant(TWO_STEPS), company());
    play.reply(Reply::Refused(RefusalText {
        reason: "CREDIT".into(),
        message: "too much".into(),
        message_zh: "额度不足".into(),
    }));
    assert_eq!(play.approval.state, State::Refused);
    assert_eq!(play.approval.outcome_comment, "too much");
    assert_eq!(
        play.calls,
        [Call::Outcome(Outcome::Refused)],
        "what was refused is not released"
    );
}

#[test]
fn answers_that_are_not_awaited_change_nothing() {
    let mut play = Play::start(&with_participant(TWO_STEPS), company());
    play.run(
        Some(Event::Withdraw),
        |approval, desk| close::withdraw(approval, desk, "mistake"),
        Some,
    )
    .unwrap();
    assert!(play.calls.contains(&Call::Release {
        service: "customers".into()
    }));
    let before = play.approval.clone();
    play.reply(reserved());
    play.reply(Reply::Confirmed);
    assert_eq!(play.approval, before);
    play.reply(Reply::Released);
    assert_eq!(
        play.approval.participations[0].state,
        ParticipationState::Released
    );
    assert_eq!(play.approval.state, State::Withdrawn);
}

#[test]
fn one_rejection_closes_the_siblings() {
    let mut play = Play::start(&with_participant(TWO_STEPS), company());
    play.reply(reserved());
    play.approve(2);
    play.answer(3, AnswerKind::Reject, None).unwrap();
    assert_eq!(play.approval.state, State::Rejected);
    assert_eq!(play.asked(), [0; 0]);
    assert!(
        play.told(Outcome::Rejected)
            && play.calls.contains(&Call::Release {
                service: "customers".into()
            })
    );
    let late = play.answer(4, AnswerKind::Approve, None);
    assert!(
        matches!(
            late,
            Err(Refusal::TaskClosed {
                state: TaskState::Closed,
                ..
            })
        ),
        "{late:?}"
    );
}

#[test]
fn a_checklist_has_to_be_worked_through() {
    let mut play = Play::start(TWO_STEPS, company());
    let task = play.approval.tasks[0].id;
    let answer = Answer {
        kind: AnswerKind::Approve,
        return_step: None,
        findings: Vec::new(),
        comment: String::new(),
        subject_digest: None,
        next_approvers: Vec::new(),
    };
    let refused = play.run(None, |approval, desk| decide(approval, desk, task, &answer), Some);
    assert_eq!(
        refused,
        Err(Refusal::FindingMissing {
            items: vec!["amount".into()]
        })
    );
}

#[test]
fn a_decision_on_other_content_is_refused() {
    let mut play = Play::start(TWO_STEPS, company());
    let task = play.approval.tasks[0].id;
    let answer = Answer {
        kind: AnswerKind::Reject,
        return_step: None,
        findings: Vec::new(),
        comment: String::new(),
        subject_digest: Some(vec![9; 32]),
        next_approvers: Vec::new(),
    };
    let refused = play.run(None, |approval, desk| decide(approval, desk, task, &answer), Some);
    assert_eq!(refused, Err(Refusal::SubjectChanged { task }));
}

#[test]
fn a_returned_step_is_visited_again() {
    let mut play = Play::start(TWO_STEPS, company());
    play.approve(2);
    let wrong = play.answer(3, AnswerKind::Return, Some("approval"));
    assert!(matches!(wrong, Err(Refusal::ReturnTargetInvalid { .. })));
    play.answer(3, AnswerKind::Return, Some("review")).unwrap();
    assert_eq!(play.asked(), [2]);
    let visits: Vec<_> = play
        .approval
        .visits
        .iter()
        .map(|v| (v.step.as_str(), v.number, v.state))
        .collect();
    assert_eq!(
        visits,
        [
            ("review", 1, VisitState::Agreed),
            ("approval", 1, VisitState::Returned),
            ("review", 2, VisitState::Open)
        ]
    );
}

#[test]
fn a_return_to_the_submitter_opens_the_next_round() {
    for (rule, expected) in [("RESTART", vec![2]), ("CONTINUE", vec![3, 4])] {
        let policy = with_participant(TWO_STEPS).replacen(
            "facts =",
            &format!("on_resubmit = \"{rule}\"\n    facts ="),
            1,
        );
        let mut play = Play::start(&policy, company());
        play.reply(reserved());
        play.approve(2);
        play.answer(4, AnswerKind::Return, None).unwrap();
        assert_eq!(play.approval.state, State::Returned);
        assert!(play.approval.end_time.is_none(), "it is still open");
        assert_eq!(
            play.calls,
            [
                Call::Release {
                    service: "customers".into()
                },
                Call::Outcome(Outcome::Returned)
            ]
        );
        play.resubmit().unwrap();
        assert_eq!((play.approval.state, play.approval.round), (State::Reserving, 2));
        play.reply(reserved());
        assert_eq!(play.asked(), expected, "{rule}");
        assert!(matches!(play.resubmit(), Err(Refusal::RoundOutOfOrder { .. })));
    }
}

#[test]
fn the_same_person_twice_is_carried_over_or_asked_again() {
    let same = || ladders(&[(Post::Supervisor, &[&[3]]), (Post::RegionalManager, &[&[3]])]);
    let mut play = Play::start(TWO_STEPS, same());
    play.approve(3);
    assert_eq!(play.approval.state, State::Approved);
    assert_eq!(play.approval.tasks[1].state, TaskState::CarriedOver);

    let mut play = Play::start(&TWO_STEPS.replace("CARRY_OVER", "KEEP"), same());
    play.approve(3);
    assert_eq!(play.asked(), [3]);
}

#[test]
fn an_opinion_is_never_carried_over() {
    let twice = ladders(&[(Post::Supervisor, &[&[2]]), (Post::RegionalManager, &[&[3]])]);
    let mut play = Play::start(TWO_STEPS, twice);
    play.delegate(2, 3).unwrap();
    play.approve(3);
    play.approve(2);
    assert_eq!(play.asked(), [3], "they have decided nothing yet");
}

#[test]
fn a_checklist_is_never_carried_over() {
    let policy = TWO_STEPS.replace(
        "return_targets = [\"review\"]",
        "checklist = [{ id = \"risk\", title = \"Risk\" }]",
    );
    let mut play = Play::start(
        &policy,
        ladders(&[(Post::Supervisor, &[&[3]]), (Post::RegionalManager, &[&[3]])]),
    );
    play.approve(3);
    assert_eq!(play.asked(), [3]);
}

#[test]
fn nobody_to_ask_suspends_until_somebody_is_there() {
    let vacant = ladders(&[
        (Post::Supervisor, &[&[], &[3]]),
        (Post::RegionalManager, &[&[3, 4]]),
    ]);
    let mut play = Play::start(TWO_STEPS, vacant);
    assert_eq!(play.approval.state, State::Suspended);
    assert_eq!(play.approval.attention_reason, Some(AttentionReason::NoApprover));
    play.run(Some(Event::Resume), attend::retry, Some).unwrap();
    assert_eq!(play.approval.state, State::Suspended);
    play.ladders = company();
    play.run(Some(Event::Resume), attend::retry, Some).unwrap();
    assert_eq!((play.approval.state, play.asked()), (State::Pending, vec![2]));
    assert_eq!(play.approval.attention_reason, None);
    let again = play.run(None, attend::retry, Some);
    assert!(matches!(again, Err(Refusal::NoAttentionNeeded { .. })));
}

#[test]
fn a_condition_skips_a_step_and_its_error_suspends() {
    let on_second = |condition: &str| {
        TWO_STEPS.replace(
            "return_targets = [\"review\"]",
            &format!("condition = \"{condition}\""),
        )
    };
    let mut play = Play::start(&on_second("amount > money('5000', 'CNY')"), company());
    play.approve(2);
    assert_eq!(play.approval.state, State::Approved);
    assert_eq!(play.approval.visits[1].state, VisitState::Skipped);

    let mut play = Play::start(&on_second("amount > money('5000', 'USD')"), company());
    play.approve(2);
    assert_eq!(
        play.approval.attention_reason,
        Some(AttentionReason::ConditionFailed)
    );
}

#[test]
fn an_approval_without_any_step_is_none() {
    let policy = TWO_STEPS
        .replace(
            "checklist = [{ id = \"amount\", title = \"Amount\" }]",
            "condition = \"false\"",
        )
        .replace(
            "return_targets = [\"review\"]",
            "condition = \"amount < money('1', 'CNY')\"",
        );
    let play = Play::start(&policy, company());
    assert_eq!(play.approval.state, State::Suspended);
    assert_eq!(play.approval.attention_reason, Some(AttentionReason::NoStep));
}

#[test]
fn a_vote_nobody_could_win_suspends() {
    let policy = TWO_STEPS.replace("mode = \"ALL\"", "mode = \"VOTE\"\n    threshold = { count = 3 }");
    let mut play = Play::start(&policy, company());
    play.approve(2);
    assert_eq!(
        play.approval.attention_reason,
        Some(AttentionReason::VoteUnreachable)
    );
}

#[test]
fn in_turn_asks_the_next_when_the_one_before_agreed() {
    let mut play = Play::start(
        &TWO_STEPS.replace("mode = \"ALL\"", "mode = \"IN_TURN\""),
        company(),
    );
    play.approve(2);
    assert_eq!(play.asked(), [3]);
    play.approve(3);
    assert_eq!(play.asked(), [4]);
    play.approve(4);
    assert_eq!(play.approval.state, State::Approved);
}

#[test]
fn failures_of_one_kind_are_raised_once() {
    let (mut approval, _) = fixture::submitted();
    let rulebook = rulebook(TWO_STEPS);
    let desk = Desk {
        rulebook: &rulebook,
        ladders: None,
        working_times: None,
        deputies: None,
        now: now(),
    };
    let stuck = AttentionReason::ParticipantStuck;
    assert!(attend::raise(&mut approval, desk, stuck, "a".into()).is_some());
    assert!(attend::raise(&mut approval, desk, stuck, "b".into()).is_none());
}

#[test]
fn every_command_is_refused_in_every_state_that_the_table_forbids() {
    for forced in State::ALL {
        let mut play = Play::start(TWO_STEPS, company());
        play.approval.state = forced;
        for (event, outcome) in [
            (
                Event::Withdraw,
                play.run(None, |approval, desk| close::withdraw(approval, desk, ""), Some),
            ),
            (Event::Supersede, {
                play.approval.state = forced;
                play.run(None, close::supersede, Some)
            }),
        ] {
            assert_eq!(
                outcome.is_ok(),
                state::allows(forced, event),
                "{forced:?} × {event:?}"
            );
        }
    }
}
