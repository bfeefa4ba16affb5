use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};

use super::schema::organization_head as head;

/// The revision that units, people and appointments stand at.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn head_revision(connection: &mut Connection) -> Result<i64, Error> {
    Ok(head::table
        .find(true)
        .select(head::revision)
        .first(connection)
        .await?)
}

/// Takes the lock of the whole organisation until the transaction ends, and gives the revision that its changes will have.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn head_advance(connection: &mut Connection) -> Result<i64, Error> {
    let advance = diesel::update(head::table.find(true)).set(head::revision.eq(head::revision + 1));
    Ok(advance.returning(head::revision).get_result(connection).await?)
}
