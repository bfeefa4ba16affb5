//! Which deputyships there may be.

use diesel_async::SimpleAsyncConnection as _;
use jiff::SignedDuration;
use salient_proto::approval::v1::{Deputyship, deputyship::State};
use salient_testkit::Person;
use tonic::Code;

use crate::{
    deputies::{metadata, refused},
    house::{House, id},
};

#[tokio::test]
async fn what_may_not_be_is_refused_with_its_reason() {
    let house = House::open().await;
    let (zhang, wang, admin) = (&house.zhang, &house.wang, &house.admin);
    let gone = house.colleague("离职");
    house.service.people().depart(&gone);
    let precondition = Code::FailedPrecondition;

    let oneself = house.appoint(zhang, zhang, |_| {}).await;
    let status = refused(oneself, Code::InvalidArgument, "DEPUTY_IS_PRINCIPAL");
    assert_eq!(metadata(&status)["principal"], zhang.name());
    for (start, end, cause) in [
        (None, house.hours(-1), "PAST"),
        (house.hours(2), house.hours(1), "ORDER"),
        (house.hours(1), house.hours(400 * 24 + 2), "TOO_LONG"),
    ] {
        let answer = house.appoint(zhang, wang, |wish| {
            (wish.start_time, wish.end_time) = (start, end)
        });
        let status = refused(answer.await, Code::InvalidArgument, "DEPUTYSHIP_PERIOD_INVALID");
        assert_eq!(metadata(&status)["cause"], cause);
    }
    let nobody = house.appoint(zhang, wang, |wish| wish.deputy.clear()).await;
    refused(nobody, Code::InvalidArgument, "REQUEST_INVALID");
    let forever = house.appoint(zhang, wang, |wish| wish.end_time = None).await;
    refused(forever, Code::InvalidArgument, "REQUEST_INVALID");
    let unknown = format!("employees/{}", id());
    for deputy in [gone.name(), unknown.clone()] {
        let answer = house
            .appoint(zhang, wang, |wish| wish.deputy = deputy.clone())
            .await;
        let status = refused(answer, precondition, "DEPUTY_INACTIVE");
        assert_eq!(metadata(&status)["deputy"], deputy);
    }
    for principal in [gone.name(), unknown] {
        let answer = house.appoint(admin, wang, |wish| wish.principal = principal.clone());
        let status = refused(answer.await, precondition, "PRINCIPAL_INACTIVE");
        assert_eq!(metadata(&status)["principal"], principal);
    }
    let slip = house.appoint(zhang, wang, |wish| wish.kinds = vec!["contrcat".to_owned()]);
    let status = refused(slip.await, precondition, "POLICY_MISSING");
    assert_eq!(metadata(&status)["kind"], "contrcat");

    let contracts = |wish: &mut Deputyship| wish.kinds = vec!["contract".to_owned()];
    let first = house.appoint(zhang, wang, contracts).await.unwrap();
    let second = house.appoint(zhang, &house.zhao, |_| {}).await;
    let status = refused(second, precondition, "DEPUTYSHIP_OVERLAPS");
    assert_eq!(metadata(&status)["deputyship"], first.name);
    let changes = |wish: &mut Deputyship| wish.kinds = vec!["contract-change".to_owned()];
    house.appoint(zhang, &house.zhao, changes).await.unwrap();
    let later = house.appoint(zhang, &house.zhao, |wish| {
        wish.start_time = first.end_time;
        wish.end_time = house.hours(8 * 24);
        contracts(wish);
    });
    let later = later.await.unwrap();
    assert_eq!(later.state(), State::Scheduled);
    // What was made may not grow into the other's time either.
    let mut longer = first.clone();
    longer.end_time = house.hours(7 * 24 + 1);
    let status = refused(
        house.update(zhang, &longer, &["end_time"]).await,
        precondition,
        "DEPUTYSHIP_OVERLAPS",
    );
    assert_eq!(metadata(&status)["deputyship"], later.name);

    let back = house.appoint(wang, zhang, |_| {}).await;
    let status = refused(back, precondition, "DEPUTYSHIP_CYCLE");
    assert_eq!(metadata(&status)["kind"], "contract");
    let budgets = |wish: &mut Deputyship| wish.kinds = vec!["expense-budget".to_owned()];
    house.appoint(wang, zhang, budgets).await.unwrap();
}

#[tokio::test]
async fn a_chain_has_five_links_and_no_more() {
    let house = House::open().await;
    let people: Vec<Person> = (0..7)
        .map(|number| house.colleague(&format!("同事{number}")))
        .collect();
    // From its middle outwards, so that both ends are counted.
    for (principal, deputy) in [(2, 3), (1, 2), (3, 4), (0, 1), (4, 5)] {
        house
            .appoint(&people[principal], &people[deputy], |_| {})
            .await
            .unwrap();
    }
    let stand_in = house.stand_in(&people[0]).await;
    let names: Vec<_> = people[..6].iter().map(Person::name).collect();
    assert_eq!(stand_in.chain, names);
    assert_eq!(
        (stand_in.deputy.as_str(), stand_in.deputy_display_name.as_str()),
        (names[5].as_str(), "同事5")
    );
    for (principal, deputy) in [(5, 6), (6, 0)] {
        let answer = house
            .appoint(&people[principal], &people[deputy], |wish| {
                wish.kinds = vec!["contract".to_owned()];
            })
            .await;
        let status = refused(answer, Code::FailedPrecondition, "DEPUTYSHIP_CHAIN_TOO_LONG");
        let told = metadata(&status);
        assert_eq!((told["most"].as_str(), told["kind"].as_str()), ("5", "contract"));
    }
    let round = house.appoint(&people[5], &people[0], |_| {}).await;
    refused(round, Code::FailedPrecondition, "DEPUTYSHIP_CYCLE");
    // When the others are over, there is room again.
    house
        .appoint(&people[5], &people[6], |wish| {
            (wish.start_time, wish.end_time) = (house.hours(8 * 24), house.hours(9 * 24));
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn there_are_only_so_many() {
    let house = House::open().await;
    let slot = |hour: i64| {
        let (start, end) = (house.hours(hour), house.hours(hour + 1));
        house.appoint(&house.zhang, &house.wang, move |wish| {
            (wish.start_time, wish.end_time) = (start, end);
        })
    };
    // Two hours apart: hours are counted from when each is asked for.
    for number in 0..100 {
        slot(2 * number + 2).await.unwrap();
    }
    let status = refused(slot(500).await, Code::ResourceExhausted, "DEPUTYSHIPS_TOO_MANY");
    let told = metadata(&status);
    assert_eq!(
        (told["most"].as_str(), told["whose"].as_str()),
        ("100", "PRINCIPAL")
    );
    house.clock.shift(SignedDuration::from_hours(4));
    slot(500).await.unwrap();

    // As many as the company may have, all of them other people's.
    let mut owner = house.service.owner().await;
    let others = "INSERT INTO deputyship (id, principal, deputy, deputy_name, kinds, start_time, end_time, reason, author, \
                  version, create_time, update_time) \
                  SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', '{}', now(), now() + interval '300 days', '', \
                  '', 1, now(), now() FROM generate_series(1, 49900)";
    owner.batch_execute(others).await.unwrap();
    let full = house.appoint(&house.li, &house.wang, |_| {}).await;
    let status = refused(full, Code::ResourceExhausted, "DEPUTYSHIPS_TOO_MANY");
    let told = metadata(&status);
    assert_eq!(
        (told["most"].as_str(), told["whose"].as_str()),
        ("50000", "COMPANY")
    );
    // All of them can be at hand; when one is over, there is room.
    house.clock.shift(SignedDuration::from_mins(150));
    let expected = [house.zhang.name(), house.wang.name()];
    assert_eq!(house.stand_in(&house.zhang).await.chain, expected);
    house.appoint(&house.li, &house.wang, |_| {}).await.unwrap();
    assert_eq!(house.stand_in(&house.li).await.deputy, house.wang.name());
}
