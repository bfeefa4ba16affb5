//! An organisation that has just begun, and what makes it grow over the public methods.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, date},
    tz::TimeZone,
};
use salient_failure::reason_of;
use salient_organization::{Founded, Founding, Organization, bootstrap};
use salient_proto::{
    access::v1::Post,
    google::r#type as google,
    organization::v1::{
        Appointment, CreateAppointmentRequest, CreateEmployeeRequest, CreateOrgUnitRequest, Employee,
        OrgUnit, appointment::Kind, appointment_service_client::AppointmentServiceClient,
        employee_service_client::EmployeeServiceClient, lookup_service_client::LookupServiceClient, org_unit,
        org_unit_service_client::OrgUnitServiceClient,
    },
};
use salient_testkit::{Caller, TestService};
use tonic::Status;
use uuid::Uuid;

/// The first day of everything.
pub const FOUNDED: Date = date(2020, 1, 1);

/// A service with a company and its first administrator.
pub struct Company {
    pub service: TestService<Organization>,
    pub founded: Founded,
}

pub fn founding() -> Founding {
    Founding {
        company_name: "北风实业".into(),
        company_code: "BF".into(),
        administrator_number: "A001".into(),
        administrator_name: "管理员".into(),
        date: FOUNDED,
    }
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// Today as the company counts days.
pub fn today() -> Date {
    TimeZone::get("Asia/Shanghai")
        .unwrap()
        .to_datetime(Timestamp::now())
        .date()
}

/// So many days from today.
pub fn in_days(days: i32) -> google::Date {
    proto_date(today().saturating_add(days.days()))
}

pub fn proto_date(date: Date) -> google::Date {
    salient_values::date::to_proto(date)
}

/// The reason of a refusal.
pub fn reason<T: std::fmt::Debug>(refused: Result<T, Status>) -> String {
    let status = refused.unwrap_err();
    reason_of(&status).map_or_else(
        || format!("{status:?}"),
        |reason| reason.replace("ERROR_REASON_", ""),
    )
}

impl Company {
    pub async fn start() -> Self {
        let service = TestService::<Organization>::start().await;
        let founded = bootstrap(service.database(), &founding()).await.unwrap();
        Self { service, founded }
    }

    /// Calls as the first administrator.
    pub fn administrator(&self) -> Caller {
        self.service.channel_as_employee(self.founded.administrator)
    }

    pub fn units(&self) -> OrgUnitServiceClient<Caller> {
        OrgUnitServiceClient::new(self.administrator())
    }

    pub fn people(&self) -> EmployeeServiceClient<Caller> {
        EmployeeServiceClient::new(self.administrator())
    }

    pub fn appointments(&self) -> AppointmentServiceClient<Caller> {
        AppointmentServiceClient::new(self.administrator())
    }

    /// Asks as the service that resolves approvers.
    pub fn lookups(&self) -> LookupServiceClient<Caller> {
        LookupServiceClient::new(self.service.channel_as_service("approval-orchestrator"))
    }

    /// The company's own name.
    pub fn root(&self) -> String {
        format!("orgUnits/{}", self.founded.company)
    }

    pub async fn region(&self, code: &str) -> String {
        self.unit(org_unit::Kind::Region, code, &self.root())
            .await
            .unwrap()
            .name
    }

    pub async fn team(&self, parent: &str) -> String {
        self.unit(org_unit::Kind::Team, "", parent).await.unwrap().name
    }

    pub async fn unit(&self, kind: org_unit::Kind, code: &str, parent: &str) -> Result<OrgUnit, Status> {
        let unit = OrgUnit {
            kind: kind.into(),
            display_name: format!("单元 {code}"),
            code: code.into(),
            parent: parent.into(),
            open_date: Some(proto_date(FOUNDED)),
            ..OrgUnit::default()
        };
        let request = CreateOrgUnitRequest {
            org_unit: Some(unit),
            request_id: request_id(),
        };
        Ok(self.units().create_org_unit(request).await?.into_inner())
    }

    /// Records a person by their number.
    pub async fn hire(&self, number: &str) -> String {
        let employee = Employee {
            number: number.into(),
            display_name: format!("Person {number}"),
            hire_date: Some(proto_date(FOUNDED)),
            ..Employee::default()
        };
        let request = CreateEmployeeRequest {
            employee: Some(employee),
            request_id: request_id(),
        };
        self.people()
            .create_employee(request)
            .await
            .unwrap()
            .into_inner()
            .name
    }

    /// Appoints to a primary post from the beginning.
    pub async fn appoint(&self, employee: &str, post: Post, unit: &str) -> Appointment {
        self.make(draft(employee, post, unit)).await.unwrap()
    }

    pub async fn make(&self, appointment: Appointment) -> Result<Appointment, Status> {
        let request = CreateAppointmentRequest {
            appointment: Some(appointment),
            request_id: request_id(),
        };
        Ok(self
            .appointments()
            .create_appointment(request)
            .await?
            .into_inner())
    }

    /// Records a person and appoints them to a primary post from the beginning.
    pub async fn staff(&self, number: &str, post: Post, unit: &str) -> String {
        let person = self.hire(number).await;
        self.appoint(&person, post, unit).await;
        person
    }
}

/// A primary appointment from the beginning.
pub fn draft(employee: &str, post: Post, unit: &str) -> Appointment {
    Appointment {
        employee: employee.into(),
        post: post.into(),
        unit: unit.into(),
        kind: Kind::Primary.into(),
        start_date: Some(proto_date(FOUNDED)),
        ..Appointment::default()
    }
}
