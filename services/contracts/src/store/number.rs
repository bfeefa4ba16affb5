use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, SmallInt, Text},
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};

use crate::domain::{Year, number};

/// The next number of a region in a year. It is the transaction's until the commit, and given again if there is none.
pub(crate) async fn number_next(
    connection: &mut Connection,
    region_code: &str,
    year: Year,
) -> Result<String, Error> {
    let next = NextNumber {
        region_code: region_code.to_owned(),
        year: year.0,
    };
    let sequence: i64 = next.get_result(connection).await?;
    Ok(number(region_code, year, sequence))
}

#[derive(Debug, QueryId)]
struct NextNumber {
    region_code: String,
    year: i16,
}

impl Query for NextNumber {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for NextNumber {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO number_counter AS counter (region_code, year, last) VALUES (");
        out.push_bind_param::<Text, _>(&self.region_code)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.year)?;
        out.push_sql(
            ", 1) ON CONFLICT (region_code, year) DO UPDATE SET last = counter.last + 1 RETURNING last",
        );
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for NextNumber {}
