//! The organisation's units, people and calendars (P2.1).

use salient_proto::{
    access::v1::Post,
    google::r#type::Date,
    organization::v1::{
        Appointment, Calendar, CalendarVersion, CloseOrgUnitRequest, CreateAppointmentRequest,
        CreateCalendarRequest, CreateCalendarVersionRequest, Employee, EndAppointmentRequest,
        ImportEmployeesHeader, ImportEmployeesRequest, ImportEmployeesRow, MoveOrgUnitRequest, OrgUnit,
        RecordDepartureRequest, UpdateEmployeeRequest, UpdateOrgUnitRequest, Weekday, WeekdayHours,
        WorkingHours, appointment, appointment_service_client::AppointmentServiceClient,
        calendar_service_client::CalendarServiceClient, employee_service_client::EmployeeServiceClient,
        org_unit_service_client::OrgUnitServiceClient,
    },
};
use salient_testkit::Caller;
use salient_tests::company::{id_of, request_id};

use super::{Stage, unique};

fn channel(stage: Stage<'_>) -> Caller {
    let company = &stage.department.company;
    let administrator = company.administrator();
    company
        .place
        .channel_as("organization", id_of(&administrator.employee))
}

fn mask(path: &str) -> Option<prost_types::FieldMask> {
    Some(prost_types::FieldMask {
        paths: vec![path.into()],
    })
}

pub async fn units(stage: Stage<'_>) {
    let company = &stage.department.company;
    let mut units = OrgUnitServiceClient::new(channel(stage));
    let code = format!("U{}", &unique()[..8].to_uppercase());
    let region = company.region(&format!("大区 {code}"), &code).await;
    let team = company
        .team(&format!("组 {code}"), &stage.department.region)
        .await;
    let request = UpdateOrgUnitRequest {
        org_unit: Some(OrgUnit {
            name: team.clone(),
            display_name: format!("一组 {code}"),
            ..OrgUnit::default()
        }),
        update_mask: mask("display_name"),
        request_id: request_id(),
    };
    units.update_org_unit(request).await.unwrap();
    let request = MoveOrgUnitRequest {
        name: team.clone(),
        parent: region,
        request_id: request_id(),
        ..MoveOrgUnitRequest::default()
    };
    units.move_org_unit(request).await.unwrap();
    let request = CloseOrgUnitRequest {
        name: team,
        request_id: request_id(),
        ..CloseOrgUnitRequest::default()
    };
    units.close_org_unit(request).await.unwrap();
}

pub async fn people(stage: Stage<'_>) {
    let department = stage.department;
    let company = &department.company;
    let mut employees = EmployeeServiceClient::new(channel(stage));
    let mut appointments = AppointmentServiceClient::new(channel(stage));
    let number = unique().to_uppercase();
    let employee = company
        .employ(&number, "孙悦", Post::Salesperson, &department.team)
        .await;
    let request = UpdateEmployeeRequest {
        employee: Some(Employee {
            name: employee.clone(),
            display_name: "孙月".into(),
            ..Employee::default()
        }),
        update_mask: mask("display_name"),
        request_id: request_id(),
    };
    employees.update_employee(request).await.unwrap();
    let request = CreateAppointmentRequest {
        appointment: Some(Appointment {
            employee: employee.clone(),
            post: Post::Analyst.into(),
            unit: company.unit.clone(),
            kind: appointment::Kind::Additional.into(),
            ..Appointment::default()
        }),
        request_id: request_id(),
    };
    let additional = appointments
        .create_appointment(request)
        .await
        .unwrap()
        .into_inner();
    let request = EndAppointmentRequest {
        name: additional.name,
        request_id: request_id(),
        ..EndAppointmentRequest::default()
    };
    appointments.end_appointment(request).await.unwrap();
    let request = RecordDepartureRequest {
        name: employee,
        request_id: request_id(),
        ..RecordDepartureRequest::default()
    };
    employees.record_departure(request).await.unwrap();
    let messages = vec![
        ImportEmployeesRequest {
            header: Some(ImportEmployeesHeader {
                request_id: request_id(),
                validate_only: false,
            }),
            rows: Vec::new(),
        },
        ImportEmployeesRequest {
            header: None,
            rows: vec![ImportEmployeesRow {
                row: 1,
                number: unique().to_uppercase(),
                display_name: "钱进".into(),
                post: Post::Salesperson.into(),
                unit: department.team.clone(),
                ..ImportEmployeesRow::default()
            }],
        },
    ];
    let imported = employees.import_employees(tokio_stream::iter(messages)).await;
    let imported = imported.unwrap().into_inner();
    assert!(imported.imported, "{:?}", imported.problems);
}

/// A calendar in which somebody works every day of the week.
pub async fn calendar(stage: Stage<'_>) -> String {
    let mut calendars = CalendarServiceClient::new(channel(stage));
    let request = CreateCalendarRequest {
        calendar: Some(Calendar {
            display_name: "中国".into(),
            time_zone: "Asia/Shanghai".into(),
            ..Calendar::default()
        }),
        calendar_id: format!("c-{}", unique()),
        request_id: request_id(),
    };
    let calendar = calendars
        .create_calendar(request)
        .await
        .unwrap()
        .into_inner()
        .name;
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let hours = |weekday: Weekday| WeekdayHours {
        weekday: weekday.into(),
        hours: vec![WorkingHours {
            start_time: "09:00".into(),
            end_time: "17:00".into(),
        }],
    };
    let request = CreateCalendarVersionRequest {
        parent: calendar.clone(),
        calendar_version: Some(CalendarVersion {
            effective_date: Some(Date {
                year: 2020,
                month: 1,
                day: 1,
            }),
            weekly_hours: days.map(hours).into(),
            ..CalendarVersion::default()
        }),
        request_id: request_id(),
    };
    calendars.create_calendar_version(request).await.unwrap();
    calendar
}
