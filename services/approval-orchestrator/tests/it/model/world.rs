//! What one worker plays in: two replicas of the service on a database of its own, either of which may crash at any instant, and a
//! clock of its own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use salient_access::token::Issuer;
use salient_approval_orchestrator::{ApprovalOrchestrator, Clock};
use salient_config::Settings;
use salient_operation::Post;
use salient_proto::{
    access::v1::profile_service_server::ProfileServiceServer,
    approval::v1::{
        PublishPolicyVersionRequest, participant_service_server::ParticipantServiceServer,
        policy_service_client::PolicyServiceClient, subject_service_server::SubjectServiceServer,
    },
    organization::v1::{
        calendar_service_server::CalendarServiceServer, lookup_service_server::LookupServiceServer,
    },
};
use salient_server::{Listener, Service as _, host};
use salient_testkit::{People, Person, TestDatabase, held};
use secrecy::ExposeSecret as _;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{
    Code, Status,
    service::RoutesBuilder,
    transport::{Channel, Endpoint},
};

use super::{
    calls::{Answer, Call, Caller},
    model::{POOL, Way},
    peers::{Chart, Participant},
    policies::{PEOPLE, kind, published},
};
use crate::{
    clock::{CLOCK, Calendars, Orchestrator},
    errors::reason,
    house::id,
    peers::Subjects,
    replicas::{carrying, serve},
};

/// How long a token is valid, and how long one is used.
const VALID: Duration = Duration::from_secs(600);
const USED: Duration = Duration::from_secs(300);

pub struct World {
    pub people: Vec<Person>,
    pub administrator: Person,
    pub chart: Chart,
    pub clock: Clock,
    pub customers: Participant,
    pub contracts: Subjects,
    issuer: Issuer,
    tokens: Mutex<HashMap<String, (String, Instant)>>,
    settings: Arc<Settings>,
    replicas: Mutex<[Option<Replica>; 2]>,
    _database: TestDatabase,
    _folder: tempfile::TempDir,
    _shutdown: DropGuard,
}

/// A replica, in a runtime of its own: when that goes, everything that it was doing goes in the middle of it.
struct Replica {
    runtime: Runtime,
    channel: Channel,
}

impl Replica {
    async fn start(settings: Arc<Settings>, clock: Clock) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let starting = runtime.spawn(CLOCK.scope(clock, async move {
            let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            host::<Orchestrator>(settings, listener, CancellationToken::new())
                .await
                .unwrap()
        }));
        let running = starting.await.unwrap();
        let channel = Endpoint::from_shared(format!("http://{}", running.address()))
            .unwrap()
            .connect_lazy();
        Self { runtime, channel }
    }
}

impl World {
    pub async fn open() -> Self {
        let all = People::default();
        let region = all.region("HD");
        let team = all.team(region);
        let company = all.company();
        let posts = [
            held(Post::Salesperson, team),
            held(Post::Supervisor, team),
            held(Post::Salesperson, team),
            held(Post::Finance, company),
            held(Post::RegionalManager, region),
            held(Post::RegionalManager, region),
            held(Post::Director, company),
            held(Post::CompanyManagement, company),
            held(Post::Salesperson, team),
        ];
        let people: Vec<Person> = (0..PEOPLE)
            .map(|number| all.add(&format!("人员{number}"), &[posts[number]]))
            .collect();
        let administrator = all.add("管理员", &[held(Post::Administrator, company)]);
        let chart = Chart {
            people: people.clone(),
            team,
            region,
            company,
            appointed: Arc::default(),
        };
        let (clock, customers, contracts) = (Clock::default(), Participant::default(), Subjects::default());
        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(folder.path(), "salient", "salient").unwrap();
        let database = TestDatabase::start(&[ApprovalOrchestrator::migrations()]).await;
        let shutdown = CancellationToken::new();
        let (mut organization, mut participants, mut subjects) = (
            RoutesBuilder::default(),
            RoutesBuilder::default(),
            RoutesBuilder::default(),
        );
        organization
            .add_service(ProfileServiceServer::new(all))
            .add_service(LookupServiceServer::new(chart.clone()))
            .add_service(CalendarServiceServer::new(Calendars::default()));
        participants.add_service(ParticipantServiceServer::new(customers.clone()));
        subjects.add_service(SubjectServiceServer::new(contracts.clone()));
        let place = folder.path().display().to_string();
        let mut variables = vec![
            ("AUTH__JWKS", issuer.jwks().display().to_string()),
            ("AUTH__ISSUER_FOLDER", place.clone()),
            (
                "PAGING__KEY",
                "only for tests: 32 bytes or more of no secret".to_owned(),
            ),
            ("DATABASE__MAX_CONNECTIONS", "4".to_owned()),
            ("OBJECT_STORE__URL", format!("file://{place}")),
            (
                "DATABASE__URL",
                database
                    .url(ApprovalOrchestrator::SCHEMA)
                    .expose_secret()
                    .to_owned(),
            ),
        ];
        for (name, routes) in [
            ("PEERS__ORGANIZATION", organization),
            ("PEERS__CUSTOMERS", participants),
            ("PEERS__CONTRACTS", subjects),
        ] {
            variables.push((name, format!("http://{}", serve(routes, shutdown.clone()))));
        }
        let variables = variables
            .into_iter()
            .map(|(name, value)| (format!("SALIENT__{name}"), value));
        let settings = Arc::new(Settings::from_sources::<&str>(&[], variables).unwrap());
        let world = Self {
            people,
            administrator,
            chart,
            clock,
            customers,
            contracts,
            issuer,
            tokens: Mutex::default(),
            settings,
            replicas: Mutex::default(),
            _database: database,
            _folder: folder,
            _shutdown: shutdown.drop_guard(),
        };
        world.restart(0).await;
        world.restart(1).await;
        world.publish().await;
        world
    }

    async fn publish(&self) {
        let token = self.token(Caller::Administrator);
        for (number, policy) in POOL.iter().enumerate() {
            let request = PublishPolicyVersionRequest {
                parent: format!("policies/{}", kind(number)),
                policy_version: Some(published(policy, |person| self.people[person].name())),
                validate_only: false,
                request_id: id(),
            };
            let mut policies = PolicyServiceClient::new(self.channel(0));
            policies
                .publish_policy_version(carrying(&token, request))
                .await
                .unwrap();
        }
    }

    /// Ends a replica as a crash would.
    pub fn crash(&self, replica: usize) {
        if let Some(replica) = self.replicas.lock().unwrap()[replica].take() {
            replica.runtime.shutdown_background();
        }
    }

    /// Starts a replica anew, which crashes if it runs.
    pub async fn restart(&self, replica: usize) {
        self.crash(replica);
        let started = Replica::start(Arc::clone(&self.settings), self.clock.clone()).await;
        self.replicas.lock().unwrap()[replica] = Some(started);
    }

    pub fn channel(&self, replica: usize) -> Channel {
        let replicas = self.replicas.lock().unwrap();
        replicas[replica]
            .as_ref()
            .expect("it was started again")
            .channel
            .clone()
    }

    pub fn token(&self, caller: Caller) -> String {
        let (name, person) = match caller {
            Caller::Service => ("contracts".to_owned(), None),
            Caller::Person(number) => (number.to_string(), Some(&self.people[number])),
            Caller::Administrator => ("administrator".to_owned(), Some(&self.administrator)),
        };
        let mut tokens = self.tokens.lock().unwrap();
        if let Some((token, since)) = tokens.get(&name)
            && since.elapsed() < USED
        {
            return token.clone();
        }
        let token = match person {
            Some(person) => self.issuer.issue_person(person.id(), VALID).unwrap(),
            None => self.issuer.issue_service(&name, VALID).unwrap(),
        };
        tokens.insert(name, (token.clone(), Instant::now()));
        token
    }

    /// Makes a call. Where the replica crashes over it, the call is made again to the other, as a client would that has heard
    /// nothing.
    ///
    /// # Errors
    /// What the service refuses.
    pub async fn call(&self, call: &Call, caller: Caller, way: Way) -> Result<Answer, Status> {
        let token = self.token(caller);
        let sent = call.clone().send(self.channel(way.replica), &token);
        let answer = match way.crash {
            None => sent.await,
            Some(after) => {
                let crash = async {
                    tokio::time::sleep(Duration::from_millis(after)).await;
                    self.crash(way.replica);
                };
                let (answer, ()) = tokio::join!(sent, crash);
                self.restart(way.replica).await;
                answer
            }
        };
        match answer {
            Err(status) if way.crash.is_some() && is_lost(&status) => {
                call.clone().send(self.channel(1 - way.replica), &token).await
            }
            answer => answer,
        }
    }

    /// Ends both replicas.
    pub fn close(&self) {
        self.crash(0);
        self.crash(1);
    }
}

/// Whether nothing was answered.
fn is_lost(status: &Status) -> bool {
    reason(status).is_empty()
        && matches!(
            status.code(),
            Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal
        )
}
