use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use uuid::Uuid;

/// How much waits for somebody, none of it counted beyond one more than [`MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Pending tasks.
    pub pending: i64,
    /// Those whose deadline has passed.
    pub overdue: i64,
    /// Copies that are not marked as read.
    pub unread_copies: i64,
    /// Open approvals that they submitted.
    pub open_submissions: i64,
}

/// How far is counted.
pub const MOST: i64 = 100;

/// Counts what waits for somebody at an instant, in one statement.
///
/// Each number is a range of one partial index, read up to its limit: however much there is, at most 101 entries are looked at.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn counts(connection: &mut Connection, person: Uuid, now: Timestamp) -> Result<Counts, Error> {
    let count = Count {
        person,
        now: now.into(),
    };
    let (pending, overdue, unread_copies, open_submissions) = count.get_result(connection).await?;
    Ok(Counts {
        pending,
        overdue,
        unread_copies,
        open_submissions,
    })
}

#[derive(Debug, QueryId)]
struct Count {
    person: Uuid,
    now: jiff_diesel::Timestamp,
}

impl Query for Count {
    type SqlType = (BigInt, BigInt, BigInt, BigInt);
}

/// The conditions of the indexes `task_inbox`, `task_due`, `approval_copy_unread` and `approval_open_by_submitter`.
impl QueryFragment<Pg> for Count {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT (SELECT count(*) FROM (SELECT FROM task WHERE state = 'PENDING' AND assignee = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.person)?;
        out.push_sql(
            " LIMIT 101) AS pending), \
             (SELECT count(*) FROM (SELECT FROM task WHERE state = 'PENDING' AND due_time < ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(" AND assignee = ");
        out.push_bind_param::<SqlUuid, _>(&self.person)?;
        out.push_sql(
            " LIMIT 101) AS overdue), \
             (SELECT count(*) FROM (SELECT FROM approval_copy WHERE read_time IS NULL AND recipient = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.person)?;
        out.push_sql(
            " LIMIT 101) AS unread), \
             (SELECT count(*) FROM (SELECT FROM approval WHERE end_time IS NULL AND submitter = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.person)?;
        out.push_sql(" LIMIT 101) AS submitted)");
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for Count {}
