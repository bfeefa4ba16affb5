use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, Selectable,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Document, Error};

use super::schema::policy_draft;
use crate::domain::policy::Policy;

/// Which draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftKey {
    /// The kind of subject.
    pub kind: String,
    /// The draft's own id.
    pub draft: String,
}

/// A draft of a policy.
#[derive(Clone, Debug)]
pub struct DraftRow {
    /// Which.
    pub key: DraftKey,
    /// What it says.
    pub policy: Policy,
    /// What it is for.
    pub note: String,
    /// Who changed it last.
    pub author: String,
    /// Grows with every change.
    pub version: i64,
    /// When it was started.
    pub create_time: Timestamp,
    /// When it was changed last.
    pub update_time: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = policy_draft)]
struct Row {
    kind: String,
    draft: String,
    content: Document<Policy>,
    note: String,
    author: String,
    version: i64,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    create_time: Timestamp,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    update_time: Timestamp,
}

impl From<Row> for DraftRow {
    fn from(row: Row) -> Self {
        Self {
            key: DraftKey {
                kind: row.kind,
                draft: row.draft,
            },
            policy: row.content.0,
            note: row.note,
            author: row.author,
            version: row.version,
            create_time: row.create_time,
            update_time: row.update_time,
        }
    }
}

/// A draft, if there is such.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn draft_find(connection: &mut Connection, key: &DraftKey) -> Result<Option<DraftRow>, Error> {
    let row = policy_draft::table
        .find((&key.kind, &key.draft))
        .select(Row::as_select())
        .first(connection)
        .await;
    Ok(row.optional()?.map(DraftRow::from))
}

/// A draft, locked until the transaction ends: of two who change it at once, one sees the other's etag.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn draft_for_update(
    connection: &mut Connection,
    key: &DraftKey,
) -> Result<Option<DraftRow>, Error> {
    let row = policy_draft::table
        .find((&key.kind, &key.draft))
        .select(Row::as_select())
        .for_update()
        .first(connection)
        .await;
    Ok(row.optional()?.map(DraftRow::from))
}

/// The drafts of a kind's policy by id, behind draft `after`.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn draft_list(
    connection: &mut Connection,
    kind: &str,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<DraftRow>, Error> {
    let rows: Vec<Row> = policy_draft::table
        .filter(policy_draft::kind.eq(kind))
        .filter(policy_draft::draft.gt(after.unwrap_or_default()))
        .order(policy_draft::draft)
        .limit(limit)
        .select(Row::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(DraftRow::from).collect())
}

/// Keeps a new draft.
///
/// # Errors
/// A violation of `policy_draft_pkey` where there is one of that id.
pub async fn draft_insert(connection: &mut Connection, row: DraftRow) -> Result<(), Error> {
    diesel::insert_into(policy_draft::table)
        .values((
            policy_draft::kind.eq(row.key.kind),
            policy_draft::draft.eq(row.key.draft),
            policy_draft::content.eq(Document(row.policy)),
            policy_draft::note.eq(row.note),
            policy_draft::author.eq(row.author),
            policy_draft::version.eq(row.version),
            policy_draft::create_time.eq(jiff_diesel::Timestamp::from(row.create_time)),
            policy_draft::update_time.eq(jiff_diesel::Timestamp::from(row.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps a draft as it is now; it has to be locked.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn draft_save(connection: &mut Connection, row: DraftRow) -> Result<(), Error> {
    diesel::update(policy_draft::table.find((row.key.kind, row.key.draft)))
        .set((
            policy_draft::content.eq(Document(row.policy)),
            policy_draft::note.eq(row.note),
            policy_draft::author.eq(row.author),
            policy_draft::version.eq(row.version),
            policy_draft::update_time.eq(jiff_diesel::Timestamp::from(row.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Throws a draft away; it has to be locked.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn draft_delete(connection: &mut Connection, key: &DraftKey) -> Result<(), Error> {
    diesel::delete(policy_draft::table.find((&key.kind, &key.draft)))
        .execute(connection)
        .await?;
    Ok(())
}
