//! What cannot go on by itself: raised with its reason, shown, retried by an administrator.

use serde_json::json;

use super::{
    approval::{Approval, AttentionReason},
    audit::Action,
    refusal::Refusal,
    state::{self, Event, State},
    work::{Changes, Desk, Work},
};

/// Notes that an approval needs attention while it goes on trying. `None` where that is known already: repeated failures of one
/// kind are one entry in its history.
#[must_use]
pub fn raise(
    approval: &mut Approval,
    desk: Desk<'_>,
    reason: AttentionReason,
    detail: String,
) -> Option<Changes> {
    if approval.attention_reason == Some(reason) {
        return None;
    }
    let mut work = Work::unchecked(approval, desk);
    work.log(
        Action::AttentionRaised,
        [("reason", json!(reason)), ("detail", json!(detail))],
    );
    work.set_attention(reason, detail);
    Some(work.finish())
}

/// Notes that the subject's service has heard an outcome, and whether it applied it: not where its subject has moved on.
#[must_use]
pub fn outcome_delivered(approval: &mut Approval, desk: Desk<'_>, applied: bool) -> Changes {
    let mut work = Work::unchecked(approval, desk);
    if work.approval.attention_reason == Some(AttentionReason::OutcomeStuck) {
        work.clear_attention();
    }
    work.log(Action::OutcomeDelivered, [("applied", json!(applied))]);
    work.finish()
}

/// Has an approval that needs attention tried again: a suspended one goes on with the step it could not start; for another, the
/// calls that were not taken are made again, which is for the caller to arrange.
///
/// # Errors
/// `NoAttentionNeeded`.
pub fn retry(approval: &mut Approval, desk: Desk<'_>) -> Result<Changes, Refusal> {
    let Some(reason) = approval.attention_reason else {
        return Err(Refusal::NoAttentionNeeded {
            approval: approval.id,
        });
    };
    let mut work = Work::unchecked(approval, desk);
    work.log(Action::Retried, [("reason", json!(reason))]);
    work.clear_attention();
    if state::allows(work.approval.state, Event::Resume) {
        // One that waited for its policy was never asked for anything.
        if reason == AttentionReason::PolicyPaused {
            work.set_out()?;
        } else {
            work.advance()?;
        }
    }
    work.retry_deadline(reason)?;
    Ok(work.finish())
}

impl Work<'_> {
    /// Stops until an administrator helps.
    pub(super) fn suspend(&mut self, reason: AttentionReason, detail: String) {
        self.approval.state = State::Suspended;
        self.log(
            Action::Suspended,
            [("reason", json!(reason)), ("detail", json!(detail))],
        );
        self.set_attention(reason, detail);
    }

    /// Notes that it needs attention, while it goes on; once for each reason.
    pub(super) fn raise_attention(&mut self, reason: AttentionReason, detail: String) {
        if self.approval.attention_reason != Some(reason) {
            self.log(
                Action::AttentionRaised,
                [("reason", json!(reason)), ("detail", json!(detail))],
            );
            self.set_attention(reason, detail);
        }
    }

    fn set_attention(&mut self, reason: AttentionReason, detail: String) {
        self.approval.attention_reason = Some(reason);
        self.approval.attention_detail = Some(detail);
        self.approval.attention_time = Some(self.desk.now);
    }

    pub(super) fn clear_attention(&mut self) {
        if let Some(reason) = self.approval.attention_reason.take() {
            self.approval.attention_detail = None;
            self.approval.attention_time = None;
            self.log(Action::AttentionCleared, [("reason", json!(reason))]);
        }
    }
}
