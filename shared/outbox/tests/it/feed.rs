//! Events in one order, none skipped.

use std::{collections::HashSet, time::Duration};

use futures::StreamExt as _;
use salient_database::{Error, NewEvent, Tx};
use salient_outbox::{Sequencer, feed::FeedService};
use salient_proto::events::v1::{Event, ListEventsRequest, ListEventsResponse, StreamEventsRequest};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Fixture, Sample, eventually, op};

async fn all(feed: &FeedService, after_position: i64) -> Vec<Event> {
    let request = ListEventsRequest {
        parent: "services/north".into(),
        after_position,
        page_size: 1_000,
        types: Vec::new(),
    };
    feed.list_events(&op(), request).await.unwrap().events
}

#[tokio::test]
async fn positions_have_no_gaps_though_two_replicas_number() {
    let fixture = Fixture::start().await;
    let shutdown = CancellationToken::new();
    let replica = fixture.replica().await;
    for database in [&fixture.database, &replica] {
        tokio::spawn(Sequencer::new(database.clone()).run(shutdown.clone()));
    }
    for round in 0..50 {
        fixture
            .announce(&fixture.database, &format!("things/{round}"))
            .await;
        fixture.announce(&replica, &format!("things/{round}")).await;
    }
    let feed = FeedService::new(fixture.database.clone(), "north");
    eventually("all are numbered", async || all(&feed, 0).await.len() == 100).await;
    let positions: Vec<_> = all(&feed, 0).await.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=100).collect::<Vec<_>>());
    shutdown.cancel();
}

#[tokio::test]
async fn an_event_that_commits_late_is_not_skipped() {
    let fixture = Fixture::start().await;
    let _shutdown = {
        let shutdown = CancellationToken::new();
        tokio::spawn(Sequencer::new(fixture.database.clone()).run(shutdown.clone()));
        shutdown.drop_guard()
    };
    let feed = FeedService::new(fixture.database.clone(), "north");
    // Its `seq` is taken by the insert, before the other's; it commits after the other was numbered and read.
    let mut slow = fixture.test.owner("north").await;
    use diesel_async::SimpleAsyncConnection as _;
    slow.batch_execute(
        "BEGIN; INSERT INTO event (id, resource, type, actor, event_time, payload) \
         VALUES ('0190a000-0000-7000-8000-000000000001', 'things/slow', 'x', 'services/north', now(), '')",
    )
    .await
    .unwrap();
    fixture.announce(&fixture.database, "things/fast").await;
    eventually("the fast one is numbered", async || {
        all(&feed, 0).await.len() == 1
    })
    .await;
    let seen = all(&feed, 0).await[0].position;
    slow.batch_execute("COMMIT").await.unwrap();
    eventually("the slow one follows", async || {
        all(&feed, seen)
            .await
            .iter()
            .any(|event| event.resource == "things/slow")
    })
    .await;
}

#[tokio::test]
async fn a_stream_gives_what_was_and_what_comes() {
    let fixture = Fixture::start().await;
    let _shutdown = {
        let shutdown = CancellationToken::new();
        tokio::spawn(Sequencer::new(fixture.database.clone()).run(shutdown.clone()));
        shutdown.drop_guard()
    };
    fixture.announce(&fixture.database, "things/before").await;
    let feed = FeedService::new(fixture.database.clone(), "north");
    let request = StreamEventsRequest {
        parent: "services/north".into(),
        ..Default::default()
    };
    let mut events = feed.stream_events(request).unwrap();
    let mut next = async || {
        timeout(Duration::from_secs(10), events.next())
            .await
            .unwrap()
            .unwrap()
            .unwrap()
    };
    assert_eq!(next().await.resource, "things/before");
    fixture.announce(&fixture.database, "things/after").await;
    let event = next().await;
    assert_eq!((event.resource.as_str(), event.position), ("things/after", 2));
    assert_eq!(event.actor, "services/test");
    assert_eq!(event.r#type, "salient.events.v1.ListEventsResponse");
}

#[tokio::test]
async fn a_feed_is_filtered_by_type_and_goes_on_after_what_was_filtered() {
    let fixture = Fixture::start().await;
    let _shutdown = {
        let shutdown = CancellationToken::new();
        tokio::spawn(Sequencer::new(fixture.database.clone()).run(shutdown.clone()));
        shutdown.drop_guard()
    };
    fixture
        .database
        .transaction(&op(), Sample, async |tx: &mut Tx| {
            tx.announce(NewEvent::of("a", &ListEventsResponse::default()));
            tx.announce(NewEvent::of("b", &StreamEventsRequest::default()));
            tx.announce(NewEvent::of("c", &ListEventsResponse::default()));
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    let feed = FeedService::new(fixture.database.clone(), "north");
    eventually("all are numbered", async || all(&feed, 0).await.len() == 3).await;
    let request = ListEventsRequest {
        parent: "services/north".into(),
        types: vec!["salient.events.v1.StreamEventsRequest".into()],
        ..Default::default()
    };
    let page = feed.list_events(&op(), request).await.unwrap();
    let resources: HashSet<_> = page.events.iter().map(|event| event.resource.as_str()).collect();
    assert_eq!((resources, page.next_position), (HashSet::from(["b"]), 3));
    assert_eq!(feed.head(&op()).await.unwrap(), 3);
    let elsewhere = ListEventsRequest {
        parent: "services/south".into(),
        ..Default::default()
    };
    let refused = feed.list_events(&op(), elsewhere).await.unwrap_err();
    assert_eq!(refused.reason(), "ERROR_REASON_RESOURCE_NOT_FOUND");
}
