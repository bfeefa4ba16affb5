//! Deadlines of steps: what a policy says of them, and how that of a visit stands. A deadline is given in the working time of a
//! business calendar, reckoned once when the visit starts, and kept as an instant: a calendar that changes later moves none.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::Selector;

/// The most working hours of a deadline: a year's.
const MAX_HOURS: i32 = 2000;
/// The most working days of a deadline: a year's.
const MAX_DAYS: i32 = 250;
/// How often at most something is repeated once a deadline has passed.
const MAX_TIMES: i32 = 10;

/// What a policy says about a step's deadline. All its amounts are in one measure, working hours or working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// After so many working hours; either this or days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_hours: Option<i32>,
    /// At the end of the so-many-th working day after the day on which the step starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<i32>,
    /// The id of the calendar.
    pub calendar: String,
    /// What happens when it passes.
    pub on_expiry: OnExpiry,
    /// How long before it the approvers are reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_before: Option<i32>,
    /// How that which happens is repeated, while nobody decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// What becomes of the tasks that are escalated.
    #[serde(default)]
    pub escalated: Escalated,
    /// To whom the step is transferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_to: Option<Selector>,
}

/// How what happens on expiry is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// After how long, each time.
    pub every: i32,
    /// How often.
    pub times: i32,
}

/// What happens when a deadline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnExpiry {
    /// The approvers are reminded.
    Remind,
    /// Their superiors are asked in their place.
    Escalate,
    /// It counts as approved.
    Approve,
    /// It counts as rejected.
    Reject,
    /// Others are asked in their place, and they no longer.
    Transfer,
}

/// What becomes of a task that is escalated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Escalated {
    /// It stays: whoever of the two answers first has answered for both.
    #[default]
    Keep,
    /// It is closed: the superior alone may answer.
    Close,
}

/// An amount of a calendar's working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkingAmount {
    /// So many hours within working hours.
    Hours(i32),
    /// Until the end of the so-many-th working day after.
    Days(i32),
}

impl Deadline {
    /// How long after the start it passes.
    #[must_use]
    pub fn due_after(&self) -> WorkingAmount {
        self.amount(self.length())
    }

    /// How long after the start the approvers are reminded that it will.
    #[must_use]
    pub fn reminder_after(&self) -> Option<WorkingAmount> {
        self.remind_before
            .map(|before| self.amount(self.length() - before))
    }

    /// How long after it passed, and each time after that, what happens is repeated.
    #[must_use]
    pub fn repeat_after(&self) -> Option<WorkingAmount> {
        self.repeat.map(|repeat| self.amount(repeat.every))
    }

    /// Every amount that has to be reckoned for it.
    pub fn amounts(&self) -> impl Iterator<Item = WorkingAmount> {
        [self.reminder_after(), Some(self.due_after()), self.repeat_after()]
            .into_iter()
            .flatten()
    }

    fn length(&self) -> i32 {
        self.working_hours.or(self.working_days).unwrap_or_default()
    }

    fn amount(&self, number: i32) -> WorkingAmount {
        match self.working_hours {
            Some(_) => WorkingAmount::Hours(number),
            None => WorkingAmount::Days(number),
        }
    }

    /// What is wrong with it: the field, or nothing for the whole, and what. `checklist` is whether its step has one.
    #[must_use]
    pub fn mistakes(&self, checklist: bool) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        match (self.working_hours, self.working_days) {
            (Some(hours), None) if !(1..=MAX_HOURS).contains(&hours) => {
                found.push((".working_hours", format!("it lies between 1 and {MAX_HOURS}")));
            }
            (None, Some(days)) if !(1..=MAX_DAYS).contains(&days) => {
                found.push((".working_days", format!("it lies between 1 and {MAX_DAYS}")));
            }
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) | (Some(_), Some(_)) => {
                found.push(("", "it is either in working hours or in working days".to_owned()));
            }
        }
        if self.calendar.is_empty() {
            found.push((".calendar", "it is empty".to_owned()));
        }
        if self
            .remind_before
            .is_some_and(|before| !(1..self.length()).contains(&before))
        {
            found.push((
                ".remind_before",
                "it lies between the start and the deadline".to_owned(),
            ));
        }
        if let Some(Repeat { every, times }) = self.repeat {
            if !(1..=MAX_HOURS).contains(&every) {
                found.push((".repeat.every", format!("it lies between 1 and {MAX_HOURS}")));
            }
            if !(1..=MAX_TIMES).contains(&times) {
                found.push((".repeat.times", format!("it lies between 1 and {MAX_TIMES}")));
            }
            if !matches!(self.on_expiry, OnExpiry::Remind | OnExpiry::Escalate) {
                found.push((
                    ".repeat",
                    "neither a decision nor a transfer is repeated".to_owned(),
                ));
            }
        }
        if self.escalated == Escalated::Close && self.on_expiry != OnExpiry::Escalate {
            found.push((".escalated", "nothing is escalated".to_owned()));
        }
        match (&self.transfer_to, self.on_expiry) {
            (None, OnExpiry::Transfer) => found.push((".transfer_to", "it is missing".to_owned())),
            (Some(_), OnExpiry::Transfer) | (None, _) => {}
            (Some(_), _) => found.push((".transfer_to", "nothing is transferred".to_owned())),
        }
        if let Some(Selector::PreviousChoice(_)) = self.transfer_to {
            found.push((
                ".transfer_to.previous_choice",
                "nobody chooses when a deadline passes".to_owned(),
            ));
        }
        if self.transfer_to == Some(Selector::SubmitterSuperior(false)) {
            found.push((".transfer_to", "it is true or left out".to_owned()));
        }
        if checklist && self.on_expiry == OnExpiry::Approve {
            found.push((
                ".on_expiry",
                "no clock works through the step's checklist".to_owned(),
            ));
        }
        found
    }
}

/// How the deadline of a visit stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDeadline {
    /// When it passes.
    pub due_time: Timestamp,
    /// The version of the calendar that it was reckoned by, `calendars/{calendar}/versions/{version}`.
    pub calendar_version: String,
    /// When something happens next; `None` where nothing will.
    pub next_time: Option<Timestamp>,
    /// How often something has happened because it had passed.
    pub expirations: i32,
}

/// The instant after an amount of working time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoned {
    /// The instant.
    pub time: Timestamp,
    /// The version of the calendar that it was reckoned by.
    pub calendar_version: String,
}

/// When the amounts that a policy names will have passed, from the instant of a change on, by calendar; or why that cannot be
/// said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingTimes(pub HashMap<(String, WorkingAmount), Result<Reckoned, String>>);

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline(text: &str) -> Deadline {
        toml::from_str(text).unwrap()
    }

    fn fields(text: &str, checklist: bool) -> Vec<&'static str> {
        let mistakes = deadline(text).mistakes(checklist);
        mistakes.into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn every_mistake_is_found_at_its_field() {
        let common = "calendar = 'china'\n";
        for (text, checklist, expected) in [
            ("on_expiry = 'REMIND'\nworking_hours = 8", false, vec![]),
            (
                "on_expiry = 'APPROVE'\nworking_days = 3\nremind_before = 1",
                false,
                vec![],
            ),
            ("on_expiry = 'REMIND'", false, vec![""]),
            (
                "on_expiry = 'REMIND'\nworking_hours = 8\nworking_days = 1",
                false,
                vec![""],
            ),
            (
                "on_expiry = 'REMIND'\nworking_hours = 0",
                false,
                vec![".working_hours"],
            ),
            (
                "on_expiry = 'REMIND'\nworking_days = 251",
                false,
                vec![".working_days"],
            ),
            (
                "on_expiry = 'REMIND'\nworking_days = 3\nremind_before = 3",
                false,
                vec![".remind_before"],
            ),
            (
                "on_expiry = 'REMIND'\nworking_days = 3\nrepeat = { every = 0, times = 11 }",
                false,
                vec![".repeat.every", ".repeat.times"],
            ),
            (
                "on_expiry = 'REJECT'\nworking_days = 3\nrepeat = { every = 1, times = 1 }",
                false,
                vec![".repeat"],
            ),
            (
                "on_expiry = 'REMIND'\nworking_days = 3\nescalated = 'CLOSE'",
                false,
                vec![".escalated"],
            ),
            (
                "on_expiry = 'APPROVE'\nworking_days = 3",
                true,
                vec![".on_expiry"],
            ),
        ] {
            assert_eq!(fields(&format!("{common}{text}"), checklist), expected, "{text}");
        }
    }

    #[test]
    fn all_amounts_are_in_one_measure() {
        let days = deadline(
            "calendar = 'china'\non_expiry = 'REMIND'\nworking_days = 3\nremind_before = 1\nrepeat = { every = 2, times = 1 }",
        );
        let amounts: Vec<_> = days.amounts().collect();
        assert_eq!(
            amounts,
            [
                WorkingAmount::Days(2),
                WorkingAmount::Days(3),
                WorkingAmount::Days(2)
            ]
        );
    }
}
