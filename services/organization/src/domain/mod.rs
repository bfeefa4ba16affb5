//! The organisation's rules, apart from how they are asked for and where their data lies.

pub mod calendar;
mod chart;
#[cfg(test)]
mod chart_tests;
mod id;
mod import;
mod ladder;
mod period;
mod posts;
mod refusal;
mod roster;
mod rules;
mod superiors;
#[cfg(test)]
pub mod testing;
mod unit_kind;

pub use chart::{Chart, Holder, Rung};
pub use id::{AppointmentId, EmployeeId, UnitId};
pub use import::{AppointmentRow, Import, ImportRow, Problem, ProblemKind};
pub use ladder::{Question, Selector};
pub use period::Period;
pub use posts::may_be_held_in;
pub use refusal::Refusal;
pub use roster::{Appointment, AppointmentKind, Employee, Placement, Roster, Unit};
pub use unit_kind::UnitKind;
