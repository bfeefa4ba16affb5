//! Two replicas of every service over one database, and a company that works with them.

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener},
};

use rand::Rng as _;
use salient_approval_orchestrator::ApprovalOrchestrator;
use salient_contracts::Contracts;
use salient_customers::Customers;
use salient_failpoints::VARIABLE;
use salient_organization::{Founding, Organization, bootstrap};
use salient_server::Service;
use salient_testkit::{Manner, TestDatabase, issuer, variables};
use salient_tests::company::{Company, Department, Place};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::{
    points::Points,
    replica::{Ends, Replica, Start},
    traces::Mark,
};

/// The services, by name and schema.
pub const SERVICES: [(&str, &str); 4] = [
    (Organization::NAME, Organization::SCHEMA),
    (Customers::NAME, Customers::SCHEMA),
    (Contracts::NAME, Contracts::SCHEMA),
    (ApprovalOrchestrator::NAME, ApprovalOrchestrator::SCHEMA),
];

/// Everything of one lane: no other reads or writes any of it.
pub struct House {
    folder: TempDir,
    pub points: Points,
    pub replicas: [Replica; 2],
    /// The database, as its owner.
    pub sql: Client,
    /// The department, whose people call one replica, and then the other.
    pub department: Department,
    _database: TestDatabase,
}

impl House {
    /// Starts it, and founds a company.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("salient-faults")
            .tempdir()
            .unwrap();
        let points = Points::new(folder.path());
        let sets = [
            Organization::migrations(),
            Customers::migrations(),
            Contracts::migrations(),
            ApprovalOrchestrator::migrations(),
        ];
        let database = TestDatabase::start(&sets).await;
        let founding = Founding {
            company_name: "北风贸易".into(),
            company_code: "BF".into(),
            administrator_number: "A-1".into(),
            administrator_name: "系统管理员".into(),
            date: jiff::civil::date(1996, 1, 1),
        };
        let organization = database.database(Organization::SCHEMA).await;
        let founded = bootstrap(&organization, &founding).await.unwrap();
        drop(organization);

        let ports = free_ports();
        let mut common = variables(&database).await;
        // Both replicas' connections, of every lane, have to find room in one cluster.
        common.push(("SALIENT__DATABASE__MAX_CONNECTIONS".into(), "3".into()));
        common.push(("SALIENT__TELEMETRY__FILTER".into(), "warn".into()));
        common.push((
            "SALIENT__SERVICES__APPROVAL_ORCHESTRATOR__SETTINGS__ANCHOR_PERIOD".into(),
            "200ms".into(),
        ));
        common.push((VARIABLE.into(), points.folder().to_str().unwrap().into()));
        let replicas = [0, 1].map(|replica: usize| {
            let mut variables = common.clone();
            for (service, (name, _)) in SERVICES.iter().enumerate() {
                let name = name.to_uppercase().replace('-', "_");
                let own = ports[replica][service];
                variables.push((format!("SALIENT__SERVICES__{name}__LISTEN"), own.to_string()));
                // Both work with one of the two: for one replica whoever calls and whoever is called end together, for the other
                // apart.
                let peer = ports[usize::from(service >= 2)][service];
                variables.push((format!("SALIENT__PEERS__{name}"), format!("http://{peer}")));
            }
            Replica::start(Start {
                variables,
                log: folder.path().join(format!("replica-{replica}.log")),
            })
        });
        let company = Company::there(
            place(&ports, Manner::ByTurns).await,
            format!("orgUnits/{}", founded.company),
            format!("employees/{}", founded.administrator),
        );
        let (sql, connection) = tokio_postgres::connect(database.owner_url().expose_secret(), NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        Self {
            folder,
            points,
            replicas,
            sql,
            department: Department::open_in(company).await,
            _database: database,
        }
    }

    /// The same company, called otherwise.
    pub async fn company_calling(&self, manner: Manner) -> Company {
        let here = &self.department.company;
        let Place::Replicated { addresses, .. } = &here.place else {
            unreachable!("it is replicated");
        };
        let place = Place::Replicated {
            addresses: addresses.clone(),
            manner,
            issuer: Box::new(issuer().await),
        };
        Company::there(place, here.unit.clone(), here.administrator().employee)
    }

    /// The same people, calling otherwise.
    pub async fn department_calling(&self, manner: Manner) -> Department {
        let here = &self.department;
        let company = self.company_calling(manner).await;
        let desk = |desk: &salient_tests::desk::Desk| company.desk(&desk.employee);
        Department {
            management: desk(&here.management),
            director: desk(&here.director),
            manager: desk(&here.manager),
            supervisor: desk(&here.supervisor),
            salesperson: desk(&here.salesperson),
            finance: desk(&here.finance),
            region: here.region.clone(),
            team: here.team.clone(),
            company,
        }
    }

    /// The approvals that came after a mark.
    pub async fn newest(&self, mark: &Mark) -> Vec<String> {
        let approvals =
            "SELECT 'approvals/' || id FROM approval.approval WHERE create_time > $1::text::timestamptz";
        let rows = self.sql.query(approvals, &[&mark.time]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How processes ended so far.
    pub fn ends(&self) -> Ends {
        let [mut one, other] = self.replicas.each_ref().map(Replica::ends);
        one.aborted += other.aborted;
        one.others.extend(other.others);
        one
    }

    /// What the replicas had to say.
    pub fn log(&self) -> String {
        let log = |replica: usize| {
            let log = fs::read_to_string(self.folder.path().join(format!("replica-{replica}.log")));
            format!("replica {replica}:\n{}", log.unwrap_or_default())
        };
        log(0) + &log(1)
    }

    /// Ends its processes.
    pub async fn stop(self) {
        for replica in self.replicas {
            replica.stop().await;
        }
    }
}

type Ports = [[SocketAddr; SERVICES.len()]; 2];

async fn place(ports: &Ports, manner: Manner) -> Place {
    let addresses = SERVICES.iter().enumerate().map(|(service, (name, _))| {
        let replicas = ports.iter().map(|ports| ports[service]).collect();
        ((*name).to_owned(), replicas)
    });
    Place::Replicated {
        addresses: addresses.collect::<BTreeMap<_, Vec<_>>>(),
        manner,
        issuer: Box::new(issuer().await),
    }
}

/// Ports that nobody listens on, below those that outgoing connections get: processes come back to them.
fn free_ports() -> Ports {
    let mut random = rand::rng();
    loop {
        let first: u16 = random.random_range(10_000..30_000);
        let address =
            |replica: u16, service: u16| SocketAddr::from(([127, 0, 0, 1], first + replica * 4 + service));
        let ports = [0, 1].map(|replica| [0, 1, 2, 3].map(|service| address(replica, service)));
        if ports.iter().flatten().all(|port| TcpListener::bind(port).is_ok()) {
            return ports;
        }
    }
}
