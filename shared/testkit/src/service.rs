use std::{collections::BTreeMap, marker::PhantomData, net::SocketAddr, sync::Arc, time::Duration};

use salient_access::token::Issuer;
use salient_database::{Connection, Database};
use salient_proto::access::v1::profile_service_server::ProfileServiceServer;
use salient_server::{Listener, Running, Service, host};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{service::RoutesBuilder, transport::Server};
use uuid::Uuid;

use crate::{
    Caller, People, Person, TestDatabase,
    caller::{VALID, caller, issuer},
    deployment::Deployment,
};

/// The peer that every service asks who a caller is.
const DIRECTORY: &str = "organization";

/// One service, served on a database of its own, with peers that the test plays.
pub struct TestService<S> {
    address: SocketAddr,
    database: TestDatabase,
    own: Database,
    people: People,
    issuer: Issuer,
    shutdown: CancellationToken,
    /// Ends the service with the test.
    _guard: DropGuard,
    running: Running,
    _service: PhantomData<S>,
}

/// What a test changes before its service starts.
pub struct Setup {
    people: People,
    peers: BTreeMap<&'static str, RoutesBuilder>,
    deployment: Deployment,
}

impl Setup {
    /// The people that the service will know.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }

    /// What a peer answers: `setup.peer("customers").add_service(ParticipantServiceServer::new(fake))`. A peer that has not been
    /// asked for does not exist, apart from the one that knows people.
    pub fn peer(&mut self, name: &'static str) -> &mut RoutesBuilder {
        self.peers.entry(name).or_default()
    }

    /// Sets a setting by its full name: `setup.set("limits.deadline", "1s")`.
    pub fn set(&mut self, setting: &str, value: impl Into<String>) {
        self.deployment.set(setting, value);
    }
}

impl<S: Service> TestService<S> {
    /// Starts the service on a fresh, migrated database.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same after changes.
    pub async fn start_with(change: impl FnOnce(&mut Setup)) -> Self {
        let issuer = issuer().await;
        let mut setup = Setup {
            people: People::default(),
            peers: BTreeMap::new(),
            deployment: Deployment::new(&issuer).await,
        };
        let database = TestDatabase::start(&[S::migrations()]).await;
        setup.set("database.url", database.url(S::SCHEMA).expose_secret());
        change(&mut setup);

        let Setup {
            people,
            mut peers,
            mut deployment,
        } = setup;
        let directory = peers.entry(DIRECTORY).or_default();
        directory.add_service(ProfileServiceServer::new(people.clone()));
        let shutdown = CancellationToken::new();
        for (name, routes) in peers {
            let address = serve(routes, shutdown.clone()).await;
            deployment.set(&format!("peers.{name}"), format!("http://{address}"));
        }
        let listener = Listener::bind(([127, 0, 0, 1], 0).into())
            .await
            .expect("a free port");
        let running = host::<S>(Arc::new(deployment.settings()), listener, shutdown.clone()).await;
        let running = running.unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            address: running.address(),
            own: database.database(S::SCHEMA).await,
            database,
            people,
            issuer,
            _guard: shutdown.clone().drop_guard(),
            shutdown,
            running,
            _service: PhantomData,
        }
    }

    /// Where the service answers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The people that the service knows.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }

    /// A channel for calls as this person.
    #[must_use]
    pub fn channel_as(&self, person: &Person) -> Caller {
        self.channel_as_employee(person.id())
    }

    /// A channel for calls as a person whom [`People`] do not know: where the service itself is the one that knows.
    #[must_use]
    pub fn channel_as_employee(&self, id: Uuid) -> Caller {
        caller(self.address, Some(&self.person_token(id, VALID)))
    }

    /// A channel for calls as another service.
    #[must_use]
    pub fn channel_as_service(&self, name: &str) -> Caller {
        let token = self.issuer.issue_service(name, VALID).expect("signed");
        caller(self.address, Some(&token))
    }

    /// A channel for calls as nobody.
    #[must_use]
    pub fn anonymous_channel(&self) -> Caller {
        caller(self.address, None)
    }

    /// A token of a person, valid for so long.
    #[must_use]
    pub fn person_token(&self, id: Uuid, valid: Duration) -> String {
        self.issuer.issue_person(id, valid).expect("signed")
    }

    /// The service's database, as the service sees it, by connections of the test's own.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.own
    }

    /// A connection of the database's owner in the service's schema.
    pub async fn owner(&self) -> Connection {
        self.database.owner(S::SCHEMA).await
    }

    /// The URL by which the database's owner connects.
    #[must_use]
    pub fn owner_url(&self) -> SecretString {
        self.database.owner_url()
    }

    /// Stops the service in order, as a deployment would.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.running
            .join()
            .await
            .unwrap_or_else(|error| panic!("{error:?}"));
    }
}

async fn serve(routes: RoutesBuilder, shutdown: CancellationToken) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let incoming = TcpListenerStream::new(listener);
    let server = Server::builder().add_routes(routes.routes());
    let serving = async move { server.serve_with_incoming(incoming).await };
    tokio::spawn(shutdown.run_until_cancelled_owned(serving));
    address
}
