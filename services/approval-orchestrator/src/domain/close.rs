//! Ends that are not an approver's: the submitter takes it back, an administrator ends it, or the subject changes.

use super::{
    approval::Approval,
    audit::Action,
    refusal::Refusal,
    state::{Event, State},
    work::{Changes, Desk, Outcome, Work},
};

/// Takes an approval back.
///
/// # Errors
/// `ApprovalClosed` where everyone has agreed already, or it has ended.
pub fn withdraw(approval: &mut Approval, desk: Desk<'_>, comment: &str) -> Result<Changes, Refusal> {
    let mut work = Work::start(approval, desk, Event::Withdraw)?;
    work.end_round(State::Withdrawn, Outcome::Withdrawn, Action::Withdrawn, comment);
    Ok(work.finish())
}

/// Ends an approval because an administrator says so.
///
/// # Errors
/// `ApprovalClosed` where everyone has agreed already, or it has ended.
pub fn cancel(approval: &mut Approval, desk: Desk<'_>, comment: &str) -> Result<Changes, Refusal> {
    let mut work = Work::start(approval, desk, Event::Cancel)?;
    work.end_round(State::Cancelled, Outcome::Cancelled, Action::Cancelled, comment);
    Ok(work.finish())
}

/// Ends an approval because its subject is about to change.
///
/// # Errors
/// `ApprovalClosed` where everyone has agreed already, or it has ended.
pub fn supersede(approval: &mut Approval, desk: Desk<'_>) -> Result<Changes, Refusal> {
    let mut work = Work::start(approval, desk, Event::Supersede)?;
    work.end_round(State::Superseded, Outcome::Superseded, Action::Superseded, "");
    Ok(work.finish())
}
