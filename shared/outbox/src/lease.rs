//! The outbox table as the relay sees it.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use jiff::{SignedDuration, Timestamp};
use salient_database::Connection;
use uuid::Uuid;

use crate::{Delivery, schema::outbox};

type Row = (Uuid, String, String, String, Vec<u8>, i32, Option<String>);

/// Takes deliveries that are due, none of which another replica has in hand, and of each line only the first: the next one
/// follows when that has arrived. In the same statement forgets those that have arrived, so that what stands behind them in line
/// is taken at once.
///
/// The commit is not waited for until it is on disk. If the database's machine fails just then, deliveries are made once more than
/// they had to be, which receivers notice by their ids.
pub(crate) async fn deliveries_lease(
    connection: &mut Connection,
    arrived: &[Uuid],
    destinations: &[String],
    lease: Duration,
    limit: usize,
) -> QueryResult<Vec<Delivery>> {
    let now = Timestamp::now();
    let until = now
        .saturating_add(SignedDuration::try_from(lease).unwrap_or(SignedDuration::ZERO))
        .unwrap_or(now);
    let lease = Lease {
        arrived: arrived.to_vec(),
        destinations: destinations.to_vec(),
        now: now.into(),
        until: until.into(),
        limit: i64::try_from(limit).unwrap_or(i64::MAX),
    };
    let rows: Vec<Row> = lease.load(connection).await?;
    let deliveries = rows.into_iter().map(
        |(id, destination, method, ordering_key, payload, attempts, traceparent)| Delivery {
            id,
            destination,
            method,
            ordering_key,
            payload,
            attempts,
            traceparent,
        },
    );
    Ok(deliveries.collect())
}

/// Forgets deliveries that have arrived.
pub(crate) async fn deliveries_delete(connection: &mut Connection, ids: &[Uuid]) -> QueryResult<usize> {
    diesel::delete(outbox::table.filter(outbox::id.eq_any(ids)))
        .execute(connection)
        .await
}

/// Gives a delivery back until a later time.
pub(crate) async fn delivery_postpone(
    connection: &mut Connection,
    id: Uuid,
    due: Timestamp,
    reason: &str,
) -> QueryResult<usize> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::due_time.eq(jiff_diesel::Timestamp::from(due)),
            outbox::lease_until.eq(None::<jiff_diesel::Timestamp>),
            outbox::last_error.eq(reason),
        ))
        .execute(connection)
        .await
}

#[derive(QueryId)]
struct Lease {
    arrived: Vec<Uuid>,
    destinations: Vec<String>,
    now: jiff_diesel::Timestamp,
    until: jiff_diesel::Timestamp,
    limit: i64,
}

impl QueryFragment<Pg> for Lease {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH arrived AS (DELETE FROM outbox WHERE id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.arrived)?;
        out.push_sql(")) UPDATE outbox SET attempts = attempts + 1, lease_until = ");
        out.push_bind_param::<Timestamptz, _>(&self.until)?;
        // The setting is this transaction's alone. It is evaluated once, before anything is read, whether or not there is a delivery.
        // The statement does not see its own deletions: those that have arrived are left out by name.
        out.push_sql(
            " WHERE (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL AND id IN \
             (SELECT o.id FROM outbox o WHERE NOT EXISTS (SELECT FROM outbox earlier WHERE earlier.destination = o.destination \
             AND earlier.ordering_key = o.ordering_key AND earlier.seq < o.seq AND earlier.id <> ALL(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.arrived)?;
        out.push_sql(")) AND o.id <> ALL(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.arrived)?;
        out.push_sql(") AND o.destination = ANY(");
        out.push_bind_param::<Array<Text>, _>(&self.destinations)?;
        out.push_sql(") AND o.due_time <= ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(" AND (o.lease_until IS NULL OR o.lease_until < ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        // A row that another replica is about to take is not waited for.
        out.push_sql(") ORDER BY o.due_time, o.seq LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            " FOR UPDATE SKIP LOCKED) \
             RETURNING id, destination, method, ordering_key, payload, attempts, traceparent",
        );
        Ok(())
    }
}

impl Query for Lease {
    type SqlType = (SqlUuid, Text, Text, Text, Binary, Integer, Nullable<Text>);
}
