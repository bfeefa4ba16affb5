use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use diesel_async::{
    AnsiTransactionManager, RunQueryDsl as _, TransactionManager as _, pooled_connection::deadpool::Object,
};
use jiff::Timestamp;
use rand::Rng as _;
use salient_failpoints::{Moment, Order, Point, pass};
use salient_operation::OpContext;
use tracing::Instrument as _;

use crate::{
    AsyncFunc, Connection, Database, Error, Label, LedgerCte, NewDelivery, NewEvent, error::is_conflict,
    ledger::Record, pool::Access, write,
};

/// How often a transaction is run anew after it lost to a concurrent one.
const ATTEMPTS: u32 = 5;
/// The longest pause before the second attempt; it doubles from there.
const PAUSE: Duration = Duration::from_millis(5);

/// An open transaction: a connection, and what is to be announced and sent when it commits.
pub struct Tx {
    /// `None` only while the transaction ends.
    connection: Option<Object<Connection>>,
    events: Vec<NewEvent>,
    deliveries: Vec<NewDelivery>,
    answer: Option<Vec<u8>>,
    now: Timestamp,
}

impl Tx {
    /// Announces an event with this transaction.
    pub fn announce(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Sends a call to another service with this transaction; the relay delivers it after the commit.
    pub fn send(&mut self, delivery: NewDelivery) {
        self.deliveries.push(delivery);
    }

    /// The instant of this transaction: one for all it writes, in microseconds as the database keeps them.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Keeps the encoded answer under the operation's idempotency key.
    pub(crate) fn answer(&mut self, response: Vec<u8>) {
        self.answer = Some(response);
    }

    async fn begin(database: &Database) -> Result<Self, Error> {
        let connection = database.connection().await?;
        let mut tx = Self {
            connection: Some(connection),
            events: Vec::new(),
            deliveries: Vec::new(),
            answer: None,
            now: now(),
        };
        database.allow(&mut tx, Access::Write).await?;
        AnsiTransactionManager::begin_transaction(&mut *tx).await?;
        Ok(tx)
    }

    /// Writes what was announced and sent. One statement, whatever it is; none where there is nothing.
    async fn record(&mut self, op: &OpContext) -> Result<(), Error> {
        let answer = op.idempotency.as_ref().zip(self.answer.take());
        if self.events.is_empty() && self.deliveries.is_empty() && answer.is_none() {
            return Ok(());
        }
        let (events, deliveries) = (self.events.clone(), self.deliveries.clone());
        let record = Record(LedgerCte::new(op, self.now, events, deliveries, answer));
        record.execute(&mut **self).await?;
        Ok(())
    }

    /// Commits, and passes a point before anybody learns of it.
    async fn commit(mut self, database: &Database, after: Point<'static>) -> Result<Order, Error> {
        let answer = AnsiTransactionManager::commit_transaction(&mut *self).await;
        match answer {
            Ok(()) => {
                let order = pass(after);
                if !self.deliveries.is_empty() {
                    database.wake().deliveries();
                }
                if !self.events.is_empty() {
                    database.wake().events();
                }
                // Clean: back to the pool.
                drop(self.connection.take());
                Ok(order)
            }
            Err(error) => Err(match Error::from(error) {
                // COMMIT was sent, and only its answer is missing.
                Error::Unavailable(source) => Error::CommitUnknown(source),
                error => error,
            }),
        }
    }

    async fn rollback(mut self) {
        if AnsiTransactionManager::rollback_transaction(&mut *self)
            .await
            .is_ok()
        {
            drop(self.connection.take());
        }
    }
}

/// A transaction that neither committed nor rolled back was dropped on its way. Its connection still holds locks and may be
/// anywhere in the protocol: it is closed, not handed to the next caller.
impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        #[expect(
            clippy::expect_used,
            reason = "taken only by the methods that consume the transaction"
        )]
        self.connection
            .as_ref()
            .expect("an open transaction has its connection")
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        #[expect(
            clippy::expect_used,
            reason = "taken only by the methods that consume the transaction"
        )]
        self.connection
            .as_mut()
            .expect("an open transaction has its connection")
    }
}

impl Database {
    /// Runs a transaction (READ COMMITTED) and commits it if the closure answers OK. Run again, a few times, where the
    /// database lost it to a concurrent one, so the closure must have no effect but on the transaction.
    ///
    /// Round trips: BEGIN, the closure's, one for everything announced and sent, COMMIT.
    ///
    /// # Errors
    /// What the closure answers, and then nothing is done; [`Error::CommitUnknown`] where it may be.
    pub async fn transaction<T, E, F>(&self, op: &OpContext, label: impl Label, body: F) -> Result<T, E>
    where
        F: for<'t> AsyncFunc<&'t mut Tx, Result<T, E>, Fut: Send> + Send + Sync,
        E: From<Error> + std::error::Error + Send + 'static,
        T: Send,
    {
        match self.transact(op, label, body).await? {
            (value, Order::GoOn) => Ok(value),
            (_, Order::Repeat) => Err(write::lost().into()),
        }
    }

    /// The same; and whether whoever asked shall not get the answer, so as to ask again.
    pub(crate) async fn transact<T, E, F>(
        &self,
        op: &OpContext,
        label: impl Label,
        body: F,
    ) -> Result<(T, Order), E>
    where
        F: for<'t> AsyncFunc<&'t mut Tx, Result<T, E>, Fut: Send> + Send + Sync,
        E: From<Error> + std::error::Error + Send + 'static,
        T: Send,
    {
        let span = tracing::debug_span!("transaction", query = label.name());
        async {
            let mut attempt = 1;
            loop {
                match self.attempt(op, label, &body).await {
                    Err(error) if attempt < ATTEMPTS && is_conflict(&error) && !op.deadline.expired() => {
                        tracing::debug!(attempt, %error, "lost to a concurrent transaction");
                        let longest = PAUSE * 2_u32.pow(attempt);
                        let pause = rand::rng().random_range(Duration::ZERO..longest);
                        tokio::time::sleep(pause).await;
                        attempt += 1;
                    }
                    result => return result,
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn attempt<T, E, F>(&self, op: &OpContext, label: impl Label, body: &F) -> Result<(T, Order), E>
    where
        F: for<'t> AsyncFunc<&'t mut Tx, Result<T, E>, Fut: Send> + Send + Sync,
        E: From<Error> + Send,
        T: Send,
    {
        let before_commit = async {
            let mut tx = Tx::begin(self).await?;
            self.count(&mut tx, label);
            match body(&mut tx).await {
                Ok(value) => match tx.record(op).await {
                    Ok(()) => Ok((tx, value)),
                    Err(error) => {
                        tx.rollback().await;
                        Err(error.into())
                    }
                },
                Err(error) => {
                    tx.rollback().await;
                    Err(error)
                }
            }
        };
        // Until COMMIT is sent, running out of time means that nothing is done. COMMIT itself is waited for: giving up on it
        // would turn a known outcome into an unknown one.
        let (tx, value) = tokio::time::timeout(op.deadline.remaining(), before_commit)
            .await
            .unwrap_or_else(|_| Err(Error::DeadlineExceeded.into()))?;
        if pass(self.point(op, label, Moment::BeforeCommit)) == Order::Repeat {
            tx.rollback().await;
            return Err(write::not_done().into());
        }
        let order = tx
            .commit(self, self.point(op, label, Moment::AfterCommit))
            .await?;
        Ok((value, order))
    }
}

/// Now, in the microseconds that the database keeps: what is answered and what is read back later are the same.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
