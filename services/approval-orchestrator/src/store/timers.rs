use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::schema::{approval, task};

/// Approvals whose time has come, the longest due first, behind this one: when, and which.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approval_due(
    connection: &mut Connection,
    now: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<(Timestamp, Uuid)>, Error> {
    let mut rows = approval::table
        .filter(approval::timer_time.is_not_null())
        .filter(approval::timer_time.le(jiff_diesel::Timestamp::from(now)))
        .select((approval::timer_time, approval::id))
        .order((approval::timer_time, approval::id))
        .limit(limit)
        .into_boxed();
    if let Some((time, id)) = after {
        let time = jiff_diesel::Timestamp::from(time);
        rows = rows.filter(approval::timer_time.ge(time)).filter(
            approval::timer_time
                .gt(time)
                .or(diesel::NullableExpressionMethods::nullable(approval::id.gt(id))),
        );
    }
    let rows: Vec<(Option<jiff_diesel::Timestamp>, Uuid)> = rows.load(connection).await?;
    let due = rows
        .into_iter()
        .filter_map(|(time, id)| Some((time?.to_jiff(), id)));
    Ok(due.collect())
}

/// People with pending tasks, by id, behind this one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn assignees_with_tasks(
    connection: &mut Connection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, Error> {
    let people = task::table
        .filter(task::state.eq("PENDING"))
        .filter(task::assignee.gt(after))
        .select(task::assignee)
        .distinct()
        .order(task::assignee)
        .limit(limit);
    Ok(people.load(connection).await?)
}
