//! A subject is submitted, for the first time or again after a return.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Approval, AttentionReason, Participation, ParticipationState, Subject},
    audit::{self, Action},
    correspond::Correspondence,
    facts::{Facts, first_unmet},
    policy::OnResubmit,
    refusal::Refusal,
    state::{self, Event, State},
    work::{Call, Changes, Desk, Work},
};

/// What is submitted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The approval.
    pub approval: Uuid,
    /// The round.
    pub round: i64,
    /// The subject.
    pub subject: Subject,
    /// The subject in words.
    pub title: String,
    /// Who submits it.
    pub submitter: Uuid,
    /// The unit it belongs to.
    pub unit: Uuid,
    /// What participants reserve against.
    pub account: String,
    /// The facts.
    pub facts: Facts,
    /// The submitter's comment.
    pub comment: String,
}

/// Opens an approval.
///
/// # Errors
/// `FactInvalid`; `RoundOutOfOrder` where the round is not the first.
pub fn open(submission: Submission, desk: Desk<'_>) -> Result<(Approval, Changes), Refusal> {
    let mut approval = begin(submission, desk)?;
    let mut work = Work::unchecked(&mut approval, desk);
    work.begin_round(Action::Submitted)?;
    let changes = work.finish();
    Ok((approval, changes))
}

/// Opens an approval whose policy is paused: it waits, and goes on once that is over.
///
/// # Errors
/// As [`open`].
pub fn open_paused(submission: Submission, desk: Desk<'_>) -> Result<(Approval, Changes), Refusal> {
    let mut approval = begin(submission, desk)?;
    let mut work = Work::unchecked(&mut approval, desk);
    work.log_submission(Action::Submitted);
    let detail = format!("The policy for {} is paused", desk.rulebook.key.kind);
    work.suspend(AttentionReason::PolicyPaused, detail);
    let changes = work.finish();
    Ok((approval, changes))
}

fn begin(submission: Submission, desk: Desk<'_>) -> Result<Approval, Refusal> {
    check_facts(&submission, desk)?;
    if submission.round != 1 {
        return Err(Refusal::RoundOutOfOrder {
            approval: submission.approval,
            round: 0,
            state: State::Returned,
        });
    }
    Ok(Approval {
        id: submission.approval,
        state: State::Reserving,
        round: submission.round,
        subject: submission.subject,
        title: submission.title,
        submitter: submission.submitter,
        unit: submission.unit,
        account: submission.account,
        facts: submission.facts,
        comment: submission.comment,
        policy_version: desk.rulebook.key.version,
        step_position: 0,
        outcome_comment: String::new(),
        attention_reason: None,
        attention_detail: None,
        attention_time: None,
        version: 0,
        audit_length: 0,
        audit_head: audit::origin(submission.approval).to_vec(),
        audit_seal: Vec::new(),
        create_time: desk.now,
        update_time: desk.now,
        end_time: None,
        visits: Vec::new(),
        tasks: Vec::new(),
        participations: Vec::new(),
        choices: BTreeMap::new(),
        moves: Vec::new(),
        correspondence: Correspondence::default(),
    })
}

/// Opens the next round of an approval that was returned.
///
/// # Errors
/// `SubjectMismatch`, `RoundOutOfOrder`, `FactInvalid`.
pub fn resubmit(approval: &mut Approval, submission: Submission, desk: Desk<'_>) -> Result<Changes, Refusal> {
    check_same_subject(approval, &submission)?;
    check_facts(&submission, desk)?;
    if !state::allows(approval.state, Event::Resubmit) || submission.round != approval.round + 1 {
        let (round, state) = (approval.round, approval.state);
        return Err(Refusal::RoundOutOfOrder {
            approval: approval.id,
            round,
            state,
        });
    }
    approval.round = submission.round;
    approval.subject = submission.subject;
    approval.title = submission.title;
    approval.account = submission.account;
    approval.facts = submission.facts;
    approval.comment = submission.comment;
    approval.outcome_comment.clear();
    if desk.rulebook.policy.on_resubmit == OnResubmit::Restart {
        approval.step_position = 0;
    }
    let mut work = Work::unchecked(approval, desk);
    work.begin_round(Action::Resubmitted)?;
    Ok(work.finish())
}

/// Whether a submission repeats one that was taken before.
///
/// # Errors
/// `SubjectMismatch` where it is about another subject.
pub fn is_repetition(approval: &Approval, submission: &Submission) -> Result<bool, Refusal> {
    check_same_subject(approval, submission)?;
    Ok(submission.round <= approval.round)
}

fn check_same_subject(approval: &Approval, submission: &Submission) -> Result<(), Refusal> {
    let same = approval.subject.name == submission.subject.name
        && approval.subject.service == submission.subject.service
        && approval.subject.kind == submission.subject.kind
        && approval.submitter == submission.submitter
        && approval.unit == submission.unit;
    if same {
        Ok(())
    } else {
        Err(Refusal::SubjectMismatch {
            approval: approval.id,
            subject: approval.subject.name.clone(),
        })
    }
}

fn check_facts(submission: &Submission, desk: Desk<'_>) -> Result<(), Refusal> {
    match first_unmet(&desk.rulebook.policy.facts, &submission.facts) {
        Some(fact) => Err(Refusal::FactInvalid {
            fact: fact.name.clone(),
            kind: fact.kind,
        }),
        None => Ok(()),
    }
}

impl Work<'_> {
    fn begin_round(&mut self, action: Action) -> Result<(), Refusal> {
        self.log_submission(action);
        self.set_out()
    }

    fn log_submission(&mut self, action: Action) {
        let details = [
            ("title", json!(self.approval.title)),
            (
                "submitter",
                json!(format!("employees/{}", self.approval.submitter)),
            ),
            ("facts", json!(self.approval.facts)),
            ("comment", json!(self.approval.comment)),
            ("policy_version", json!(self.approval.policy_version)),
        ];
        self.log(action, details);
    }

    /// Goes on from a submission: to the participants, else to the first step.
    pub(super) fn set_out(&mut self) -> Result<(), Refusal> {
        let rulebook = self.desk.rulebook;
        if rulebook.policy.participants.is_empty() {
            return self.advance();
        }
        self.approval.state = State::Reserving;
        for service in &rulebook.policy.participants {
            self.changes
                .participations
                .insert(self.approval.participations.len());
            self.approval.participations.push(Participation {
                approval: self.approval.id,
                round: self.approval.round,
                service: service.clone(),
                state: ParticipationState::Reserving,
                reservation: String::new(),
                amount: None,
                currency: None,
                refusal_reason: String::new(),
                refusal_message: String::new(),
                refusal_message_zh: String::new(),
            });
            self.changes.calls.push(Call::Reserve {
                service: service.clone(),
            });
        }
        Ok(())
    }
}
