use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use salient_access::token::Issuer;
use salient_config::Settings;
use salient_database::{Database, migrate::MigrationSet};
use salient_server::{Listener, Running, Service, host};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::{
    Caller, TestDatabase,
    caller::{VALID, caller, issuer},
    deployment::Deployment,
};

type Start = fn(Arc<Settings>, Listener, CancellationToken) -> BoxFuture<'static, Running>;

/// Which services a suite consists of.
#[derive(Default)]
pub struct Services {
    sets: Vec<MigrationSet>,
    starts: Vec<(&'static str, Start)>,
    settings: Vec<(String, String)>,
}

impl Services {
    /// Adds a service.
    #[must_use]
    pub fn with<S: Service>(mut self) -> Self {
        self.sets.push(S::migrations());
        self.starts.push((S::NAME, start::<S>));
        self
    }

    /// Sets a setting by its full name: `limits.deadline`.
    #[must_use]
    pub fn set(mut self, setting: &str, value: impl Into<String>) -> Self {
        self.settings.push((setting.to_owned(), value.into()));
        self
    }
}

fn start<S: Service>(
    settings: Arc<Settings>,
    listener: Listener,
    shutdown: CancellationToken,
) -> BoxFuture<'static, Running> {
    Box::pin(async move {
        let running = host::<S>(settings, listener, shutdown).await;
        running.unwrap_or_else(|error| panic!("{error:?}"))
    })
}

/// Several services on one database, each with its own schema and role, which call each other over gRPC.
pub struct TestSuite {
    addresses: BTreeMap<&'static str, SocketAddr>,
    database: TestDatabase,
    issuer: Issuer,
    shutdown: CancellationToken,
    /// Ends the services with the test.
    _guard: DropGuard,
    running: Vec<Running>,
}

impl TestSuite {
    /// Starts the services on a fresh, migrated database.
    pub async fn start(services: Services) -> Self {
        let database = TestDatabase::start(&services.sets).await;
        let issuer = issuer().await;
        let mut deployment = Deployment::new(&issuer).await;
        deployment.set("database.url", database.url_template());
        let mut listeners = Vec::new();
        let mut addresses = BTreeMap::new();
        for (name, start) in services.starts {
            let listener = Listener::bind(([127, 0, 0, 1], 0).into())
                .await
                .expect("a free port");
            let address = listener.address();
            deployment.set(&format!("peers.{name}"), format!("http://{address}"));
            addresses.insert(name, address);
            listeners.push((start, listener));
        }
        for (setting, value) in services.settings {
            deployment.set(&setting, value);
        }
        let settings = Arc::new(deployment.settings());
        let shutdown = CancellationToken::new();
        let mut running = Vec::new();
        for (start, listener) in listeners {
            running.push(start(Arc::clone(&settings), listener, shutdown.clone()).await);
        }
        Self {
            addresses,
            database,
            issuer,
            _guard: shutdown.clone().drop_guard(),
            shutdown,
            running,
        }
    }

    /// Where a service answers.
    #[must_use]
    pub fn address(&self, service: &str) -> SocketAddr {
        *self.addresses.get(service).expect("a service of this suite")
    }

    /// A channel to a service for calls as an employee.
    #[must_use]
    pub fn channel_as(&self, service: &str, employee: Uuid) -> Caller {
        caller(self.address(service), Some(&self.person_token(employee, VALID)))
    }

    /// A channel to a service for calls as another service.
    #[must_use]
    pub fn channel_as_service(&self, service: &str, name: &str) -> Caller {
        let token = self.issuer.issue_service(name, VALID).expect("signed");
        caller(self.address(service), Some(&token))
    }

    /// A token of a person, valid for so long.
    #[must_use]
    pub fn person_token(&self, id: Uuid, valid: Duration) -> String {
        self.issuer.issue_person(id, valid).expect("signed")
    }

    /// The database that all schemas are in.
    #[must_use]
    pub fn test_database(&self) -> &TestDatabase {
        &self.database
    }

    /// A schema as its service sees it.
    pub async fn database(&self, schema: &'static str) -> Database {
        self.database.database(schema).await
    }

    /// Stops all services in order, as a deployment would.
    pub async fn stop(self) {
        self.shutdown.cancel();
        for running in self.running {
            running.join().await.unwrap_or_else(|error| panic!("{error:?}"));
        }
    }
}
