use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use salient_database::{Connection, Database, Error};
use salient_operation::OpContext;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{
    Delivery, Disposition, Handler, backoff,
    label::Query,
    lease::{deliveries_delete, deliveries_lease, delivery_postpone},
};

/// How many deliveries are under way at once.
const IN_FLIGHT: usize = 64;
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(8);
/// How long a delivery stays with the replica that took it: longer than an attempt, so that no other starts a second one
/// beside it. After a crash, deliveries in hand wait this long.
const LEASE: Duration = Duration::from_secs(10);
/// How often to look for what no hint announced: another replica's work, or what its death left.
const POLL: Duration = Duration::from_secs(1);
/// How many characters of a reason are kept.
const REASON_LENGTH: usize = 500;

/// Delivers what a service's outbox holds.
pub struct Relay {
    database: Database,
    handlers: HashMap<String, Arc<dyn Handler>>,
    destinations: Vec<String>,
    under_way: JoinSet<(Delivery, Disposition)>,
    /// Those that have arrived and are still to be forgotten.
    arrived: Vec<Uuid>,
    /// When the first of those that failed here is due again.
    next_due: Option<Instant>,
}

impl Relay {
    /// A relay for the destinations of these handlers; other destinations' deliveries stay where they are.
    #[must_use]
    pub fn new(database: Database, handlers: Vec<Arc<dyn Handler>>) -> Self {
        let handlers: HashMap<_, _> = handlers
            .into_iter()
            .map(|handler| (handler.destination().to_owned(), handler))
            .collect();
        Self {
            database,
            destinations: handlers.keys().cloned().collect(),
            handlers,
            under_way: JoinSet::new(),
            arrived: Vec::new(),
            next_due: None,
        }
    }

    /// Delivers until shutdown, then finishes what is under way.
    pub async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let full = self.take().await;
            if full && self.under_way.len() < IN_FLIGHT {
                continue;
            }
            self.wait(&shutdown).await;
        }
        while let Some(first) = self.under_way.join_next().await {
            self.finish(first).await;
        }
        self.forget().await;
    }

    /// Takes deliveries in hand, and forgets those that have arrived. Answers whether there may be more.
    async fn take(&mut self) -> bool {
        let room = IN_FLIGHT.saturating_sub(self.under_way.len());
        if room == 0 {
            return false;
        }
        let (arrived, destinations) = (&self.arrived, &self.destinations);
        let leased = self
            .database
            .write(
                &operation(),
                Query::Lease,
                async move |connection: &mut Connection| {
                    deliveries_lease(connection, arrived, destinations, LEASE, room)
                        .await
                        .map_err(Error::from)
                },
            )
            .await;
        let deliveries = match leased {
            Ok(deliveries) => deliveries,
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(error, "cannot read the outbox; trying again");
                return false;
            }
        };
        self.arrived.clear();
        let full = deliveries.len() == room;
        for delivery in deliveries {
            let Some(handler) = self.handlers.get(&delivery.destination).cloned() else {
                continue;
            };
            let span = delivery.span();
            self.under_way.spawn(
                async move {
                    let attempt = timeout(ATTEMPT, handler.deliver(&delivery)).await;
                    let disposition = attempt.unwrap_or_else(|_| Disposition::Retry {
                        reason: "no answer in time".to_owned(),
                    });
                    (delivery, disposition)
                }
                .instrument(span),
            );
        }
        full
    }

    /// Waits for a reason to look again.
    async fn wait(&mut self, shutdown: &CancellationToken) {
        let poll = Instant::now() + POLL;
        let next = self.next_due.map_or(poll, |due| due.min(poll));
        let wake = self.database.wake().clone();
        tokio::select! {
            Some(first) = self.under_way.join_next() => self.finish(first).await,
            () = wake.for_deliveries(), if self.under_way.len() < IN_FLIGHT => {}
            () = sleep_until(next), if self.under_way.len() < IN_FLIGHT => {
                if self.next_due.is_some_and(|due| due <= next) {
                    self.next_due = None;
                }
            }
            () = shutdown.cancelled() => {}
        }
    }

    /// Takes note of an attempt that has ended, and of all others that have ended by now.
    async fn finish(&mut self, first: Result<(Delivery, Disposition), tokio::task::JoinError>) {
        let mut ended = vec![first];
        while let Some(next) = self.under_way.try_join_next() {
            ended.push(next);
        }
        for attempt in ended {
            match attempt {
                Ok((delivery, Disposition::Done)) => self.arrived.push(delivery.id),
                Ok((delivery, Disposition::Retry { reason })) => {
                    let pause = backoff::after(delivery.attempts);
                    tracing::info!(id = %delivery.id, destination = delivery.destination, method = delivery.method,
                        attempt = delivery.attempts, reason, "not delivered yet");
                    self.postpone(&delivery, pause, &reason).await;
                }
                Ok((delivery, Disposition::Stuck { reason })) => {
                    tracing::warn!(id = %delivery.id, destination = delivery.destination, method = delivery.method,
                        attempt = delivery.attempts, reason, "delivery is refused");
                    self.postpone(&delivery, backoff::STUCK, &reason).await;
                }
                // A handler's panic: its delivery comes back when the lease has run out.
                Err(error) => tracing::error!(%error, "a delivery's handler broke"),
            }
        }
    }

    /// Forgets those that have arrived, where no more are taken.
    async fn forget(&self) {
        if self.arrived.is_empty() {
            return;
        }
        let ids = &self.arrived;
        let deleted = self
            .database
            .write(
                &operation(),
                Query::Delivered,
                async move |connection: &mut Connection| {
                    deliveries_delete(connection, ids).await.map_err(Error::from)
                },
            )
            .await;
        if let Err(error) = deleted {
            // They will be delivered again when their leases have run out; receivers know their ids.
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(error, "deliveries that arrived could not be recorded");
        }
    }

    async fn postpone(&mut self, delivery: &Delivery, pause: Duration, reason: &str) {
        let due = Instant::now() + pause;
        self.next_due = Some(self.next_due.map_or(due, |earlier| earlier.min(due)));
        let due = Timestamp::now()
            .saturating_add(SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO))
            .unwrap_or(Timestamp::MAX);
        let reason: String = reason.chars().take(REASON_LENGTH).collect();
        let (id, reason) = (delivery.id, &reason);
        let postponed = self
            .database
            .write(
                &operation(),
                Query::Postpone,
                async move |connection: &mut Connection| {
                    delivery_postpone(connection, id, due, reason)
                        .await
                        .map_err(Error::from)
                },
            )
            .await;
        if let Err(error) = postponed {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(error, "a delivery's failure could not be recorded");
        }
    }
}

fn operation() -> OpContext {
    OpContext::background("outbox", "relay")
}
