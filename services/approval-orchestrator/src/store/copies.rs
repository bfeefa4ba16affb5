use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    PgAnyJsonExpressionMethods as _, QueryDsl as _, Queryable, Selectable, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Document, Error, Tx};
use salient_paging::filter::{Comparison, Operator, Value};
use uuid::Uuid;

use super::{
    approvals::narrowed,
    schema::{approval, approval_copy},
};
use crate::domain::approval::Approval;

/// A copy of an approval, as its recipient has it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = approval_copy)]
pub struct CopyRow {
    /// The approval.
    pub approval: Uuid,
    /// Who sent it.
    pub copier: Uuid,
    /// What they said with it.
    pub comment: String,
    /// When.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub create_time: Timestamp,
    /// When it was marked as read.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    pub read_time: Option<Timestamp>,
}

/// Which copies to list, the newest first.
#[derive(Clone, Debug)]
pub struct CopyQuery {
    /// Whose.
    pub recipient: Uuid,
    /// Conditions on `read`, and on what is known of approvals.
    pub filter: Vec<Comparison>,
    /// Behind this one, by time and approval.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

/// A page of the copies that somebody was sent, each with its approval.
///
/// The index `approval_copy_received`, or that of unread ones, is read in its own order from where the page begins; each copy's
/// approval is found by its key. Conditions on approvals are looked at one by one, within what this person was sent.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn copy_list(
    connection: &mut Connection,
    query: CopyQuery,
) -> Result<Vec<(CopyRow, Approval)>, Error> {
    let mut rows = approval_copy::table
        .inner_join(approval::table.on(approval::id.eq(approval_copy::approval)))
        .filter(approval_copy::recipient.eq(query.recipient))
        .select((CopyRow::as_select(), approval::document))
        .order((approval_copy::create_time.desc(), approval_copy::approval.desc()))
        .limit(query.limit)
        .into_boxed();
    if let Some((time, id)) = query.after {
        let time = jiff_diesel::Timestamp::from(time);
        // The first condition is what the index is entered with.
        rows = rows.filter(approval_copy::create_time.le(time)).filter(
            approval_copy::create_time
                .lt(time)
                .or(approval_copy::approval.lt(id)),
        );
    }
    for Comparison {
        field,
        operator,
        value,
    } in &query.filter
    {
        if let ("read", Value::Bool(wanted)) = (*field, value) {
            rows = if *wanted == (*operator == Operator::Equal) {
                rows.filter(approval_copy::read_time.is_not_null())
            } else {
                rows.filter(approval_copy::read_time.is_null())
            };
        }
    }
    let rows = narrowed!(rows, query.filter);
    let rows: Vec<(CopyRow, Document<Approval>)> = rows.load(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(copy, Document(approval))| (copy, approval))
        .collect())
}

/// Marks a copy as read, unless it is; `None` where there is no such copy.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn copy_read(tx: &mut Tx, approval: Uuid, recipient: Uuid) -> Result<Option<CopyRow>, Error> {
    let now = jiff_diesel::Timestamp::from(tx.now());
    let copy = approval_copy::table.find((approval, recipient));
    diesel::update(copy.filter(approval_copy::read_time.is_null()))
        .set(approval_copy::read_time.eq(now))
        .execute(&mut **tx)
        .await?;
    let row = copy.select(CopyRow::as_select()).first(&mut **tx).await;
    Ok(row.optional()?)
}
