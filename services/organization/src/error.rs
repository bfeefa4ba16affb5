//! What can go wrong, and what callers are told of it.

use jiff::civil::Date;
use salient_failure::{Failure, Kind};
use salient_proto::{Reason as _, organization::v1::ErrorReason as Reason};

use crate::domain::{Problem, Refusal};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule of the organisation forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Database(#[from] salient_database::Error),
    /// What every service refuses in the same way: permission, malformed fields.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What was named does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// Another unit has the code.
    #[error("the code {code} is taken")]
    UnitCodeTaken {
        /// The code.
        code: String,
    },
    /// Another person has the number.
    #[error("the number {number} is taken")]
    EmployeeNumberTaken {
        /// The number.
        number: String,
    },
    /// Another calendar has the id.
    #[error("calendars/{calendar} exists")]
    CalendarIdTaken {
        /// The id.
        calendar: String,
    },
    /// A version of a calendar would change the past.
    #[error("{date} lies before {today}")]
    DateInPast {
        /// The date asked for.
        date: Date,
        /// Today.
        today: Date,
    },
    /// A calendar says nothing about a day.
    #[error("calendars/{calendar} says nothing about {date}")]
    CalendarNotEffective {
        /// The id.
        calendar: String,
        /// The day.
        date: Date,
    },
    /// A calendar has too little working time.
    #[error("calendars/{calendar} has too little working time")]
    CalendarExhausted {
        /// The id.
        calendar: String,
    },
    /// Rows of an import are wrong. Callers get the report, not an error; it is one so that nothing is recorded.
    #[error("{} things are wrong with the import", .0.len())]
    ImportRefused(Vec<Problem>),
    /// The organisation was founded before, and its administrator is not known by the number given.
    #[error("the organisation is founded already, and nobody in it has the number {number}")]
    FoundedOtherwise {
        /// The administrator's number as given now.
        number: String,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let taken = |reason| Self::new(Kind::AlreadyExists, reason);
        let precondition = |reason| Self::new(Kind::FailedPrecondition, reason);
        match error {
            Error::Refused(refusal) => refused(&refusal),
            Error::Database(error) => error.into(),
            Error::Failed(failure) => failure,
            Error::NotFound(resource) => Self::not_found(resource),
            Error::UnitCodeTaken { code } => taken(Reason::UnitCodeTaken).with("code", code),
            Error::EmployeeNumberTaken { number } => {
                taken(Reason::EmployeeNumberTaken).with("number", number)
            }
            Error::CalendarIdTaken { calendar } => {
                taken(Reason::CalendarIdTaken).with("calendar", format!("calendars/{calendar}"))
            }
            Error::DateInPast { date, today } => refused(&Refusal::DateInPast { date, today }),
            Error::CalendarNotEffective { calendar, date } => precondition(Reason::CalendarNotEffective)
                .with("calendar", format!("calendars/{calendar}"))
                .with("date", date)
                .precondition(
                    "CALENDAR",
                    format!("calendars/{calendar}"),
                    "publish a version that covers the day",
                ),
            Error::CalendarExhausted { calendar } => precondition(Reason::CalendarExhausted)
                .with("calendar", format!("calendars/{calendar}"))
                .precondition(
                    "CALENDAR",
                    format!("calendars/{calendar}"),
                    "publish a version with more working time",
                ),
            // Founding is asked for by whoever starts the suite, never by a caller; an import answers with its report.
            defect @ (Error::FoundedOtherwise { .. } | Error::ImportRefused(_)) => Self::internal(defect),
        }
    }
}

/// What callers are told when a rule of the organisation forbids a change. Import reports use it row by row.
pub fn refused(refusal: &Refusal) -> Failure {
    let precondition = |reason: Reason, subject: String| {
        Failure::new(Kind::FailedPrecondition, reason).precondition(
            kind_of(reason),
            subject,
            refusal.to_string(),
        )
    };
    match refusal {
        Refusal::EmployeeUnknown(employee) => Failure::not_found(employee),
        Refusal::UnitUnknown(unit) => Failure::not_found(unit),
        Refusal::UnitCycle { unit, parent, date } => precondition(Reason::UnitCycle, unit.to_string())
            .with("unit", unit)
            .with("parent", parent)
            .with("date", date),
        Refusal::UnitPlacement { kind, parent_kind } => {
            precondition(Reason::UnitPlacementInvalid, kind.name().to_owned())
                .with("kind", kind.name())
                .with("parent_kind", parent_kind.name())
        }
        Refusal::RegionWithoutCode => Failure::invalid_field("org_unit.code", refusal.to_string()),
        Refusal::UnitNotOpen { unit, date } => precondition(Reason::UnitNotOpen, unit.to_string())
            .with("unit", unit)
            .with("date", date),
        Refusal::CompanyFixed => precondition(Reason::CompanyIsFixed, "the company".to_owned()),
        Refusal::UnitNotEmpty { unit, blocked_by } => precondition(Reason::UnitNotEmpty, blocked_by.clone())
            .with("unit", unit)
            .with("blocked_by", blocked_by),
        Refusal::NotEmployed { employee, date } => {
            precondition(Reason::EmployeeNotEmployed, employee.to_string())
                .with("employee", employee)
                .with("date", date)
        }
        Refusal::LeavesAlready { employee, date } => {
            precondition(Reason::EmployeeLeavesAlready, employee.to_string())
                .with("employee", employee)
                .with("date", date)
        }
        Refusal::HasReports {
            employee,
            appointment,
        } => precondition(Reason::EmployeeHasReports, appointment.to_string())
            .with("employee", employee)
            .with("appointment", appointment),
        Refusal::PostNotInUnit { post, kind } => precondition(Reason::PostNotInUnit, post.name().to_owned())
            .with("post", post.name())
            .with("kind", kind.name()),
        Refusal::PrimaryOverlaps {
            employee,
            appointment,
        } => precondition(Reason::PrimaryAppointmentOverlaps, appointment.to_string())
            .with("employee", employee)
            .with("appointment", appointment),
        Refusal::HeldAlready {
            employee,
            appointment,
        } => precondition(Reason::PostHeldAlready, appointment.to_string())
            .with("employee", employee)
            .with("appointment", appointment),
        Refusal::ReportsToWithoutPrimary => {
            Failure::invalid_field("appointment.reports_to", refusal.to_string())
        }
        Refusal::ReportingCycle {
            employee,
            reports_to,
            date,
        } => precondition(Reason::ReportingCycle, employee.to_string())
            .with("employee", employee)
            .with("reports_to", reports_to)
            .with("date", date),
        Refusal::AppointmentEnded {
            appointment,
            end_date,
        } => precondition(Reason::AppointmentEnded, appointment.to_string())
            .with("appointment", appointment)
            .with("end_date", end_date),
        Refusal::DateInPast { date, today } => precondition(Reason::DateInPast, date.to_string())
            .with("date", date)
            .with("today", today),
        Refusal::LastAdministrator { date } => {
            precondition(Reason::LastAdministrator, date.to_string()).with("date", date)
        }
    }
}

/// The type of a precondition is its reason, in short.
fn kind_of(reason: Reason) -> &'static str {
    let name = reason.name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}
