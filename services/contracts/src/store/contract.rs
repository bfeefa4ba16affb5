use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use futures::try_join;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    row::{ContentRow, ContractRow},
    schema::{contract, revision},
};
use crate::domain::Contract;

/// Contracts with their current content.
#[diesel::dsl::auto_type]
pub(super) fn current() -> _ {
    contract::table.inner_join(
        revision::table.on(revision::contract
            .eq(contract::id)
            .and(revision::number.eq(contract::revision))),
    )
}

/// A contract, if there is one.
pub(crate) async fn contract_find(connection: &mut Connection, id: Uuid) -> Result<Option<Contract>, Error> {
    let row: Option<(ContractRow, ContentRow)> = current()
        .filter(contract::id.eq(id))
        .select((ContractRow::as_select(), ContentRow::as_select()))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(Contract::try_from).transpose()?)
}

/// Those of the contracts that there are, in any order.
pub(crate) async fn contracts_find(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<Vec<Contract>, Error> {
    let rows: Vec<(ContractRow, ContentRow)> = current()
        .filter(contract::id.eq_any(ids))
        .select((ContractRow::as_select(), ContentRow::as_select()))
        .load(connection)
        .await?;
    rows.into_iter().map(|row| Ok(Contract::try_from(row)?)).collect()
}

/// A contract, if there is one, that nobody else changes until the transaction ends.
///
/// Two statements on their way together: the lock first, because a statement that waits for a lock has not seen the revision that
/// the other transaction made; the second one sees it. The order holds also where the lock's statement has to be prepared and the
/// other one has not: the futures are polled in this order, and the connection prepares one statement at a time.
pub(crate) async fn contract_for_update(
    connection: &mut Connection,
    id: Uuid,
) -> Result<Option<Contract>, Error> {
    let connection: &Connection = connection;
    let mut locking = connection;
    let mut reading = connection;
    let lock = contract::table
        .find(id)
        .select(contract::id)
        .for_update()
        .execute(&mut locking);
    let read = current()
        .filter(contract::id.eq(id))
        .select((ContractRow::as_select(), ContentRow::as_select()))
        .first::<(ContractRow, ContentRow)>(&mut reading);
    let row = match try_join!(lock, read) {
        Ok((_, row)) => row,
        Err(diesel::result::Error::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(row.try_into()?))
}
