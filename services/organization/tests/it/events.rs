use std::time::{Duration, Instant};

use salient_proto::{
    access::v1::Post,
    events::v1::{Event, ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
    organization::v1::{EndAppointmentRequest, RecordDepartureRequest},
};

use crate::harness::{Company, in_days, request_id};

/// All events, once there are so many.
async fn events(company: &Company, count: usize) -> Vec<Event> {
    let mut feed = EventFeedServiceClient::new(company.service.channel_as_service("analytics"));
    let since = Instant::now();
    loop {
        let request = ListEventsRequest {
            parent: "services/organization".into(),
            ..ListEventsRequest::default()
        };
        let events = feed.list_events(request).await.unwrap().into_inner().events;
        if events.len() >= count {
            return events;
        }
        assert!(since.elapsed() < Duration::from_secs(10), "{events:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn every_change_is_announced_once() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let li = company.hire("S-1").await;
    let held = company.appoint(&li, Post::Salesperson, &east).await;
    let ending = EndAppointmentRequest {
        name: held.name,
        end_date: Some(in_days(9)),
        request_id: request_id(),
        ..EndAppointmentRequest::default()
    };
    let first = company
        .appointments()
        .end_appointment(ending.clone())
        .await
        .unwrap()
        .into_inner();
    // By now it has ended; the repeat is answered as the first was, and changes nothing.
    let again = company
        .appointments()
        .end_appointment(ending)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);
    let leaving = RecordDepartureRequest {
        name: li,
        leave_date: Some(in_days(5)),
        request_id: request_id(),
        ..RecordDepartureRequest::default()
    };
    company.people().record_departure(leaving).await.unwrap();

    let events = events(&company, 9).await;
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event.r#type.rsplit('.').next().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "OrgUnitCreated",
            "EmployeeCreated",
            "AppointmentCreated",
            "OrgUnitCreated",
            "EmployeeCreated",
            "AppointmentCreated",
            "AppointmentEnded",
            "AppointmentEnded",
            "EmployeeDeparted",
        ]
    );
}
