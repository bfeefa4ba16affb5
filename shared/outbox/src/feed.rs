//! The durable feed of a service's events (P7.1.2).

use std::{sync::Arc, time::Duration};

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use futures::{
    TryStreamExt as _,
    stream::{self, BoxStream},
};
use prost::Message as _;
use prost_types::Any;
use salient_database::{Connection, Database, Error};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::events::v1::{Event, ListEventsRequest, ListEventsResponse, StreamEventsRequest};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    label::Query,
    schema::{event, feed_head},
};

/// Page sizes.
const DEFAULT_PAGE: i32 = 100;
const LARGEST_PAGE: i32 = 1_000;
/// How often a stream looks for what no hint announced.
const POLL: Duration = Duration::from_secs(1);

/// What is read of an event.
type Row = (
    Uuid,
    Option<i64>,
    String,
    String,
    String,
    jiff_diesel::Timestamp,
    Vec<u8>,
    Option<String>,
);

/// Reads one service's feed. The server puts its methods on the wire.
#[derive(Clone)]
pub struct FeedService {
    database: Database,
    service: &'static str,
}

impl FeedService {
    /// The feed of a service, in its schema.
    #[must_use]
    pub const fn new(database: Database, service: &'static str) -> Self {
        Self { database, service }
    }

    /// A page of events.
    ///
    /// # Errors
    /// RESOURCE_NOT_FOUND for another service's feed.
    pub async fn list_events(
        &self,
        op: &OpContext,
        request: ListEventsRequest,
    ) -> Result<ListEventsResponse, Failure> {
        self.check_parent(&request.parent)?;
        let size = match request.page_size {
            0 => DEFAULT_PAGE,
            size => size.min(LARGEST_PAGE),
        };
        let (events, next_position) = self
            .page(op, request.after_position, size.into(), &request.types)
            .await?;
        Ok(ListEventsResponse {
            events,
            next_position,
        })
    }

    /// Events after a position, and then each as it comes. It never ends by itself.
    ///
    /// # Errors
    /// RESOURCE_NOT_FOUND for another service's feed.
    pub fn stream_events(
        &self,
        request: StreamEventsRequest,
    ) -> Result<BoxStream<'static, Result<Event, Failure>>, Failure> {
        self.check_parent(&request.parent)?;
        let reader = Reader {
            feed: self.clone(),
            position: request.after_position,
            types: request.types.into(),
        };
        let pages = stream::try_unfold(reader, |mut reader| async move {
            let events = reader.next_page().await?;
            Ok::<_, Failure>(Some((stream::iter(events.into_iter().map(Ok)), reader)))
        });
        Ok(Box::pin(pages.try_flatten()))
    }

    /// The position of the last event that has one: after it there is only what has yet to be numbered.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn head(&self, op: &OpContext) -> Result<i64, Failure> {
        let head = async |connection: &mut Connection| {
            let head = feed_head::table.select(feed_head::position);
            head.first(connection).await.map_err(Error::from)
        };
        Ok(self.database.read(op, Query::FeedHead, head).await?)
    }

    fn check_parent(&self, parent: &str) -> Result<(), Failure> {
        if parent.strip_prefix("services/") == Some(self.service) {
            Ok(())
        } else {
            Err(Failure::not_found(parent))
        }
    }

    /// Events after a position, and the position to go on after.
    async fn page(
        &self,
        op: &OpContext,
        after: i64,
        size: i64,
        types: &[String],
    ) -> Result<(Vec<Event>, i64), Error> {
        let rows: Vec<Row> = self
            .database
            .read(op, Query::EventPage, async move |connection: &mut Connection| {
                event::table
                    .filter(event::position.gt(after))
                    .order(event::position)
                    .limit(size)
                    .select((
                        event::id,
                        event::position,
                        event::resource,
                        event::kind,
                        event::actor,
                        event::event_time,
                        event::payload,
                        event::traceparent,
                    ))
                    .load(connection)
                    .await
                    .map_err(Error::from)
            })
            .await?;
        let next = rows.last().and_then(|row| row.1).unwrap_or(after);
        // Filtered here, not there: a rare type must not make the database read the whole feed for one page.
        let wanted = rows
            .into_iter()
            .filter(|row| types.is_empty() || types.contains(&row.3));
        let events = wanted.map(|row| self.event(row)).collect::<Result<_, _>>()?;
        Ok((events, next))
    }

    fn event(&self, row: Row) -> Result<Event, Error> {
        let (id, position, resource, kind, actor, time, payload, traceparent) = row;
        let time = time.to_jiff();
        Ok(Event {
            id: id.to_string(),
            position: position.unwrap_or_default(),
            service: self.service.to_owned(),
            resource,
            r#type: kind,
            event_time: Some(prost_types::Timestamp {
                seconds: time.as_second(),
                nanos: time.subsec_nanosecond(),
            }),
            actor,
            payload: Some(Any::decode(payload.as_slice())?),
            traceparent: traceparent.unwrap_or_default(),
        })
    }
}

/// Where a stream stands.
struct Reader {
    feed: FeedService,
    position: i64,
    types: Arc<[String]>,
}

impl Reader {
    /// The next page that holds any event.
    async fn next_page(&mut self) -> Result<Vec<Event>, Failure> {
        loop {
            let op = OpContext::background("outbox", "stream_events");
            let wake = self.feed.database.wake().clone();
            // Before reading: a position given between the two must not be missed.
            let numbered = wake.for_positions();
            let (events, next) = self
                .feed
                .page(&op, self.position, LARGEST_PAGE.into(), &self.types)
                .await?;
            let moved = next > self.position;
            self.position = next;
            if !events.is_empty() {
                return Ok(events);
            }
            if !moved {
                // Elapsed: time to poll.
                let _ = timeout(POLL, numbered).await;
            }
        }
    }
}
