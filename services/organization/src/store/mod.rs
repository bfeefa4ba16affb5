//! What is kept, and how it is asked for. Nothing of diesel leaves this module.

mod appointments;
mod calendars;
mod document;
mod employees;
mod head;
mod placements;
mod roster;
mod row;
mod schema;
mod units;

pub use self::{
    appointments::{
        AppointmentOrder, AppointmentQuery, appointment_find, appointment_insert, appointment_list,
        appointment_save,
    },
    calendars::{
        CalendarRecord, VersionRecord, calendar_find, calendar_find_for_update, calendar_insert,
        calendar_list, calendar_version_find, calendar_version_insert, calendar_version_list,
        calendar_versions,
    },
    employees::{
        EmployeeOrder, EmployeeQuery, EmployeeState, employee_by_number, employee_find, employee_insert,
        employee_list, employee_save, employees_find,
    },
    head::{head_advance, head_revision},
    placements::placements_replace,
    roster::roster_load,
    row::Record,
    units::{
        NamedUnit, UnitOrder, UnitQuery, UnitRecord, unit_company, unit_find, unit_insert, unit_list,
        unit_save, units_find,
    },
};

/// In which order a list comes, by which of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<B> {
    /// The column.
    pub by: B,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// What queries are for, as spans and metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    AppointmentCreate,
    AppointmentEnd,
    AppointmentFind,
    AppointmentList,
    Bootstrap,
    CalendarCreate,
    CalendarFind,
    CalendarList,
    CalendarVersionCreate,
    CalendarVersionFind,
    CalendarVersionList,
    EmployeeCreate,
    EmployeeDepart,
    EmployeeFind,
    EmployeeImport,
    EmployeeList,
    EmployeeUpdate,
    Revision,
    RosterLoad,
    UnitClose,
    UnitCreate,
    UnitFind,
    UnitList,
    UnitMove,
    UnitUpdate,
}

impl salient_database::Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::AppointmentCreate => "appointment_create",
            Self::AppointmentEnd => "appointment_end",
            Self::AppointmentFind => "appointment_find",
            Self::AppointmentList => "appointment_list",
            Self::Bootstrap => "bootstrap",
            Self::CalendarCreate => "calendar_create",
            Self::CalendarFind => "calendar_find",
            Self::CalendarList => "calendar_list",
            Self::CalendarVersionCreate => "calendar_version_create",
            Self::CalendarVersionFind => "calendar_version_find",
            Self::CalendarVersionList => "calendar_version_list",
            Self::EmployeeCreate => "employee_create",
            Self::EmployeeDepart => "employee_depart",
            Self::EmployeeFind => "employee_find",
            Self::EmployeeImport => "employee_import",
            Self::EmployeeList => "employee_list",
            Self::EmployeeUpdate => "employee_update",
            Self::Revision => "revision",
            Self::RosterLoad => "roster_load",
            Self::UnitClose => "unit_close",
            Self::UnitCreate => "unit_create",
            Self::UnitFind => "unit_find",
            Self::UnitList => "unit_list",
            Self::UnitMove => "unit_move",
            Self::UnitUpdate => "unit_update",
        }
    }
}
