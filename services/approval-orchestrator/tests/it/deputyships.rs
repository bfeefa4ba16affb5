//! Deputyships: who makes, sees, changes and ends them.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection as _;
use jiff::SignedDuration;
use salient_proto::{
    approval::v1::{
        Deputyship, EndDeputyshipRequest, GetDeputyshipRequest, ListDeputyshipsRequest,
        ResolveStandInRequest, UpdateDeputyshipRequest, deputyship::State,
        deputyship_service_client::DeputyshipServiceClient,
    },
    events::v1::{Event, ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
};
use salient_testkit::Person;
use tonic::{Code, Status};

use crate::{
    deputies::{metadata, refused, week},
    errors::reason,
    house::{House, PATIENCE, id},
};

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
