//! Deputyships that a request names, and whether the caller has anything to do with them.

use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::{OpContext, Reach};
use salient_values::name;
use uuid::Uuid;

use super::wire::deputyship::COLLECTION;
use crate::{
    error::Error,
    store::{DeputyshipRow, deputyship_find},
};

/// The id in a deputyship's name.
///
/// # Errors
/// REQUEST_INVALID, which names the field.
pub fn id_from(deputyship: &str, field: &str) -> Result<Uuid, Failure> {
    name::parse(COLLECTION, deputyship).map_err(|error| error.at(field))
}

/// A deputyship that the caller may see: as its principal, as its deputy, or as an administrator.
///
/// # Errors
/// OUT_OF_SCOPE, also for one that does not exist where the caller could not see every one; NOT_FOUND.
pub async fn seen(connection: &mut Connection, op: &OpContext, id: Uuid) -> Result<DeputyshipRow, Error> {
    let found = deputyship_find(connection, id).await?;
    concerning(op, id, found, |row| {
        let own = |person| op.permit.covers(person, Uuid::nil());
        own(row.deputyship.principal) || own(row.deputyship.deputy)
    })
}

/// A deputyship that the caller may change: as its principal, or as an administrator.
///
/// # Errors
/// As [`seen`].
pub async fn managed(connection: &mut Connection, op: &OpContext, id: Uuid) -> Result<DeputyshipRow, Error> {
    let found = deputyship_find(connection, id).await?;
    concerning(op, id, found, |row| {
        op.permit.covers(row.deputyship.principal, Uuid::nil())
    })
}

fn concerning(
    op: &OpContext,
    id: Uuid,
    found: Option<DeputyshipRow>,
    may: impl Fn(&DeputyshipRow) -> bool,
) -> Result<DeputyshipRow, Error> {
    let everything = matches!(op.permit.reach(), Reach::Company | Reach::Service);
    match found {
        Some(row) if may(&row) => Ok(row),
        None if everything => Err(Error::NotFound(name::format(COLLECTION, id))),
        Some(_) | None => Err(Failure::out_of_scope().into()),
    }
}
