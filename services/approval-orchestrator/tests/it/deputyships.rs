//! Who is asked in whose place.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection as _;
use futures::future::join_all;
use jiff::SignedDuration;
use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        CreateDeputyshipRequest, Deputyship, EndDeputyshipRequest, GetDeputyshipRequest,
        ListDeputyshipsRequest, ResolveStandInRequest, UpdateDeputyshipRequest, deputyship::State,
        deputyship_service_client::DeputyshipServiceClient,
    },
    events::v1::{Event, ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
};
use salient_testkit::{Person, held};
use tonic::{Code, Status};

use crate::{
    deputies::{metadata, week},
    errors::reason,
    house::{House, PATIENCE, id},
    replicas::Replicas,
};

fn refused(answer: Result<Deputyship, Status>, code: Code, why: &str) -> Status {
    let status = answer.unwrap_err();
    assert_eq!(
        (status.code(), reason(&status)),
        (code, format!("ERROR_REASON_{why}")),
        "{status:?}"
    );
    status
}

impl House {
    /// Somebody of the team.
    fn colleague(&self, name: &str) -> Person {
        self.service
            .people()
            .add(name, &[held(Post::Salesperson, self.team)])
    }
}

#[tokio::test]
async fn a_deputyship_is_made_changed_and_ended() {
    let house = House::open().await;
    let mut mine = house.deputyships(&house.zhang);
    let mut request = week(&house, &house.wang);
    let wish = request.deputyship.as_mut().unwrap();
    wish.kinds = vec![
        "contract-change".to_owned(),
        "contract".to_owned(),
        "contract".to_owned(),
    ];
    wish.start_time = house.hours(-5);
    let made = mine
        .create_deputyship(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            made.principal.as_str(),
            made.deputy.as_str(),
            made.author.as_str()
        ),
        (
            house.zhang.name().as_str(),
            house.wang.name().as_str(),
            house.zhang.name().as_str()
        )
    );
    assert_eq!(made.deputy_display_name, house.wang.display_name());
    assert_eq!(made.kinds, ["contract", "contract-change"]);
    assert_eq!(made.start_time, made.create_time, "what is past stays as it was");
    assert_eq!((made.state(), made.stop_time), (State::Active, None));
    let again = mine
        .create_deputyship(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again, made);
    let mut other = request;
    other.deputyship.as_mut().unwrap().reason = "出差".to_owned();
    let reused = mine
        .create_deputyship(other)
        .await
        .map(tonic::Response::into_inner);
    refused(reused, Code::InvalidArgument, "REQUEST_ID_REUSED");

    let mut wanted = made.clone();
    wanted.reason = "产假".to_owned();
    wanted.end_time = house.hours(100 * 24);
    let reworded = house.update(&house.zhang, &wanted, &["reason"]).await.unwrap();
    assert_eq!(
        (reworded.reason.as_str(), reworded.end_time),
        ("产假", made.end_time)
    );
    let stale = house.update(&house.zhang, &wanted, &["end_time"]).await;
    refused(stale, Code::Aborted, "ETAG_MISMATCH");
    wanted.etag = reworded.etag;
    let request = UpdateDeputyshipRequest {
        deputyship: Some(wanted.clone()),
        update_mask: None,
        request_id: id(),
    };
    let longer = mine
        .update_deputyship(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert!(longer.end_time.unwrap().seconds - made.end_time.unwrap().seconds >= 92 * 24 * 3600);
    assert_eq!(longer.start_time, made.start_time);
    let again = mine.update_deputyship(request).await.unwrap().into_inner();
    assert_eq!(again, longer);
    let fixed = house.update(&house.zhang, &longer, &["deputy"]).await;
    refused(fixed, Code::InvalidArgument, "REQUEST_INVALID");
    let mut endless = longer.clone();
    endless.end_time = None;
    let endless = house.update(&house.zhang, &endless, &["end_time"]).await;
    refused(endless, Code::InvalidArgument, "REQUEST_INVALID");

    let stale = house.end(&house.zhang, &made).await;
    refused(stale, Code::Aborted, "ETAG_MISMATCH");
    let request = EndDeputyshipRequest {
        name: made.name.clone(),
        etag: longer.etag.clone(),
        request_id: id(),
    };
    let ended = mine.end_deputyship(request.clone()).await.unwrap().into_inner();
    assert_eq!(
        (ended.state(), ended.stop_time, ended.end_time),
        (State::Ended, ended.update_time, longer.end_time)
    );
    let again = mine.end_deputyship(request).await.unwrap().into_inner();
    assert_eq!(again, ended);
    let over = house.end(&house.zhang, &ended).await;
    let status = refused(over, Code::FailedPrecondition, "DEPUTYSHIP_ENDED");
    assert_eq!(metadata(&status)["deputyship"], made.name);
    let over = house.update(&house.zhang, &ended, &["reason"]).await;
    refused(over, Code::FailedPrecondition, "DEPUTYSHIP_ENDED");
    // It is kept, and no longer in the way of another.
    let get = GetDeputyshipRequest {
        name: made.name.clone(),
    };
    assert_eq!(mine.get_deputyship(get).await.unwrap().into_inner(), ended);
    house.appoint(&house.zhang, &house.wang, |_| {}).await.unwrap();

    let told = announced(&house, &made.name).await;
    let types: Vec<_> = told
        .iter()
        .map(|event| event.r#type.rsplit('.').next().unwrap())
        .collect();
    let [created, changed, ended] = ["DeputyshipCreated", "DeputyshipChanged", "DeputyshipEnded"];
    assert_eq!(types, [created, changed, changed, ended]);
    assert!(told.iter().all(|event| event.actor == house.zhang.name()));
}

/// The events of a deputyship, when those are numbered that were committed after them.
async fn announced(house: &House, deputyship: &str) -> Vec<Event> {
    let mut feed = EventFeedServiceClient::new(house.service.channel_as(&house.admin));
    let request = ListEventsRequest {
        parent: "services/approval-orchestrator".to_owned(),
        ..Default::default()
    };
    let start = Instant::now();
    loop {
        let answer = feed.list_events(request.clone()).await.unwrap().into_inner();
        let events = answer.events.into_iter();
        let (own, others): (Vec<_>, Vec<_>) = events.partition(|event| event.resource == deputyship);
        // The last thing that was done was to make another one.
        if others
            .iter()
            .any(|event| event.r#type.ends_with("DeputyshipCreated"))
        {
            return own;
        }
        assert!(start.elapsed() < PATIENCE, "{others:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

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

#[tokio::test]
async fn everybody_manages_their_own_and_administrators_all() {
    let house = House::open().await;
    let (li, zhang, wang, admin) = (&house.li, &house.zhang, &house.wang, &house.admin);
    let denied = Code::PermissionDenied;
    let anothers = house
        .appoint(li, zhang, |wish| wish.principal = wang.name())
        .await;
    refused(anothers, denied, "OUT_OF_SCOPE");
    let made = house
        .appoint(admin, zhang, |wish| wish.principal = wang.name())
        .await
        .unwrap();
    assert_eq!(
        (made.principal.as_str(), made.author.as_str()),
        (wang.name().as_str(), admin.name().as_str())
    );

    let get = async |person: &Person, name: &str| {
        let name = name.to_owned();
        let answer = house
            .deputyships(person)
            .get_deputyship(GetDeputyshipRequest { name })
            .await;
        answer.map(tonic::Response::into_inner)
    };
    for person in [zhang, wang, admin] {
        assert_eq!(get(person, &made.name).await.unwrap(), made);
    }
    let missing = Deputyship {
        name: format!("deputyships/{}", id()),
        end_time: house.hours(1),
        ..Default::default()
    };
    refused(get(li, &made.name).await, denied, "OUT_OF_SCOPE");
    refused(get(li, &missing.name).await, denied, "OUT_OF_SCOPE");
    refused(
        get(admin, &missing.name).await,
        Code::NotFound,
        "RESOURCE_NOT_FOUND",
    );
    // The deputy sees it, and does not change it.
    for person in [li, zhang] {
        for deputyship in [&made, &missing] {
            refused(house.end(person, deputyship).await, denied, "OUT_OF_SCOPE");
            let update = house.update(person, deputyship, &["reason"]).await;
            refused(update, denied, "OUT_OF_SCOPE");
        }
    }
    refused(
        house.end(admin, &missing).await,
        Code::NotFound,
        "RESOURCE_NOT_FOUND",
    );
    let update = house.update(admin, &missing, &[]).await;
    refused(update, Code::NotFound, "RESOURCE_NOT_FOUND");
    let request = ResolveStandInRequest {
        principal: wang.name(),
        kind: "contract".to_owned(),
        time: None,
    };
    let status = house
        .deputyships(li)
        .resolve_stand_in(request.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (denied, "ERROR_REASON_OUT_OF_SCOPE")
    );
    let found = house.deputyships(admin).resolve_stand_in(request).await.unwrap();
    assert_eq!(found.into_inner().deputy, zhang.name());
    // Nor does a service have deputies.
    let mut service = DeputyshipServiceClient::new(house.service.channel_as_service("contracts"));
    let status = service.create_deputyship(week(&house, zhang)).await.unwrap_err();
    assert_eq!(status.code(), denied);

    house.update(wang, &made, &["reason"]).await.unwrap();
    let made = get(wang, &made.name).await.unwrap();
    house.end(wang, &made).await.unwrap();
}

#[tokio::test]
async fn lists_hold_what_concerns_the_caller() {
    let house = House::open().await;
    let (li, zhang, wang, admin) = (&house.li, &house.zhang, &house.wang, &house.admin);
    let as_principal = house.appoint(zhang, wang, |_| {}).await.unwrap();
    let as_deputy = house.appoint(li, zhang, |_| {}).await.unwrap();
    let anothers = house.appoint(wang, &house.zhao, |_| {}).await.unwrap();
    let scheduled = house
        .appoint(zhang, wang, |wish| {
            (wish.start_time, wish.end_time) = (house.hours(200), house.hours(300));
        })
        .await
        .unwrap();
    house.end(li, &as_deputy).await.unwrap();
    let list = async |person: &Person, filter: &str| {
        let (mut names, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListDeputyshipsRequest {
                page_size: 1,
                page_token,
                filter: filter.to_owned(),
            };
            let page = house
                .deputyships(person)
                .list_deputyships(request)
                .await?
                .into_inner();
            assert!(page.deputyships.len() <= 1);
            names.extend(page.deputyships.into_iter().map(|deputyship| deputyship.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok::<_, Status>(names);
            }
        }
    };
    let [a, b, c, d] = [&as_principal, &as_deputy, &anothers, &scheduled].map(|one| one.name.as_str());
    let of_wang = format!("deputy = \"{}\"", wang.name());
    for (person, filter, expected) in [
        (zhang, "", &[d, b, a][..]),
        (li, "", &[b]),
        (wang, "", &[d, c, a]),
        (admin, "", &[d, c, b, a]),
        (&house.zhao, "", &[c]),
        (admin, "state = \"ACTIVE\"", &[c, a]),
        (admin, "state != \"ACTIVE\"", &[d, b]),
        (admin, "state = \"SCHEDULED\"", &[d]),
        (admin, "state != \"SCHEDULED\"", &[c, b, a]),
        (admin, "state = \"ENDED\"", &[b]),
        (admin, "state != \"ENDED\"", &[d, c, a]),
        (zhang, "state = \"ENDED\"", &[b]),
        (admin, of_wang.as_str(), &[d, a]),
        (li, of_wang.as_str(), &[]),
        (
            wang,
            "start_time > \"2000-01-01T00:00:00Z\" AND end_time < \"2000-01-01T00:00:00Z\"",
            &[],
        ),
    ] {
        assert_eq!(list(person, filter).await.unwrap(), expected, "{filter}");
    }
    let status = list(zhang, "reason = \"年假\"").await.unwrap_err();
    assert_eq!(reason(&status), "ERROR_REASON_FILTER_INVALID");
    let request = ListDeputyshipsRequest {
        page_size: 1,
        ..Default::default()
    };
    let page = house
        .deputyships(zhang)
        .list_deputyships(request.clone())
        .await
        .unwrap()
        .into_inner();
    let stolen = ListDeputyshipsRequest {
        page_token: page.next_page_token,
        ..request
    };
    let status = house
        .deputyships(wang)
        .list_deputyships(stolen)
        .await
        .unwrap_err();
    assert_eq!(reason(&status), "ERROR_REASON_PAGE_TOKEN_INVALID");
    // What is over in time has ended by itself.
    house.clock.shift(SignedDuration::from_hours(250));
    assert_eq!(list(admin, "state = \"ACTIVE\"").await.unwrap(), [d]);
    assert_eq!(list(admin, "state = \"ENDED\"").await.unwrap(), [c, b, a]);
    let over = house.end(wang, &anothers).await;
    refused(over, Code::FailedPrecondition, "DEPUTYSHIP_ENDED");
}

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
                    end_time: Some(salient_values::timestamp::to_proto(
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

#[tokio::test]
async fn the_table_holds_no_nonsense_and_loses_nothing() {
    let house = House::open().await;
    let made = house.appoint(&house.zhang, &house.wang, |_| {}).await.unwrap();
    let id = made.name.trim_start_matches("deputyships/");
    let mut owner = house.service.owner().await;
    for (change, constraint) in [
        ("deputy = principal", "deputyship_of_another"),
        ("end_time = start_time", "deputyship_period"),
        (
            "end_time = start_time + interval '400 days 1 second'",
            "deputyship_not_endless",
        ),
        ("stop_time = end_time", "deputyship_stopped_early"),
        (
            "kinds = array_fill('contract'::text, ARRAY[21])",
            "deputyship_kinds_few",
        ),
    ] {
        let update = format!("UPDATE deputyship SET {change} WHERE id = '{id}'");
        let error = owner.batch_execute(&update).await.unwrap_err();
        assert!(error.to_string().contains(constraint), "{change}: {error}");
    }
    let role = "SET ROLE salient_approval; DELETE FROM deputyship";
    let error = owner.batch_execute(role).await.unwrap_err();
    assert!(error.to_string().contains("permission denied"), "{error}");
}
