//! Who is asked in whose place, now and at once.

use std::time::{Duration, Instant};

use futures::future::join_all;
use jiff::SignedDuration;
use salient_proto::approval::v1::{
    CreateDeputyshipRequest, Deputyship, EndDeputyshipRequest, ResolveStandInRequest,
    deputyship_service_client::DeputyshipServiceClient,
};
use salient_testkit::Person;
use salient_values::timestamp;

use crate::{
    errors::reason,
    house::{House, PATIENCE, id},
    replicas::Replicas,
};

#[tokio::test]
async fn a_change_counts_at_once() {
    let house = House::open().await;
    let (zhang, wang) = (&house.zhang, &house.wang);
    for _ in 0..20 {
        assert_eq!(house.stand_in(zhang).await.deputy, "");
        let made = house.appoint(zhang, wang, |_| {}).await.unwrap();
        assert_eq!(house.stand_in(zhang).await.deputy, wang.name());
        house.end(zhang, &made).await.unwrap();
    }
    // For its kinds and its time alone.
    let made = house
        .appoint(zhang, wang, |wish| {
            wish.kinds = vec!["contract".to_owned()];
            wish.start_time = house.hours(10);
        })
        .await
        .unwrap();
    let asked = async |kind: &str, hours: i64| {
        let request = ResolveStandInRequest {
            kind: kind.to_owned(),
            time: house.hours(hours),
            ..Default::default()
        };
        let answer = house.deputyships(zhang).resolve_stand_in(request).await;
        answer.unwrap().into_inner().deputy
    };
    assert_eq!(asked("contract", 9).await, "");
    assert_eq!(asked("contract", 11).await, wang.name());
    assert_eq!(asked("contract-change", 11).await, "");
    house.clock.shift(SignedDuration::from_hours(11));
    assert_eq!(house.stand_in(zhang).await.deputy, wang.name());
    let mut shorter = made;
    shorter.end_time = house.hours(1);
    house.update(zhang, &shorter, &["end_time"]).await.unwrap();
    assert_eq!(asked("contract", 2).await, "");
    house.clock.shift(SignedDuration::from_hours(2));
    assert_eq!(house.stand_in(zhang).await.deputy, "");
}

#[tokio::test]
async fn where_the_last_in_the_chain_has_left_the_one_before_is_asked() {
    let house = House::open().await;
    let [first, last] = ["同事一", "同事二"].map(|name| house.colleague(name));
    house.appoint(&house.zhang, &first, |_| {}).await.unwrap();
    house.appoint(&first, &last, |_| {}).await.unwrap();
    assert_eq!(house.stand_in(&house.zhang).await.deputy, last.name());
    for (leaves, expected) in [(&last, first.name()), (&first, String::new())] {
        house.service.people().depart(leaves);
        let start = Instant::now();
        // The service keeps who people are for two seconds.
        while house.stand_in(&house.zhang).await.deputy != expected {
            assert!(start.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_of_three_at_once_never_closes() {
    let house = House::open().await;
    for _ in 0..20 {
        let people: Vec<Person> = (0..3)
            .map(|number| house.colleague(&number.to_string()))
            .collect();
        let wishes = (0..3).map(|number| house.appoint(&people[number], &people[(number + 1) % 3], |_| {}));
        let answers = join_all(wishes).await;
        let lost: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        let reasons: Vec<_> = lost.iter().map(reason).collect();
        assert_eq!(reasons, ["ERROR_REASON_DEPUTYSHIP_CYCLE"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_on_two_replicas_never_become_each_others_deputies() {
    let both = Replicas::start().await;
    let people = [&both.zhang, &both.admin];
    let clients = [0, 1].map(|replica| DeputyshipServiceClient::new(both.channels[replica].clone()));
    for round in 0..50 {
        let wish = async |number: usize| {
            let request = CreateDeputyshipRequest {
                deputyship: Some(Deputyship {
                    deputy: people[1 - number].name(),
                    end_time: Some(timestamp::to_proto(
                        both.clock.now() + SignedDuration::from_hours(24),
                    )),
                    ..Default::default()
                }),
                request_id: id(),
            };
            let replica = (number + round) % 2;
            let request = both.as_person(people[number], request);
            clients[replica].clone().create_deputyship(request).await
        };
        let (made, lost, winner) = match tokio::join!(wish(0), wish(1)) {
            (Ok(made), Err(lost)) => (made.into_inner(), lost, 0),
            (Err(lost), Ok(made)) => (made.into_inner(), lost, 1),
            other => panic!("one wins: {other:?}"),
        };
        assert_eq!(reason(&lost), "ERROR_REASON_DEPUTYSHIP_CYCLE", "{lost:?}");

        // Each replica knows it, and when it has ended, though only one was told.
        let known = async |replica: usize, expected: &str| {
            let start = Instant::now();
            loop {
                let request = ResolveStandInRequest {
                    kind: "contract".to_owned(),
                    ..Default::default()
                };
                let request = both.as_person(people[winner], request);
                let answer = clients[replica].clone().resolve_stand_in(request).await;
                if answer.unwrap().into_inner().deputy == expected {
                    return;
                }
                assert!(start.elapsed() < PATIENCE);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if round == 0 {
            tokio::join!(known(0, &made.deputy), known(1, &made.deputy));
        }
        let request = EndDeputyshipRequest {
            name: made.name,
            etag: String::new(),
            request_id: id(),
        };
        let request = both.as_person(people[winner], request);
        clients[0].clone().end_deputyship(request).await.unwrap();
        if round == 0 {
            tokio::join!(known(0, ""), known(1, ""));
        }
    }
}
