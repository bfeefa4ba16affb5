//! Resource names, each refused at the field it stands in.

use salient_values::name;

use crate::{
    domain::{AppointmentId, EmployeeId, UnitId},
    error::Error,
};

/// The unit of a name.
pub fn unit(text: &str, field: &'static str) -> Result<UnitId, Error> {
    Ok(name::parse(UnitId::COLLECTION, text)
        .map(UnitId)
        .map_err(|error| error.at(field))?)
}

/// The person of a name.
pub fn employee(text: &str, field: impl Into<String>) -> Result<EmployeeId, Error> {
    Ok(name::parse(EmployeeId::COLLECTION, text)
        .map(EmployeeId)
        .map_err(|error| error.at(field))?)
}

/// The appointment of a name.
pub fn appointment(text: &str, field: &'static str) -> Result<AppointmentId, Error> {
    Ok(name::parse(AppointmentId::COLLECTION, text)
        .map(AppointmentId)
        .map_err(|error| error.at(field))?)
}
