use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, Selectable,
    SelectableHelper as _, dsl::max,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Document, Error};

use super::schema::policy_version;
use crate::domain::policy::{Policy, PolicyKey};

/// A published policy version.
#[derive(Clone, Debug)]
pub struct PolicyVersionRow {
    /// Which.
    pub key: PolicyKey,
    /// What it says.
    pub policy: Policy,
    /// SHA-256 of what it says.
    pub digest: Vec<u8>,
    /// Who published it.
    pub publisher: String,
    /// When.
    pub publish_time: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = policy_version)]
struct Row {
    kind: String,
    version: i64,
    content: Document<Policy>,
    digest: Vec<u8>,
    publisher: String,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    publish_time: Timestamp,
}

impl From<Row> for PolicyVersionRow {
    fn from(row: Row) -> Self {
        Self {
            key: PolicyKey {
                kind: row.kind,
                version: row.version,
            },
            policy: row.content.0,
            digest: row.digest,
            publisher: row.publisher,
            publish_time: row.publish_time,
        }
    }
}

/// The number of the newest version of a kind's policy, if it has any.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_latest_version(connection: &mut Connection, kind: &str) -> Result<Option<i64>, Error> {
    let versions = policy_version::table.filter(policy_version::kind.eq(kind));
    Ok(versions
        .select(max(policy_version::version))
        .first(connection)
        .await?)
}

/// The newest version of a kind's policy, if it has any.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_latest(
    connection: &mut Connection,
    kind: &str,
) -> Result<Option<PolicyVersionRow>, Error> {
    Ok(policy_list(connection, kind, None, 1).await?.pop())
}

/// A policy version, if there is such.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_find(
    connection: &mut Connection,
    key: &PolicyKey,
) -> Result<Option<PolicyVersionRow>, Error> {
    let row = policy_version::table
        .find((&key.kind, key.version))
        .select(Row::as_select())
        .first(connection)
        .await;
    Ok(row.optional()?.map(PolicyVersionRow::from))
}

/// The versions of a kind's policy, the newest first, behind version `after`.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_list(
    connection: &mut Connection,
    kind: &str,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<PolicyVersionRow>, Error> {
    let rows: Vec<Row> = policy_version::table
        .filter(policy_version::kind.eq(kind))
        .filter(policy_version::version.lt(after.unwrap_or(i64::MAX)))
        .order(policy_version::version.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(PolicyVersionRow::from).collect())
}

/// Keeps a new version.
///
/// # Errors
/// A violation of `policy_version_pkey` where another was published at the same instant.
pub async fn policy_insert(connection: &mut Connection, row: PolicyVersionRow) -> Result<(), Error> {
    diesel::insert_into(policy_version::table)
        .values(columns(row))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps a version that ships with the product, unless a policy of its kind has that version already. Answers whether it was
/// new. Any number of replicas may do so at once.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_ship(connection: &mut Connection, row: PolicyVersionRow) -> Result<bool, Error> {
    let inserted = diesel::insert_into(policy_version::table)
        .values(columns(row))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(inserted == 1)
}

type Columns = (
    diesel::dsl::Eq<policy_version::kind, String>,
    diesel::dsl::Eq<policy_version::version, i64>,
    diesel::dsl::Eq<policy_version::content, Document<Policy>>,
    diesel::dsl::Eq<policy_version::digest, Vec<u8>>,
    diesel::dsl::Eq<policy_version::publisher, String>,
    diesel::dsl::Eq<policy_version::publish_time, jiff_diesel::Timestamp>,
);

fn columns(row: PolicyVersionRow) -> Columns {
    (
        policy_version::kind.eq(row.key.kind),
        policy_version::version.eq(row.key.version),
        policy_version::content.eq(Document(row.policy)),
        policy_version::digest.eq(row.digest),
        policy_version::publisher.eq(row.publisher),
        policy_version::publish_time.eq(jiff_diesel::Timestamp::from(row.publish_time)),
    )
}

/// Those of some kinds for which a policy is published.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn kinds_known(connection: &mut Connection, kinds: &[String]) -> Result<Vec<String>, Error> {
    let known = policy_version::table
        .filter(policy_version::kind.eq_any(kinds))
        .select(policy_version::kind)
        .distinct();
    Ok(known.load(connection).await?)
}
