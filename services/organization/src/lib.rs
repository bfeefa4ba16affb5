//! Who works for the company, where, and as what (P2): units, people, posts over time, and business calendars.
//!
//! # Owns
//! Schema `organization`: org units and where they stand, employees, appointments, calendars with their versions.
//!
//! # Methods
//! `ProfileService` (who a caller is; every other service asks it), `LookupService` (post holders, superiors, approvers),
//! `OrgUnitService`, `EmployeeService`, `AppointmentService`, `CalendarService`.
//!
//! # Events
//! Out: `OrgUnitCreated`, `OrgUnitUpdated`, `OrgUnitMoved`, `OrgUnitClosed`, `EmployeeCreated`, `EmployeeUpdated`,
//! `EmployeeDeparted`, `AppointmentCreated`, `AppointmentEnded`, `CalendarCreated`, `CalendarVersionCreated`. In: none.
//!
//! # Invariants
//! - On every date the units form one tree with the company as its root, and every region has a code of its own (P2.1).
//! - Nobody has two primary posts on one day, and nobody reports to themself, directly or around corners (P2.1).
//! - Posts are held where their kind belongs, by people who are employed, in units that are open, for the whole period.
//! - The past does not change: periods end today or later.
//! - Somebody can always administer the suite.
//!
//! Changes take effect one after the other, under the lock of one row whose `revision` they advance; readers keep the organisation
//! in memory for as long as that row says that it is current.

mod app;
mod bootstrap;
mod charts;
mod directory;
mod domain;
mod error;
mod rpc;
mod service;
mod store;
mod today;

pub use bootstrap::{Founded, Founding, bootstrap};
pub use error::Error;
pub use service::{Organization, Settings};
