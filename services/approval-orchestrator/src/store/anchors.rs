use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryableByName,
    dsl::max,
    sql_types::{Array, BigInt, Bool, Nullable, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::schema::{audit_anchored, audit_unanchored};
use crate::domain::anchor::Head;

/// Heads that no anchor holds yet.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn unanchored_list(connection: &mut Connection, limit: i64) -> Result<Vec<Head>, Error> {
    let rows: Vec<(Uuid, i64, Vec<u8>)> = audit_unanchored::table
        .order((audit_unanchored::approval, audit_unanchored::length))
        .limit(limit)
        .load(connection)
        .await?;
    let head = |(approval, length, head)| Head {
        approval,
        length,
        head,
    };
    Ok(rows.into_iter().map(head).collect())
}

/// Records that an anchor holds these heads, and takes what was `waiting` off the queue. Any number of times, by anyone.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn anchored_insert(
    connection: &mut Connection,
    number: i64,
    heads: &[Head],
    waiting: &[Head],
) -> Result<(), Error> {
    // One statement: whoever asks finds a head in the queue or under its anchor, and never in neither.
    const STATEMENT: &str = "WITH gone AS (DELETE FROM audit_unanchored USING unnest($1, $2) AS done (approval, length) \
         WHERE audit_unanchored.approval = done.approval AND audit_unanchored.length = done.length) \
         INSERT INTO audit_anchored (approval, length, number) SELECT approval, length, $5 \
         FROM unnest($3, $4) AS anchored (approval, length) ON CONFLICT DO NOTHING";
    let columns = |heads: &[Head]| -> (Vec<Uuid>, Vec<i64>) {
        heads.iter().map(|head| (head.approval, head.length)).unzip()
    };
    let ((approvals, lengths), (gone, gone_lengths)) = (columns(heads), columns(waiting));
    diesel::sql_query(STATEMENT)
        .bind::<Array<SqlUuid>, _>(gone)
        .bind::<Array<BigInt>, _>(gone_lengths)
        .bind::<Array<SqlUuid>, _>(approvals)
        .bind::<Array<BigInt>, _>(lengths)
        .bind::<BigInt, _>(number)
        .execute(connection)
        .await?;
    Ok(())
}

/// The number of the newest anchor that was recorded; 0 where none was.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn anchored_newest(connection: &mut Connection) -> Result<i64, Error> {
    let newest: Option<i64> = audit_anchored::table
        .select(max(audit_anchored::number))
        .first(connection)
        .await?;
    Ok(newest.unwrap_or_default())
}

/// The anchors that cover an approval, the newest first.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn anchored_list(
    connection: &mut Connection,
    approval: Uuid,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    Ok(audit_anchored::table
        .filter(audit_anchored::approval.eq(approval))
        .order(audit_anchored::number.desc())
        .limit(limit)
        .select(audit_anchored::number)
        .load(connection)
        .await?)
}

/// How far an approval's history has grown by what is anchored and what waits to be; 0 where neither knows of it.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn anchored_reached(connection: &mut Connection, approval: Uuid) -> Result<i64, Error> {
    let anchored = audit_anchored::table
        .filter(audit_anchored::approval.eq(approval))
        .select(max(audit_anchored::length));
    let waiting = audit_unanchored::table
        .filter(audit_unanchored::approval.eq(approval))
        .select(max(audit_unanchored::length));
    // One statement: between two, a head may move from the queue to its anchor.
    let reached: (Option<i64>, Option<i64>) =
        diesel::select((anchored.single_value(), waiting.single_value()))
            .first(connection)
            .await?;
    Ok(reached.0.max(reached.1).unwrap_or_default())
}

/// Where an anchored head is not what the tables hold.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Contradiction {
    /// The approval.
    #[diesel(sql_type = SqlUuid)]
    pub approval: Uuid,
    /// The entry that was anchored.
    #[diesel(sql_type = BigInt)]
    pub length: i64,
    /// Whether the approval's row is there.
    #[diesel(sql_type = Bool)]
    pub approval_exists: bool,
    /// Whether the entry is there, and whether it is another one.
    #[diesel(sql_type = Nullable<Bool>)]
    pub differs: Option<bool>,
}

/// The heads that the tables do not hold as they were anchored.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn anchored_contradictions(
    connection: &mut Connection,
    heads: &[Head],
) -> Result<Vec<Contradiction>, Error> {
    const QUERY: &str = "SELECT anchored.approval, anchored.length, approval.id IS NOT NULL AS approval_exists, \
         audit_entry.hash <> anchored.head AS differs \
         FROM unnest($1, $2, $3) AS anchored (approval, length, head) \
         LEFT JOIN approval ON approval.id = anchored.approval \
         LEFT JOIN audit_entry ON audit_entry.approval = anchored.approval AND audit_entry.sequence = anchored.length \
         WHERE approval.id IS NULL OR audit_entry.hash IS DISTINCT FROM anchored.head";
    let approvals: Vec<_> = heads.iter().map(|head| head.approval).collect();
    let lengths: Vec<_> = heads.iter().map(|head| head.length).collect();
    let hashes: Vec<_> = heads.iter().map(|head| head.head.as_slice()).collect();
    Ok(diesel::sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(approvals)
        .bind::<Array<BigInt>, _>(lengths)
        .bind::<Array<diesel::sql_types::Binary>, _>(hashes)
        .load(connection)
        .await?)
}
