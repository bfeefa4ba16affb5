//! The methods: each turns its message into the domain's words, runs one transaction or asks one chart, and answers.

mod add_working_time;
mod appointment_service;
mod batch_add_working_time;
mod batch_get_employees;
mod batch_get_org_units;
mod calendar_find;
mod calendar_service;
mod close_org_unit;
mod create_appointment;
mod create_calendar;
mod create_calendar_version;
mod create_employee;
mod create_org_unit;
mod employee_service;
mod end_appointment;
mod get_appointment;
mod get_calendar;
mod get_calendar_version;
mod get_employee;
mod get_org_unit;
mod get_profile;
mod import_employees;
mod list;
mod list_appointments;
mod list_calendar_versions;
mod list_calendars;
mod list_employees;
mod list_org_units;
mod list_placements;
mod lookup_post_holders;
mod lookup_service;
mod lookup_superiors;
mod measure_working_time;
mod move_org_unit;
mod org_unit_service;
mod profile_service;
mod record_departure;
mod resolve_approvers;
mod update_employee;
mod update_org_unit;
pub mod wire;

use salient_operation::OpContext;
use uuid::Uuid;

use crate::{app::App, error::Error};

/// The methods of all services that organization serves.
#[derive(Clone)]
pub struct Rpc {
    app: App,
}

impl Rpc {
    /// The methods, working with this.
    pub const fn new(app: App) -> Self {
        Self { app }
    }
}

/// Lets only those pass who reach the whole company: the organisation has no part that is somebody's own.
fn reaches_company(op: &OpContext) -> Result<(), Error> {
    Ok(op.permit.check(Uuid::nil(), Uuid::nil())?)
}
