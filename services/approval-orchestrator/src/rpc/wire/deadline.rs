//! Deadlines of a policy's steps.

use salient_failure::Failure;
use salient_proto::approval::v1::{self as proto, deadline::Length};

use super::policy::{approver, approver_from};
use crate::domain::{
    deadline::{Deadline, Escalated, OnExpiry, Repeat},
    policy::{Approver, Selector},
};

const PREFIX: &str = "calendars/";

/// A deadline.
pub fn deadline(deadline: &Deadline) -> proto::Deadline {
    let on_expiry = match deadline.on_expiry {
        OnExpiry::Remind => proto::ExpiryAction::Remind,
        OnExpiry::Escalate => proto::ExpiryAction::Escalate,
        OnExpiry::Approve => proto::ExpiryAction::Approve,
        OnExpiry::Reject => proto::ExpiryAction::Reject,
        OnExpiry::Transfer => proto::ExpiryAction::Transfer,
    };
    let escalated = match deadline.escalated {
        Escalated::Keep => proto::EscalatedTaskRule::Keep,
        Escalated::Close => proto::EscalatedTaskRule::Close,
    };
    let hours = deadline.working_hours.map(Length::WorkingHours);
    proto::Deadline {
        length: hours.or(deadline.working_days.map(Length::WorkingDays)),
        calendar: format!("{PREFIX}{}", deadline.calendar),
        on_expiry: on_expiry.into(),
        remind_before: deadline.remind_before.unwrap_or_default(),
        repeat_every: deadline.repeat.map_or(0, |repeat| repeat.every),
        repeat_times: deadline.repeat.map_or(0, |repeat| repeat.times),
        escalated_task_rule: escalated.into(),
        transfer_to: deadline.transfer_to.as_ref().map(receiver),
    }
}

/// A deadline of the step at this place, as sent. Whether it makes sense is for the domain to check.
pub fn deadline_from(place: &str, sent: proto::Deadline) -> Result<Deadline, Failure> {
    let on_expiry = match sent.on_expiry() {
        proto::ExpiryAction::Remind => OnExpiry::Remind,
        proto::ExpiryAction::Escalate => OnExpiry::Escalate,
        proto::ExpiryAction::Approve => OnExpiry::Approve,
        proto::ExpiryAction::Reject => OnExpiry::Reject,
        proto::ExpiryAction::Transfer => OnExpiry::Transfer,
        proto::ExpiryAction::Unspecified => {
            return Err(Failure::invalid_field(
                format!("{place}.deadline.on_expiry"),
                "is required",
            ));
        }
    };
    let escalated = match sent.escalated_task_rule() {
        proto::EscalatedTaskRule::Close => Escalated::Close,
        proto::EscalatedTaskRule::Keep | proto::EscalatedTaskRule::Unspecified => Escalated::Keep,
    };
    let (working_hours, working_days) = match sent.length {
        Some(Length::WorkingHours(hours)) => (Some(hours), None),
        Some(Length::WorkingDays(days)) => (None, Some(days)),
        None => (None, None),
    };
    // One without the other is a mistake, for the domain to name.
    let repeats = sent.repeat_every != 0 || sent.repeat_times != 0;
    Ok(Deadline {
        working_hours,
        working_days,
        calendar: sent
            .calendar
            .strip_prefix(PREFIX)
            .unwrap_or(&sent.calendar)
            .to_owned(),
        on_expiry,
        remind_before: (sent.remind_before != 0).then_some(sent.remind_before),
        repeat: repeats.then_some(Repeat {
            every: sent.repeat_every,
            times: sent.repeat_times,
        }),
        escalated,
        transfer_to: sent
            .transfer_to
            .map(|sent| approver_from(&format!("{place}.deadline.transfer_to"), sent))
            .transpose()?
            .map(|approver| approver.selector),
    })
}

fn receiver(selector: &Selector) -> proto::Approver {
    approver(&Approver {
        selector: selector.clone(),
        weight: 1,
    })
}
