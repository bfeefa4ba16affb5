use prost_types::FieldMask;
use salient_proto::{
    access::v1::{GetProfileRequest, Post, profile_service_client::ProfileServiceClient},
    organization::v1::{
        Appointment, BatchGetEmployeesRequest, CreateEmployeeRequest, Employee, GetEmployeeRequest,
        ListAppointmentsRequest, ListEmployeesRequest, RecordDepartureRequest, UpdateEmployeeRequest,
        employee::State,
    },
};

use crate::harness::{Company, draft, in_days, reason, request_id};

fn leaving(name: &str, days: i32) -> RecordDepartureRequest {
    RecordDepartureRequest {
        name: name.into(),
        leave_date: Some(in_days(days)),
        request_id: request_id(),
        ..RecordDepartureRequest::default()
    }
}

#[tokio::test]
async fn a_person_is_recorded_once_and_changed_by_mask() {
    let company = Company::start().await;
    let name = company.hire("S-1").await;
    let mut people = company.people();
    let twice = CreateEmployeeRequest {
        employee: Some(Employee {
            number: "S-1".into(),
            display_name: "王伟".into(),
            ..Employee::default()
        }),
        request_id: request_id(),
    };
    assert_eq!(
        reason(people.create_employee(twice).await),
        "EMPLOYEE_NUMBER_TAKEN"
    );

    let change = UpdateEmployeeRequest {
        employee: Some(Employee {
            name: name.clone(),
            display_name: "李娜".into(),
            email: "li.na@example.com".into(),
            ..Employee::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["email".into()],
        }),
        request_id: request_id(),
    };
    let changed = people.update_employee(change).await.unwrap().into_inner();
    assert_eq!(
        (changed.display_name.as_str(), changed.email.as_str()),
        ("Person S-1", "li.na@example.com")
    );
    let read = people
        .get_employee(GetEmployeeRequest { name })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(read, changed);
}

#[tokio::test]
async fn people_are_listed_by_state_and_page() {
    let company = Company::start().await;
    let mut names = Vec::new();
    for number in ["S-1", "S-2", "S-3"] {
        names.push(company.hire(number).await);
    }
    let mut people = company.people();
    people.record_departure(leaving(&names[1], 0)).await.unwrap();
    let later = CreateEmployeeRequest {
        employee: Some(Employee {
            number: "S-4".into(),
            display_name: "明天".into(),
            hire_date: Some(in_days(1)),
            ..Employee::default()
        }),
        request_id: request_id(),
    };
    assert_eq!(
        people.create_employee(later).await.unwrap().into_inner().state(),
        State::Pending
    );
    for (filter, expected) in [
        ("", &["A001", "S-1", "S-2", "S-3", "S-4"][..]),
        ("state = STATE_ACTIVE", &["A001", "S-1", "S-3"]),
        ("state != STATE_ACTIVE", &["S-2", "S-4"]),
        ("state = STATE_LEFT", &["S-2"]),
        (
            "state != STATE_LEFT AND number != \"S-1\"",
            &["A001", "S-3", "S-4"],
        ),
        ("state = STATE_PENDING", &["S-4"]),
        (
            "state != STATE_PENDING AND display_name = \"Person S-1\"",
            &["S-1"],
        ),
    ] {
        let (mut token, mut found) = (String::new(), Vec::new());
        loop {
            let request = ListEmployeesRequest {
                page_size: 2,
                page_token: token,
                filter: filter.into(),
                ..ListEmployeesRequest::default()
            };
            let page = people.list_employees(request).await.unwrap().into_inner();
            found.extend(page.employees.into_iter().map(|person| person.number));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(found, expected, "{filter}");
    }
    let batch = BatchGetEmployeesRequest {
        names: vec![names[2].clone(), names[0].clone()],
    };
    let batch = people
        .batch_get_employees(batch)
        .await
        .unwrap()
        .into_inner()
        .employees;
    assert_eq!(
        batch.iter().map(|person| &person.name).collect::<Vec<_>>(),
        [&names[2], &names[0]]
    );
}

#[tokio::test]
async fn whoever_leaves_holds_nothing_from_that_day_on() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let li = company.staff("S-1", Post::Salesperson, &east).await;
    let mut people = company.people();
    let gone = people
        .record_departure(leaving(&li, 0))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(gone.state(), State::Left);
    let held = ListAppointmentsRequest {
        filter: format!("employee = \"{li}\""),
        ..ListAppointmentsRequest::default()
    };
    let held = company
        .appointments()
        .list_appointments(held)
        .await
        .unwrap()
        .into_inner()
        .appointments;
    assert_eq!(held[0].end_date, Some(in_days(0)));

    let mut profiles = ProfileServiceClient::new(company.service.channel_as_service("contracts"));
    let request = GetProfileRequest {
        name: format!("{li}/profile"),
    };
    let profile = profiles.get_profile(request).await.unwrap().into_inner();
    assert!(!profile.active);
    assert!(profile.posts.is_empty());
    assert_eq!(
        reason(people.record_departure(leaving(&li, 3)).await),
        "EMPLOYEE_LEAVES_ALREADY"
    );
    assert_eq!(
        reason(people.record_departure(leaving(&li, -3)).await),
        "DATE_IN_PAST"
    );
}

#[tokio::test]
async fn line_managers_and_the_last_administrator_cannot_just_leave() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let manager = company.staff("M-1", Post::RegionalManager, &east).await;
    let li = company.hire("S-1").await;
    let reporting = Appointment {
        reports_to: manager.clone(),
        ..draft(&li, Post::Salesperson, &east)
    };
    company.make(reporting).await.unwrap();
    let mut people = company.people();
    assert_eq!(
        reason(people.record_departure(leaving(&manager, 30)).await),
        "EMPLOYEE_HAS_REPORTS"
    );
    let administrator = format!("employees/{}", company.founded.administrator);
    assert_eq!(
        reason(people.record_departure(leaving(&administrator, 30)).await),
        "LAST_ADMINISTRATOR"
    );
    company.staff("A002", Post::Administrator, &company.root()).await;
    assert!(people.record_departure(leaving(&administrator, 30)).await.is_ok());
}

#[tokio::test]
async fn malformed_people_are_refused_at_the_field() {
    let company = Company::start().await;
    let good = Employee {
        number: "S-1".into(),
        display_name: "李娜".into(),
        ..Employee::default()
    };
    for wrong in [
        Employee {
            number: "no spaces".into(),
            ..good.clone()
        },
        Employee {
            number: String::new(),
            ..good.clone()
        },
        Employee {
            display_name: " ".into(),
            ..good.clone()
        },
        Employee {
            display_name: "长".repeat(101),
            ..good.clone()
        },
        Employee {
            email: "nobody".into(),
            ..good.clone()
        },
        Employee {
            hire_date: Some(salient_proto::google::r#type::Date {
                year: 2026,
                month: 2,
                day: 30,
            }),
            ..good
        },
    ] {
        let request = CreateEmployeeRequest {
            employee: Some(wrong.clone()),
            request_id: request_id(),
        };
        assert_eq!(
            reason(company.people().create_employee(request).await),
            "REQUEST_INVALID",
            "{wrong:?}"
        );
    }
}
