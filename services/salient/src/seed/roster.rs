//! Who works in the company, in which post, where.

use std::collections::HashMap;

use salient_proto::organization::v1::{
    Appointment, ListAppointmentsRequest, ListEmployeesRequest, OrgUnit,
    appointment_service_client::AppointmentServiceClient, employee_service_client::EmployeeServiceClient,
    org_unit::Kind,
};

use crate::{
    client::{Session, refused},
    installation::Person,
    suite::Member,
};

/// Everybody, by number, with the first of the posts held.
pub(super) async fn people(session: &Session, units: Vec<OrgUnit>) -> anyhow::Result<Vec<Person>> {
    let units: HashMap<_, _> = units.into_iter().map(|unit| (unit.name.clone(), unit)).collect();
    let mut posts = HashMap::new();
    for appointment in appointments(session).await? {
        posts.entry(appointment.employee.clone()).or_insert(appointment);
    }
    let mut client = EmployeeServiceClient::new(session.at(Member::Organization)?);
    let mut people = Vec::new();
    let mut request = ListEmployeesRequest::default();
    loop {
        let page = client
            .list_employees(request.clone())
            .await
            .map_err(refused("listing employees"))?
            .into_inner();
        for employee in page.employees {
            let held = posts.get(&employee.name);
            let unit = held.and_then(|held| units.get(&held.unit));
            people.push(Person {
                number: employee.number,
                name: employee.display_name,
                post: held
                    .map(|held| held.post().as_str_name().to_owned())
                    .unwrap_or_default(),
                unit: held.map(|held| held.unit.clone()).unwrap_or_default(),
                unit_name: unit.map(|unit| unit.display_name.clone()).unwrap_or_default(),
                region_code: unit.map(|unit| region_code(&units, unit)).unwrap_or_default(),
                employee: employee.name,
                token: None,
            });
        }
        if page.next_page_token.is_empty() {
            return Ok(people);
        }
        request.page_token = page.next_page_token;
    }
}

async fn appointments(session: &Session) -> anyhow::Result<Vec<Appointment>> {
    let mut client = AppointmentServiceClient::new(session.at(Member::Organization)?);
    let mut appointments = Vec::new();
    let mut request = ListAppointmentsRequest::default();
    loop {
        let page = client.list_appointments(request.clone()).await;
        let page = page.map_err(refused("listing appointments"))?.into_inner();
        appointments.extend(page.appointments);
        if page.next_page_token.is_empty() {
            return Ok(appointments);
        }
        request.page_token = page.next_page_token;
    }
}

/// The code of the region that the unit is or lies in; empty above the regions.
fn region_code(units: &HashMap<String, OrgUnit>, unit: &OrgUnit) -> String {
    let mut here = Some(unit);
    while let Some(unit) = here {
        if unit.kind() == Kind::Region {
            return unit.code.clone();
        }
        here = units.get(&unit.parent);
    }
    String::new()
}
