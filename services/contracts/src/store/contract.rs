use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    QueryDsl as _, QueryResult, SelectableHelper as _,
    dsl::{AsSelect, SqlTypeOf},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Uuid as SqlUuid,
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
    let row: Option<(ContractRow, ContentRow)> = FindContract(id).get_result(connection).await.optional()?;
    Ok(row.map(Contract::try_from).transpose()?)
}

/// [`current`] by id, the statement that every read and every change begins with: diesel would put its text together from thirty
/// names each time.
#[derive(Debug, QueryId)]
struct FindContract(Uuid);

const FIND: &str = "SELECT contract.id, contract.number, contract.state, contract.owner, contract.unit, \
     contract.region_code, contract.total, contract.tax, contract.revision, contract.version, contract.approval, \
     contract.round, contract.submit_time, contract.outcome, contract.outcome_comment, contract.outcome_time, \
     contract.sign_date, contract.company_signatory, contract.customer_signatory, contract.file, \
     contract.create_time, contract.update_time, contract.archive_time, contract.delete_time, \
     revision.content, revision.digest \
     FROM contract JOIN revision ON revision.contract = contract.id AND revision.number = contract.revision \
     WHERE contract.id = ";

impl QueryFragment<Pg> for FindContract {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(FIND);
        out.push_bind_param::<SqlUuid, _>(&self.0)
    }
}

impl Query for FindContract {
    type SqlType = SqlTypeOf<(AsSelect<ContractRow, Pg>, AsSelect<ContentRow, Pg>)>;
}

impl<Conn> diesel::RunQueryDsl<Conn> for FindContract {}

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
    let read = FindContract(id).get_result::<(ContractRow, ContentRow)>(&mut reading);
    let row = match try_join!(lock, read) {
        Ok((_, row)) => row,
        Err(diesel::result::Error::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(row.try_into()?))
}

#[cfg(test)]
mod tests {
    use diesel::{QueryDsl as _, SelectableHelper as _, debug_query, pg::Pg};

    use super::{ContentRow, ContractRow, FIND, current};

    /// What stands between `SELECT` and `FROM`.
    fn columns(statement: &str) -> Option<String> {
        let (columns, _) = statement.strip_prefix("SELECT ")?.split_once(" FROM ")?;
        Some(columns.replace('"', ""))
    }

    #[test]
    fn a_contract_is_found_with_the_columns_of_its_rows() {
        let query = current().select((ContractRow::as_select(), ContentRow::as_select()));
        let made = columns(&debug_query::<Pg, _>(&query).to_string());
        assert!(made.is_some());
        assert_eq!(columns(FIND), made);
    }
}
