//! The sample company works on two replicas, of which one is killed fifty times.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use rust_decimal::Decimal;
use salient_testkit::Manner;
use salient_tests::{contract::amount, journey::Journey};

use crate::{
    house::House,
    replica::Replica,
    traces::{broken, rest},
};

const KILLS: usize = 50;
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_of_one_replica_or_the_other_change_nothing() {
    let house = House::start().await;
    let journey = Journey::start(house.company_calling(Manner::ByTurns).await).await;
    let seed = std::env::var("KILL_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("KILL_SEED={seed}");
    let done = AtomicBool::new(false);
    let playing = async {
        let signed = journey.play(AT_ONCE).await;
        done.store(true, Ordering::SeqCst);
        signed
    };
    let (signed, kills) = tokio::join!(playing, kill(&house.replicas, seed, &done));
    assert_eq!(kills, KILLS, "all of them while there was work to do");

    let names: BTreeSet<_> = signed.iter().map(|contract| contract.name.clone()).collect();
    let numbers: BTreeSet<_> = signed.iter().map(|contract| contract.number.clone()).collect();
    assert_eq!((names.len(), numbers.len()), (830, 830));
    let total: Decimal = signed
        .iter()
        .map(|contract| amount(contract.total.as_ref().unwrap()))
        .sum();
    assert_eq!(total, journey.northwind.total());
    rest(&house.sql).await.unwrap();
    let broken = broken(&house.sql).await;
    assert!(broken.is_empty(), "{broken:#?}");
    let count = "SELECT (SELECT count(*) FROM contracts.contract WHERE state = 'SIGNED'), \
                 (SELECT count(*) FROM contracts.contract), (SELECT count(*) FROM approval.approval), \
                 (SELECT sum(confirmed)::text FROM customers.credit_account)";
    let row = house.sql.query_one(count, &[]).await.unwrap();
    let counts: [i64; 3] = [row.get(0), row.get(1), row.get(2)];
    assert_eq!(counts, [830; 3]);
    assert_eq!(row.get::<_, String>(3).parse::<Decimal>().unwrap(), total);
    let ends = house.ends();
    assert_eq!((ends.aborted, ends.others), (0, Vec::new()), "{}", house.log());
    house.stop().await;
}

async fn kill(replicas: &[Replica; 2], seed: u64, done: &AtomicBool) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let mut kills = 0;
    while kills < KILLS && !done.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(random.random_range(50..500))).await;
        replicas[random.random_range(0..2)].kill();
        kills += 1;
    }
    kills
}
