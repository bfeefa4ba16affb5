//! What was left is delivered: once recorded never again, in order, however often it fails.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use salient_database::Database;
use salient_outbox::{Delivery, Disposition, Handler, Relay};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fixture::{DESTINATION, Fixture, eventually};

/// Takes what it is told to take, and remembers what came.
#[derive(Default)]
struct Far {
    /// How often each delivery of this method is refused first, and how.
    refusals: HashMap<&'static str, (usize, Disposition)>,
    attempts: Mutex<Vec<(Uuid, String)>>,
    pause: Duration,
}

impl Far {
    fn arrived(&self) -> Vec<(Uuid, String)> {
        self.attempts.lock().unwrap().clone()
    }

    fn attempts_of(&self, id: Uuid) -> usize {
        self.arrived()
            .iter()
            .filter(|(arrived, _)| *arrived == id)
            .count()
    }
}

#[async_trait]
impl Handler for Far {
    fn destination(&self) -> &str {
        DESTINATION
    }

    async fn deliver(&self, delivery: &Delivery) -> Disposition {
        tokio::time::sleep(self.pause).await;
        self.attempts
            .lock()
            .unwrap()
            .push((delivery.id, delivery.method.clone()));
        match self.refusals.get(delivery.method.as_str()) {
            Some((times, refusal)) if self.attempts_of(delivery.id) <= *times => refusal.clone(),
            _ => Disposition::Done,
        }
    }
}

fn relay(database: Database, far: &Arc<Far>) -> CancellationToken {
    let shutdown = CancellationToken::new();
    let handler: Arc<dyn Handler> = far.clone();
    tokio::spawn(Relay::new(database, vec![handler]).run(shutdown.clone()));
    shutdown
}

fn retry() -> Disposition {
    Disposition::Retry {
        reason: "not yet".into(),
    }
}

#[tokio::test]
async fn what_arrived_is_gone_and_never_comes_again() {
    let fixture = Fixture::start().await;
    let far = Arc::new(Far::default());
    let _shutdown = relay(fixture.database.clone(), &far).drop_guard();
    let ids = fixture.send(&[("a", "one"), ("b", "two"), ("c", "three")]).await;
    eventually("all arrived", async || fixture.waiting().await == 0).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    for id in ids {
        assert_eq!(far.attempts_of(id), 1);
    }
}

#[tokio::test]
async fn one_line_keeps_its_order_and_holds_up_no_other() {
    let fixture = Fixture::start().await;
    let far = Arc::new(Far {
        refusals: HashMap::from([("slow", (3, retry()))]),
        ..Far::default()
    });
    let _shutdown = relay(fixture.database.clone(), &far).drop_guard();
    let ids = fixture
        .send(&[("a", "slow"), ("a", "after"), ("b", "other"), ("a", "last")])
        .await;
    eventually("all arrived", async || fixture.waiting().await == 0).await;
    let order: Vec<_> = far.arrived().into_iter().map(|(_, method)| method).collect();
    let in_line: Vec<_> = order.iter().filter(|method| *method != "other").collect();
    assert_eq!(in_line, ["slow", "slow", "slow", "slow", "after", "last"]);
    assert_eq!(far.attempts_of(ids[2]), 1);
    let other = order.iter().position(|method| method == "other").unwrap();
    let last = order.iter().rposition(|method| method == "slow").unwrap();
    assert!(other < last, "the other line did not wait: {order:?}");
}

#[tokio::test]
async fn what_is_refused_for_good_stays_with_its_reason() {
    let fixture = Fixture::start().await;
    let stuck = Disposition::Stuck {
        reason: "no such customer".into(),
    };
    let far = Arc::new(Far {
        refusals: HashMap::from([("bad", (usize::MAX, stuck))]),
        ..Far::default()
    });
    let _shutdown = relay(fixture.database.clone(), &far).drop_guard();
    let ids = fixture.send(&[("a", "bad"), ("b", "good")]).await;
    eventually("the other arrived", async || fixture.waiting().await == 1).await;
    eventually("the reason is kept", async || {
        fixture.last_error(ids[0]).await.as_deref() == Some("no such customer")
    })
    .await;
    assert_eq!(far.attempts_of(ids[0]), 1, "it is not hurried");
}

#[tokio::test]
async fn two_replicas_deliver_everything_and_nothing_twice() {
    let fixture = Fixture::start().await;
    let far = Arc::new(Far {
        pause: Duration::from_millis(2),
        ..Far::default()
    });
    let _one = relay(fixture.database.clone(), &far).drop_guard();
    let _other = relay(fixture.replica().await, &far).drop_guard();
    let mut sent = Vec::new();
    for line in 0..40 {
        let line = (line % 10).to_string();
        sent.extend(
            fixture
                .send(&[(&line, "call"), (&line, "call"), (&line, "call")])
                .await,
        );
    }
    eventually("all arrived", async || fixture.waiting().await == 0).await;
    for id in &sent {
        assert_eq!(far.attempts_of(*id), 1);
    }
    assert_eq!(far.arrived().len(), sent.len());
}

#[tokio::test]
async fn what_another_replica_left_is_found_without_a_hint() {
    let fixture = Fixture::start().await;
    let far = Arc::new(Far::default());
    let _shutdown = relay(fixture.replica().await, &far).drop_guard();
    fixture.send(&[("a", "call")]).await;
    eventually("it arrived", async || fixture.waiting().await == 0).await;
}

#[tokio::test]
async fn the_end_waits_for_what_is_under_way() {
    let fixture = Fixture::start().await;
    let far = Arc::new(Far {
        pause: Duration::from_millis(400),
        ..Far::default()
    });
    let shutdown = CancellationToken::new();
    let handler: Arc<dyn Handler> = far.clone();
    let running = tokio::spawn(Relay::new(fixture.database.clone(), vec![handler]).run(shutdown.clone()));
    fixture.send(&[("a", "call")]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!((far.arrived().len(), fixture.waiting().await), (1, 0));
}
