//! The participants' answers. Each may come twice, late, or after the approval has moved on: what no longer fits changes nothing.

use serde_json::json;

use super::{
    approval::{Approval, AttentionReason, Participation, ParticipationState},
    audit::Action,
    refusal::Refusal,
    state::{self, Event, State},
    work::{Changes, Desk, Outcome, Work},
};

/// What a participant set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The participant's own name for it.
    pub name: String,
    /// The amount, as text.
    pub amount: Option<String>,
    /// The amount's currency.
    pub currency: Option<String>,
}

/// Why a participant refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalText {
    /// For programs.
    pub reason: String,
    /// In English.
    pub message: String,
    /// In Chinese.
    pub message_zh: String,
}

/// A participant's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Something is set aside.
    Reserved(Reservation),
    /// Nothing is, and will not be.
    Refused(RefusalText),
    /// It is final.
    Confirmed,
    /// It is given back.
    Released,
}

impl Reply {
    /// The state that the participant's part has to stand in for the answer to mean anything.
    const fn awaited_in(&self) -> ParticipationState {
        match self {
            Self::Reserved(_) | Self::Refused(_) => ParticipationState::Reserving,
            Self::Confirmed => ParticipationState::Confirming,
            Self::Released => ParticipationState::Releasing,
        }
    }
}

/// Whether a participant is still to be asked for what leads to this state: a reservation of an approval that was withdrawn
/// meanwhile is not.
#[must_use]
pub fn awaits(approval: &Approval, service: &str, round: i64, state: ParticipationState) -> bool {
    approval
        .participations
        .iter()
        .any(|part| part.round == round && part.service == service && part.state == state)
}

/// Applies a participant's answer. `None` where it is not awaited any more.
///
/// # Errors
/// `Defect` where the answer lets steps start and their approvers were not looked up.
pub fn reply(
    approval: &mut Approval,
    desk: Desk<'_>,
    service: &str,
    round: i64,
    reply: Reply,
) -> Result<Option<Changes>, Refusal> {
    if !awaits(approval, service, round, reply.awaited_in()) {
        return Ok(None);
    }
    let mut work = Work::unchecked(approval, desk);
    let Some((position, _)) = work.participation(service, round) else {
        return Ok(None);
    };
    work.changes.participations.insert(position);
    if work.approval.attention_reason == Some(AttentionReason::ParticipantStuck) {
        work.clear_attention();
    }
    let part = &mut work.approval.participations[position];
    match reply {
        Reply::Reserved(reservation) => {
            part.state = ParticipationState::Reserved;
            part.reservation = reservation.name;
            part.amount = reservation.amount;
            part.currency = reservation.currency;
            let details = [
                ("service", json!(service)),
                ("amount", json!(part.amount)),
                ("currency", json!(part.currency)),
            ];
            work.log(Action::Reserved, details);
            work.all_reserved()?;
        }
        Reply::Refused(text) => {
            part.state = ParticipationState::Refused;
            part.refusal_reason.clone_from(&text.reason);
            part.refusal_message.clone_from(&text.message);
            part.refusal_message_zh = text.message_zh;
            work.log(
                Action::Refused,
                [("service", json!(service)), ("reason", json!(text.reason))],
            );
            if state::allows(work.approval.state, Event::Refused) {
                work.end_round(
                    State::Refused,
                    Outcome::Refused,
                    Action::EndedRefused,
                    &text.message,
                );
            }
        }
        Reply::Confirmed => {
            part.state = ParticipationState::Confirmed;
            work.log(Action::Confirmed, [("service", json!(service))]);
            work.all_confirmed();
        }
        Reply::Released => {
            part.state = ParticipationState::Released;
            work.log(Action::Released, [("service", json!(service))]);
        }
    }
    Ok(Some(work.finish()))
}

impl Work<'_> {
    fn all_reserved(&mut self) -> Result<(), Refusal> {
        let reserved = |part: &Participation| part.state == ParticipationState::Reserved;
        if state::allows(self.approval.state, Event::Reserved)
            && self.approval.current_participations().all(reserved)
        {
            self.advance()?;
        }
        Ok(())
    }

    fn all_confirmed(&mut self) {
        let confirmed = |part: &Participation| part.state == ParticipationState::Confirmed;
        if state::allows(self.approval.state, Event::Confirmed)
            && self.approval.current_participations().all(confirmed)
        {
            self.end_round(State::Approved, Outcome::Approved, Action::Approved, "");
        }
    }
}
