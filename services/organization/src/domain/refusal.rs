use jiff::civil::Date;
use salient_operation::Post;

use super::{AppointmentId, EmployeeId, UnitId, UnitKind};

/// Which rule of the organisation a change would break. One variant for each reason that callers are told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody has this id.
    #[error("{0} does not exist")]
    EmployeeUnknown(EmployeeId),
    /// No unit has this id.
    #[error("{0} does not exist")]
    UnitUnknown(UnitId),
    /// A unit would stand below itself.
    #[error("{unit} would stand below itself under {parent} on {date}")]
    UnitCycle {
        /// The unit.
        unit: UnitId,
        /// Its new parent.
        parent: UnitId,
        /// The first such day.
        date: Date,
    },
    /// The parent's kind cannot hold the unit's.
    #[error("a {} cannot stand under a {}", kind.name(), parent_kind.name())]
    UnitPlacement {
        /// The unit's kind.
        kind: UnitKind,
        /// The parent's.
        parent_kind: UnitKind,
    },
    /// A region has no code.
    #[error("a region needs a code")]
    RegionWithoutCode,
    /// The unit is not open on a day it is needed.
    #[error("{unit} is not open on {date}")]
    UnitNotOpen {
        /// The unit.
        unit: UnitId,
        /// The day.
        date: Date,
    },
    /// The company cannot be made again, moved or closed.
    #[error("the company is fixed")]
    CompanyFixed,
    /// Something is still in the unit.
    #[error("{unit} still holds {blocked_by}")]
    UnitNotEmpty {
        /// The unit.
        unit: UnitId,
        /// What is in it, a resource name.
        blocked_by: String,
    },
    /// The person is not employed on a day it matters.
    #[error("{employee} is not employed on {date}")]
    NotEmployed {
        /// The person.
        employee: EmployeeId,
        /// The day.
        date: Date,
    },
    /// The person leaves by then anyway.
    #[error("{employee} leaves on {date} already")]
    LeavesAlready {
        /// The person.
        employee: EmployeeId,
        /// The first day no longer employed.
        date: Date,
    },
    /// Others report to the person by name.
    #[error("{employee} is named as line manager in {appointment}")]
    HasReports {
        /// The person.
        employee: EmployeeId,
        /// An appointment of somebody who reports to the person.
        appointment: AppointmentId,
    },
    /// Units of the kind have no such post.
    #[error("no {} in a {}", post.name(), kind.name())]
    PostNotInUnit {
        /// The post.
        post: Post,
        /// The unit's kind.
        kind: UnitKind,
    },
    /// The person has another primary appointment.
    #[error("{employee} has the primary appointment {appointment} in the period")]
    PrimaryOverlaps {
        /// The person.
        employee: EmployeeId,
        /// The other appointment.
        appointment: AppointmentId,
    },
    /// The person holds the post in the unit anyway.
    #[error("{employee} holds the post by {appointment} in the period")]
    HeldAlready {
        /// The person.
        employee: EmployeeId,
        /// The other appointment.
        appointment: AppointmentId,
    },
    /// Only a primary appointment names a line manager.
    #[error("only a primary appointment names a line manager")]
    ReportsToWithoutPrimary,
    /// Somebody would report to themself.
    #[error("{employee} would report to themself through {reports_to} on {date}")]
    ReportingCycle {
        /// The person.
        employee: EmployeeId,
        /// The line manager.
        reports_to: EmployeeId,
        /// The first such day.
        date: Date,
    },
    /// The appointment has ended by then.
    #[error("{appointment} ends on {end_date} already")]
    AppointmentEnded {
        /// The appointment.
        appointment: AppointmentId,
        /// Its end.
        end_date: Date,
    },
    /// The past does not change.
    #[error("{date} lies before {today}")]
    DateInPast {
        /// The date asked for.
        date: Date,
        /// Today.
        today: Date,
    },
    /// Nobody would be left to administer the suite.
    #[error("no administrator on {date}")]
    LastAdministrator {
        /// The first day without one.
        date: Date,
    },
}
