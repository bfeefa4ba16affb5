use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    PgAnyJsonExpressionMethods as _, QueryDsl as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Document, Error};
use salient_operation::Reach;
use salient_paging::filter::{Comparison, Operator, Value};
use uuid::Uuid;

use super::schema::{approval, task};
use crate::domain::approval::Approval;

/// The conditions that approvals are filtered by, added to a query of whatever finds them.
macro_rules! narrowed {
    ($rows:ident, $filter:expr) => {{
        let mut rows = $rows;
        for Comparison {
            field,
            operator,
            value,
        } in $filter
        {
            rows = match (field, value) {
                ("state", Value::Enum(state)) => {
                    super::filter::equal!(rows, approval::state, operator, state)
                }
                ("kind", Value::Text(kind)) => super::filter::text!(rows, approval::kind, operator, kind),
                ("subject", Value::Text(subject)) => {
                    super::filter::text!(rows, approval::subject_name, operator, subject)
                }
                ("submitter", Value::Name(submitter)) => {
                    super::filter::equal!(rows, approval::submitter, operator, submitter)
                }
                ("unit", Value::Name(unit)) => super::filter::equal!(rows, approval::unit, operator, unit),
                ("needs_attention", Value::Bool(wanted)) if wanted == (operator == Operator::Equal) => {
                    rows.filter(approval::attention_reason.is_not_null())
                }
                ("needs_attention", Value::Bool(_)) => rows.filter(approval::attention_reason.is_null()),
                ("create_time", Value::Timestamp(time)) => {
                    super::filter::ordered!(
                        rows,
                        approval::create_time,
                        operator,
                        jiff_diesel::Timestamp::from(time)
                    )
                }
                ("title", Value::Text(title)) => {
                    super::filter::text!(
                        rows,
                        approval::document.retrieve_as_text("title"),
                        operator,
                        title
                    )
                }
                _ => rows,
            };
        }
        rows
    }};
}

pub(super) use narrowed;

/// Which approvals to list, the newest first.
#[derive(Clone, Debug)]
pub struct ApprovalQuery {
    /// As far as the caller reaches; what they submitted is their own.
    pub reach: Reach,
    /// Conditions on `state`, `kind`, `subject`, `submitter`, `unit`, `needs_attention`, `create_time` and `title`.
    pub filter: Vec<Comparison>,
    /// Behind this one, by time and id.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

/// An approval, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approval_find(connection: &mut Connection, id: Uuid) -> Result<Option<Approval>, Error> {
    let row = approval::table
        .find(id)
        .select(approval::document)
        .first(connection)
        .await;
    Ok(row.optional()?.map(|Document(approval)| approval))
}

/// These approvals, in no order; those that do not exist are left out.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approvals_find(connection: &mut Connection, ids: Vec<Uuid>) -> Result<Vec<Approval>, Error> {
    let rows: Vec<Document<Approval>> = approval::table
        .filter(approval::id.eq_any(ids))
        .select(approval::document)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|Document(approval)| approval).collect())
}

/// The approval that a task belongs to, if there is such a task.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approval_by_task(connection: &mut Connection, task: Uuid) -> Result<Option<Approval>, Error> {
    let row = task::table
        .inner_join(approval::table.on(approval::id.eq(task::approval)))
        .filter(task::id.eq(task))
        .select(approval::document)
        .first(connection)
        .await;
    Ok(row.optional()?.map(|Document(approval)| approval))
}

/// A page of approvals.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approval_list(
    connection: &mut Connection,
    query: ApprovalQuery,
) -> Result<Vec<Approval>, Error> {
    let mut rows = approval::table
        .select(approval::document)
        .order((approval::create_time.desc(), approval::id.desc()))
        .limit(query.limit)
        .into_boxed();
    match query.reach {
        Reach::Company | Reach::Service => {}
        Reach::Own(own) => rows = rows.filter(approval::submitter.eq(own)),
        Reach::Units { units, own } => {
            let units: Vec<Uuid> = units.iter().copied().collect();
            rows = rows.filter(approval::submitter.eq(own).or(approval::unit.eq_any(units)));
        }
    }
    if let Some((time, id)) = query.after {
        let time = jiff_diesel::Timestamp::from(time);
        // The first condition is what the index is entered with.
        rows = rows
            .filter(approval::create_time.le(time))
            .filter(approval::create_time.lt(time).or(approval::id.lt(id)));
    }
    let rows = narrowed!(rows, query.filter);
    let rows: Vec<Document<Approval>> = rows.load(connection).await?;
    Ok(rows.into_iter().map(|Document(approval)| approval).collect())
}

/// Approvals in the order of their ids, behind one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approvals_after(
    connection: &mut Connection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Approval>, Error> {
    let rows: Vec<Document<Approval>> = approval::table
        .filter(approval::id.gt(after))
        .order(approval::id)
        .limit(limit)
        .select(approval::document)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|Document(approval)| approval).collect())
}

/// Approvals that were created from `start` on and before `end`, the oldest first, behind one by time and id.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approvals_created_in(
    connection: &mut Connection,
    (start, end): (Timestamp, Timestamp),
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Approval>, Error> {
    let (from, behind) = after.unwrap_or((start, Uuid::nil()));
    let from = jiff_diesel::Timestamp::from(from);
    let rows: Vec<Document<Approval>> = approval::table
        // The first condition is what the index is entered with.
        .filter(approval::create_time.ge(from))
        .filter(approval::create_time.gt(from).or(approval::id.gt(behind)))
        .filter(approval::create_time.lt(jiff_diesel::Timestamp::from(end)))
        .order((approval::create_time, approval::id))
        .limit(limit)
        .select(approval::document)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|Document(approval)| approval).collect())
}
