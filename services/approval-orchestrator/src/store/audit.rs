use diesel::{ExpressionMethods as _, QueryDsl as _, Queryable, Selectable, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::schema::audit_entry;
use crate::domain::audit::{AuditEntry, action_named};

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entry)]
struct Row {
    approval: Uuid,
    sequence: i64,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    create_time: Timestamp,
    round: i64,
    action: String,
    actor: String,
    on_behalf_of: String,
    origin: String,
    subject_version: i64,
    subject_digest: Vec<u8>,
    step: String,
    task: Option<Uuid>,
    details: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl TryFrom<Row> for AuditEntry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            approval: row.approval,
            sequence: row.sequence,
            create_time: row.create_time,
            round: row.round,
            action: action_named(&row.action).ok_or(diesel::result::Error::NotFound)?,
            actor: row.actor,
            on_behalf_of: row.on_behalf_of,
            origin: row.origin,
            subject_version: row.subject_version,
            subject_digest: row.subject_digest,
            step: row.step,
            task: row.task,
            details: row.details,
            previous_hash: row.previous_hash,
            hash: row.hash,
        })
    }
}

/// A page of an approval's history, the oldest entry first, behind entry number `after`.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn audit_list(
    connection: &mut Connection,
    approval: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, Error> {
    let rows: Vec<Row> = audit_entry::table
        .filter(audit_entry::approval.eq(approval))
        .filter(audit_entry::sequence.gt(after))
        .order(audit_entry::sequence)
        .limit(limit)
        .select(Row::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
