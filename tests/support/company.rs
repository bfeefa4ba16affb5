//! A company on four services in this process, built over the public API.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use salient_access::token::Issuer;
use salient_approval_orchestrator::ApprovalOrchestrator;
use salient_contracts::Contracts;
use salient_customers::Customers;
use salient_organization::{Founding, Organization, bootstrap};
use salient_proto::{
    access::v1::Post,
    organization::v1::{
        Appointment, CreateAppointmentRequest, CreateEmployeeRequest, CreateOrgUnitRequest, Employee,
        OrgUnit, appointment, appointment_service_client::AppointmentServiceClient,
        employee_service_client::EmployeeServiceClient, org_unit,
        org_unit_service_client::OrgUnitServiceClient,
    },
};
use salient_testkit::{Caller, Manner, Services, TestSuite, caller, caller_of_replicas};
use uuid::Uuid;

use crate::desk::{Desk, patiently};

/// Where a company's services run.
pub enum Place {
    /// In this process, on a database of the test's own.
    Here(Box<TestSuite>),
    /// In another process: addresses by service, and the issuer whose tokens they accept.
    There {
        /// `127.0.0.1:7101` by service.
        addresses: BTreeMap<String, SocketAddr>,
        /// Signs its people's tokens.
        issuer: Box<Issuer>,
    },
    /// In several processes over one database.
    Replicated {
        /// The addresses of its replicas by service.
        addresses: BTreeMap<String, Vec<SocketAddr>>,
        /// How they are called.
        manner: Manner,
        /// Signs its people's tokens.
        issuer: Box<Issuer>,
    },
}

impl Place {
    /// A channel to a service for calls as an employee.
    #[must_use]
    pub fn channel_as(&self, service: &str, employee: Uuid) -> Caller {
        match self {
            Self::Here(suite) => suite.channel_as(service, employee),
            Self::There { addresses, issuer } => {
                let token = issuer.issue_person(employee, VALID).expect("signed");
                caller(addresses[service], Some(&token))
            }
            Self::Replicated {
                addresses,
                manner,
                issuer,
            } => {
                let token = issuer.issue_person(employee, VALID).expect("signed");
                caller_of_replicas(&addresses[service], *manner, Some(&token))
            }
        }
    }
}

/// Longer than any test.
const VALID: Duration = Duration::from_secs(3600);

/// A company and the services it works with.
pub struct Company {
    /// The four services.
    pub place: Place,
    /// The company as a unit, `orgUnits/{uuid}`.
    pub unit: String,
    administrator: String,
}

/// A new request id.
#[must_use]
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The id in a resource name of one level.
#[must_use]
pub fn id_of(name: &str) -> Uuid {
    let (_, id) = name.split_once('/').expect("a resource name");
    Uuid::try_parse(id).expect("a UUID")
}

impl Company {
    /// Starts the services and founds a company with nobody but its administrator.
    pub async fn found() -> Self {
        Self::found_with(Services::default()).await
    }

    /// The same with settings of the test's own.
    pub async fn found_with(services: Services) -> Self {
        let services = services
            .with::<Organization>()
            .with::<Customers>()
            .with::<Contracts>()
            .with::<ApprovalOrchestrator>();
        let suite = TestSuite::start(services).await;
        let founding = Founding {
            company_name: "北风贸易".into(),
            company_code: "BF".into(),
            administrator_number: "A-1".into(),
            administrator_name: "系统管理员".into(),
            date: jiff::civil::date(1996, 1, 1),
        };
        let founded = bootstrap(&suite.database("organization").await, &founding)
            .await
            .expect("founded");
        Self {
            place: Place::Here(Box::new(suite)),
            unit: format!("orgUnits/{}", founded.company),
            administrator: format!("employees/{}", founded.administrator),
        }
    }

    /// A company that was founded already, elsewhere.
    #[must_use]
    pub fn there(place: Place, unit: String, administrator: String) -> Self {
        Self {
            place,
            unit,
            administrator,
        }
    }

    /// The services, where they run in this process.
    #[must_use]
    pub fn suite(&self) -> &TestSuite {
        match &self.place {
            Place::Here(suite) => suite,
            Place::There { .. } | Place::Replicated { .. } => panic!("the services run in another process"),
        }
    }

    /// The administrator's desk.
    #[must_use]
    pub fn administrator(&self) -> Desk {
        self.desk(&self.administrator)
    }

    /// The desk of an employee: what they do, they do as themselves.
    #[must_use]
    pub fn desk(&self, employee: &str) -> Desk {
        Desk::of(&self.place, employee)
    }

    fn channel(&self) -> Caller {
        self.place.channel_as("organization", id_of(&self.administrator))
    }

    /// Opens a region under the company.
    pub async fn region(&self, display_name: &str, code: &str) -> String {
        self.open(org_unit::Kind::Region, display_name, code, &self.unit)
            .await
    }

    /// Opens a team.
    pub async fn team(&self, display_name: &str, parent: &str) -> String {
        self.open(org_unit::Kind::Team, display_name, "", parent).await
    }

    async fn open(&self, kind: org_unit::Kind, display_name: &str, code: &str, parent: &str) -> String {
        let request = CreateOrgUnitRequest {
            org_unit: Some(OrgUnit {
                kind: kind.into(),
                display_name: display_name.into(),
                code: code.into(),
                parent: parent.into(),
                ..OrgUnit::default()
            }),
            request_id: request_id(),
        };
        let units = OrgUnitServiceClient::new(self.channel());
        let unit = patiently(async || units.clone().create_org_unit(request.clone()).await)
            .await
            .expect("opened");
        unit.into_inner().name
    }

    /// Hires a person without a post.
    pub async fn hire(&self, number: &str, display_name: &str) -> String {
        let request = CreateEmployeeRequest {
            employee: Some(Employee {
                number: number.into(),
                display_name: display_name.into(),
                ..Employee::default()
            }),
            request_id: request_id(),
        };
        let employees = EmployeeServiceClient::new(self.channel());
        let employee = patiently(async || employees.clone().create_employee(request.clone()).await)
            .await
            .expect("hired");
        employee.into_inner().name
    }

    /// Gives a person their main post, and a line manager where the structure gives none.
    pub async fn appoint(&self, employee: &str, post: Post, unit: &str, reports_to: &str) {
        self.appoint_as(appointment::Kind::Primary, employee, post, unit, reports_to)
            .await;
    }

    /// Gives a person another post beside the main one.
    pub async fn appoint_also(&self, employee: &str, post: Post, unit: &str) {
        self.appoint_as(appointment::Kind::Additional, employee, post, unit, "")
            .await;
    }

    async fn appoint_as(
        &self,
        kind: appointment::Kind,
        employee: &str,
        post: Post,
        unit: &str,
        reports_to: &str,
    ) {
        let request = CreateAppointmentRequest {
            appointment: Some(Appointment {
                employee: employee.into(),
                post: post.into(),
                unit: unit.into(),
                kind: kind.into(),
                reports_to: reports_to.into(),
                ..Appointment::default()
            }),
            request_id: request_id(),
        };
        let appointments = AppointmentServiceClient::new(self.channel());
        let appointed =
            patiently(async || appointments.clone().create_appointment(request.clone()).await).await;
        appointed.expect("appointed");
    }

    /// Hires a person into their main post.
    pub async fn employ(&self, number: &str, display_name: &str, post: Post, unit: &str) -> String {
        let employee = self.hire(number, display_name).await;
        self.appoint(&employee, post, unit, "").await;
        employee
    }
}

/// The people of a small sales department, with a desk each.
pub struct Department {
    /// The company they work for.
    pub company: Company,
    /// The region.
    pub region: String,
    /// The team in it.
    pub team: String,
    /// Company management.
    pub management: Desk,
    /// The director.
    pub director: Desk,
    /// The region's manager.
    pub manager: Desk,
    /// The team's supervisor.
    pub supervisor: Desk,
    /// A salesperson of the team.
    pub salesperson: Desk,
    /// Finance.
    pub finance: Desk,
}

impl Department {
    /// A company with one region and one team, every post filled.
    pub async fn open() -> Self {
        Self::open_in(Company::found().await).await
    }

    /// The same in a company that was founded already.
    pub async fn open_in(company: Company) -> Self {
        let region = company.region("华东", "HD").await;
        let team = company.team("华东一组", &region).await;
        let unit = company.unit.clone();
        let employ = async |number, name, post, unit: &str| {
            company.desk(&company.employ(number, name, post, unit).await)
        };
        Self {
            management: employ("G-1", "陈建国", Post::CompanyManagement, &unit).await,
            director: employ("G-2", "赵敏", Post::Director, &unit).await,
            finance: employ("F-1", "周洁", Post::Finance, &unit).await,
            manager: employ("R-1", "王伟", Post::RegionalManager, &region).await,
            supervisor: employ("T-1", "李娜", Post::Supervisor, &team).await,
            salesperson: employ("S-1", "张强", Post::Salesperson, &team).await,
            region,
            team,
            company,
        }
    }
}
