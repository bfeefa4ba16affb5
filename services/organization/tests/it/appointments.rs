use std::time::{Duration, Instant};

use salient_proto::{
    access::v1::{GetProfileRequest, Post, profile_service_client::ProfileServiceClient},
    organization::v1::{
        Appointment, CreateAppointmentRequest, EndAppointmentRequest, GetAppointmentRequest,
        ListAppointmentsRequest, ListOrgUnitsRequest, appointment::Kind,
        appointment_service_client::AppointmentServiceClient,
    },
};
use tonic::Code;

use crate::harness::{Company, draft, in_days, reason, request_id};

fn ending(name: &str, days: i32) -> EndAppointmentRequest {
    EndAppointmentRequest {
        name: name.into(),
        end_date: Some(in_days(days)),
        request_id: request_id(),
        ..EndAppointmentRequest::default()
    }
}

#[tokio::test]
async fn a_person_has_one_primary_post_on_any_day() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let team = company.team(&east).await;
    let li = company.hire("S-1").await;
    let first = company.appoint(&li, Post::Salesperson, &team).await;
    assert_eq!(
        reason(company.make(draft(&li, Post::Supervisor, &team)).await),
        "PRIMARY_APPOINTMENT_OVERLAPS"
    );
    let beside = Appointment {
        kind: Kind::Additional.into(),
        ..draft(&li, Post::Salesperson, &team)
    };
    assert_eq!(reason(company.make(beside).await), "POST_HELD_ALREADY");

    // Periods are half-open: the next begins on the very day that the first is no longer held.
    company
        .appointments()
        .end_appointment(ending(&first.name, 10))
        .await
        .unwrap();
    let early = Appointment {
        start_date: Some(in_days(9)),
        ..draft(&li, Post::Supervisor, &team)
    };
    assert_eq!(
        reason(company.make(early.clone()).await),
        "PRIMARY_APPOINTMENT_OVERLAPS"
    );
    let next = Appointment {
        start_date: Some(in_days(10)),
        ..early
    };
    assert!(company.make(next).await.is_ok());
    assert_eq!(
        reason(
            company
                .appointments()
                .end_appointment(ending(&first.name, 10))
                .await
        ),
        "APPOINTMENT_ENDED"
    );
}

#[tokio::test]
async fn posts_are_held_where_they_belong_by_who_is_there() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let li = company.hire("S-1").await;
    assert_eq!(
        reason(company.make(draft(&li, Post::Director, &east)).await),
        "POST_NOT_IN_UNIT"
    );
    let before = salient_proto::google::r#type::Date {
        year: 2019,
        month: 1,
        day: 1,
    };
    let before = Appointment {
        start_date: Some(before),
        ..draft(&li, Post::Salesperson, &east)
    };
    assert_eq!(reason(company.make(before).await), "EMPLOYEE_NOT_EMPLOYED");
    let backwards = Appointment {
        end_date: Some(in_days(-9000)),
        ..draft(&li, Post::Salesperson, &east)
    };
    assert_eq!(reason(company.make(backwards).await), "REQUEST_INVALID");
    let nobody = draft(
        "employees/00000000-0000-0000-0000-000000000000",
        Post::Salesperson,
        &east,
    );
    assert_eq!(reason(company.make(nobody).await), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn nobody_reports_to_themself_around_corners() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let [one, two, three] = [
        company.hire("1").await,
        company.hire("2").await,
        company.hire("3").await,
    ];
    let under = |who: &str, manager: &str| Appointment {
        reports_to: manager.into(),
        ..draft(who, Post::Salesperson, &east)
    };
    assert_eq!(reason(company.make(under(&one, &one)).await), "REPORTING_CYCLE");
    company.make(under(&one, &two)).await.unwrap();
    company.make(under(&two, &three)).await.unwrap();
    assert_eq!(reason(company.make(under(&three, &one)).await), "REPORTING_CYCLE");
    let beside = Appointment {
        kind: Kind::Acting.into(),
        ..under(&three, &one)
    };
    assert_eq!(reason(company.make(beside).await), "REQUEST_INVALID");
}

#[tokio::test]
async fn of_two_primary_posts_at_once_one_is_given() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let li = company.hire("S-1").await;
    let tries = (0..8).map(|number| {
        let post = if number % 2 == 0 {
            Post::Salesperson
        } else {
            Post::Supervisor
        };
        let appointment = Some(draft(&li, post, &east));
        let mut client = company.appointments();
        async move {
            client
                .create_appointment(CreateAppointmentRequest {
                    appointment,
                    request_id: request_id(),
                })
                .await
        }
    });
    let mut given = 0;
    for made in tries.map(tokio::spawn).collect::<Vec<_>>() {
        match made.await.unwrap() {
            Ok(_) => given += 1,
            refused => assert_eq!(reason(refused), "PRIMARY_APPOINTMENT_OVERLAPS"),
        }
    }
    assert_eq!(given, 1);
}

#[tokio::test]
async fn a_post_that_is_taken_away_stops_working_within_seconds() {
    let company = Company::start().await;
    let second = company.hire("A002").await;
    let held = company
        .appoint(&second, Post::Administrator, &company.root())
        .await;
    let id = second.strip_prefix("employees/").unwrap().parse().unwrap();
    let channel = company.service.channel_as_employee(id);
    let mut as_second = AppointmentServiceClient::new(channel);
    // Refused because there is no such appointment: the post itself works.
    let nothing = || ending("appointments/00000000-0000-0000-0000-000000000000", 1);
    assert_eq!(
        as_second.end_appointment(nothing()).await.unwrap_err().code(),
        Code::NotFound
    );

    let revoked = Instant::now();
    company
        .appointments()
        .end_appointment(ending(&held.name, 0))
        .await
        .unwrap();
    // Other services learn it with their next question.
    let mut profiles = ProfileServiceClient::new(company.service.channel_as_service("contracts"));
    let profile = profiles
        .get_profile(GetProfileRequest {
            name: format!("{second}/profile"),
        })
        .await
        .unwrap();
    assert!(profile.into_inner().posts.is_empty());
    while as_second.end_appointment(nothing()).await.unwrap_err().code() != Code::PermissionDenied {
        assert!(revoked.elapsed() < Duration::from_secs(5), "still works");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn the_last_administrator_stays_and_a_planned_post_can_be_called_off() {
    let company = Company::start().await;
    let mut appointments = company.appointments();
    let request = ListAppointmentsRequest {
        filter: "post = POST_ADMINISTRATOR".into(),
        ..Default::default()
    };
    let held = appointments
        .list_appointments(request)
        .await
        .unwrap()
        .into_inner()
        .appointments;
    assert_eq!(
        reason(appointments.end_appointment(ending(&held[0].name, 10)).await),
        "LAST_ADMINISTRATOR"
    );

    let east = company.region("HD").await;
    let li = company.hire("S-1").await;
    let planned = Appointment {
        start_date: Some(in_days(30)),
        ..draft(&li, Post::Salesperson, &east)
    };
    let planned = company.make(planned).await.unwrap();
    let off = appointments
        .end_appointment(ending(&planned.name, 0))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(off.end_date, off.start_date);
    let read = appointments
        .get_appointment(GetAppointmentRequest { name: planned.name })
        .await
        .unwrap();
    assert_eq!(read.into_inner(), off);
    assert!(company.make(draft(&li, Post::Salesperson, &east)).await.is_ok());
}

#[tokio::test]
async fn appointments_are_listed_by_day_unit_and_kind() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let li = company.hire("S-1").await;
    let first = company.appoint(&li, Post::Salesperson, &east).await;
    let acting = Appointment {
        kind: Kind::Acting.into(),
        start_date: Some(in_days(5)),
        ..draft(&li, Post::RegionalManager, &east)
    };
    let acting = company.make(acting).await.unwrap();
    let mut appointments = company.appointments();
    for (filter, days, order_by, expected) in [
        (
            format!("unit = \"{east}\""),
            None,
            "start_date desc",
            vec![&acting.name, &first.name],
        ),
        (format!("unit = \"{east}\""), Some(0), "", vec![&first.name]),
        (
            format!("employee = \"{li}\" AND kind != KIND_PRIMARY"),
            Some(5),
            "",
            vec![&acting.name],
        ),
        (
            format!("employee = \"{li}\""),
            Some(4),
            "start_date",
            vec![&first.name],
        ),
    ] {
        let request = ListAppointmentsRequest {
            filter: filter.clone(),
            order_by: order_by.into(),
            date: days.map(in_days),
            ..ListAppointmentsRequest::default()
        };
        let found = appointments
            .list_appointments(request)
            .await
            .unwrap()
            .into_inner()
            .appointments;
        assert_eq!(
            found.iter().map(|held| &held.name).collect::<Vec<_>>(),
            expected,
            "{filter} {days:?}"
        );
    }
    // A stale etag, and a list that is asked for by a page of another query.
    let stale = EndAppointmentRequest {
        etag: "\"7\"".into(),
        ..ending(&first.name, 1)
    };
    assert_eq!(reason(appointments.end_appointment(stale).await), "ETAG_MISMATCH");
    let forged = ListOrgUnitsRequest {
        page_token: "forged".into(),
        ..ListOrgUnitsRequest::default()
    };
    assert_eq!(
        reason(company.units().list_org_units(forged).await),
        "PAGE_TOKEN_INVALID"
    );
}
