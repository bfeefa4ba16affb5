use std::time::Duration;

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::BigInt,
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Database, Error, Tx};
use salient_operation::OpContext;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::label;

/// How many events get their positions in one transaction.
const BATCH: i64 = 1_000;
/// How long to gather events before numbering them: one transaction for all that commit meanwhile, instead of one for each.
const GATHER: Duration = Duration::from_millis(50);
/// How often to look for what no hint announced, such as another replica's events.
const POLL: Duration = Duration::from_secs(1);

/// Gives committed events their positions in the feed.
///
/// A position is given only after the event's transaction has committed, by one replica at a time, so positions have no gaps and
/// a reader who has seen a position has seen everything below it. The order follows `seq`, which an aggregate's events take
/// under the lock of the aggregate's row.
pub struct Sequencer {
    database: Database,
}

impl Sequencer {
    /// Numbers the events of this schema.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Numbers until shutdown.
    pub async fn run(self, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(self.number_for_ever()).await;
    }

    async fn number_for_ever(&self) {
        loop {
            match self.number().await {
                Ok(numbered) => {
                    if numbered > 0 {
                        self.database.wake().positions();
                    }
                    if numbered >= BATCH {
                        continue;
                    }
                }
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(error, "events were not numbered; trying again");
                }
            }
            // Elapsed: time to poll.
            if timeout(POLL, self.database.wake().for_events()).await.is_ok() {
                sleep(GATHER).await;
            }
        }
    }

    /// Numbers one batch. Answers how many there were.
    async fn number(&self) -> Result<i64, Error> {
        let op = OpContext::background("outbox", "sequencer");
        self.database
            .transaction(&op, label::Query::NumberEvents, async |tx: &mut Tx| {
                // First the lock, and in a statement of its own: what the next one sees includes everything that the last
                // holder of the lock has numbered.
                LockHead.execute(&mut **tx).await?;
                Ok::<i64, Error>(Number { limit: BATCH }.get_result(&mut **tx).await?)
            })
            .await
    }
}

#[derive(QueryId)]
struct LockHead;

impl QueryFragment<Pg> for LockHead {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT FROM feed_head FOR UPDATE");
        Ok(())
    }
}

#[derive(QueryId)]
struct Number {
    limit: i64,
}

impl QueryFragment<Pg> for Number {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH batch AS (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM event \
             WHERE position IS NULL ORDER BY seq LIMIT ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            "), numbered AS (UPDATE event SET position = feed_head.position + batch.place FROM batch, feed_head \
             WHERE event.seq = batch.seq RETURNING 1), \
             counted AS (SELECT count(*) AS size FROM numbered), \
             moved AS (UPDATE feed_head SET position = position + counted.size FROM counted WHERE counted.size > 0) \
             SELECT size FROM counted",
        );
        Ok(())
    }
}

impl Query for Number {
    type SqlType = BigInt;
}
