//! Two replicas of the service on one database: everything that holds between two calls holds between two processes.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use salient_access::token::Issuer;
use salient_approval_orchestrator::{ApprovalOrchestrator, Clock};
use salient_config::Settings;
use salient_operation::Post;
use salient_proto::{
    access::v1::profile_service_server::ProfileServiceServer,
    approval::v1::{
        ListTasksRequest, Outcome, RejectTaskRequest, RequestApprovalRequest, Task,
        VerifyAllAuditTrailsRequest, VerifyAuditTrailRequest, approval_service_client::ApprovalServiceClient,
        audit_service_client::AuditServiceClient, intake_service_client::IntakeServiceClient,
        participant_service_server::ParticipantServiceServer, subject_service_server::SubjectServiceServer,
        task_service_client::TaskServiceClient,
    },
    organization::v1::{
        calendar_service_server::CalendarServiceServer, lookup_service_server::LookupServiceServer,
    },
};
use salient_server::{Listener, Service as _, host};
use salient_testkit::{People, Person, TestDatabase, held};
use secrecy::ExposeSecret as _;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{
    Request, Status,
    service::RoutesBuilder,
    transport::{Channel, Endpoint, Server, server::TcpIncoming},
};

use crate::{
    clock::{CLOCK, Calendars, Orchestrator},
    errors::reason,
    house::{approve_request, id, request},
    peers::{Organization, Participant, Subjects},
};

const ROUNDS: usize = 200;
const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_secs(20);
const VALID: Duration = Duration::from_secs(600);

/// Two replicas, and whom they know.
pub struct Replicas {
    pub channels: [Channel; 2],
    /// By which both go.
    pub clock: Clock,
    pub database: TestDatabase,
    pub admin: Person,
    issuer: Issuer,
    pub contracts: Subjects,
    pub li: Person,
    pub zhang: Person,
    pub wang: Person,
    pub zhao: Person,
    unit: String,
    _shutdown: DropGuard,
    folder: tempfile::TempDir,
}

impl Replicas {
    pub async fn start() -> Self {
        let people = People::default();
        let region = people.region("HD");
        let team = people.team(region);
        let li = people.add("李娜", &[held(Post::Salesperson, team)]);
        let zhang = people.add("张伟", &[held(Post::Supervisor, team)]);
        let [wang, zhao] =
            ["王芳", "赵敏"].map(|name| people.add(name, &[held(Post::RegionalManager, region)]));
        let admin = people.add("管理员", &[held(Post::Administrator, people.company())]);
        let clock = Clock::default();
        let (organization, contracts) = (Organization::default(), Subjects::default());
        organization.ladder(Post::Supervisor, &[(Post::Supervisor, team, &[&zhang])]);
        organization.ladder(
            Post::RegionalManager,
            &[(Post::RegionalManager, region, &[&wang, &zhao])],
        );

        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(folder.path(), "salient", "salient").unwrap();
        let database = TestDatabase::start(&[ApprovalOrchestrator::migrations()]).await;
        let shutdown = CancellationToken::new();
        let mut organization_routes = RoutesBuilder::default();
        organization_routes
            .add_service(ProfileServiceServer::new(people))
            .add_service(LookupServiceServer::new(organization))
            .add_service(CalendarServiceServer::new(Calendars::default()));
        let mut customers = RoutesBuilder::default();
        customers.add_service(ParticipantServiceServer::new(Participant::default()));
        let mut subjects = RoutesBuilder::default();
        subjects.add_service(SubjectServiceServer::new(contracts.clone()));
        let mut variables = vec![
            ("AUTH__JWKS".to_owned(), issuer.jwks().display().to_string()),
            (
                "AUTH__ISSUER_FOLDER".to_owned(),
                folder.path().display().to_string(),
            ),
            (
                "PAGING__KEY".to_owned(),
                "only for tests: 32 bytes or more of no secret".to_owned(),
            ),
            ("DATABASE__MAX_CONNECTIONS".to_owned(), "6".to_owned()),
            (
                "OBJECT_STORE__URL".to_owned(),
                format!("file://{}", folder.path().display()),
            ),
            (
                "SERVICES__APPROVAL_ORCHESTRATOR__SETTINGS__ANCHOR_PERIOD".to_owned(),
                "3ms".to_owned(),
            ),
            (
                "DATABASE__URL".to_owned(),
                database
                    .url(ApprovalOrchestrator::SCHEMA)
                    .expose_secret()
                    .to_owned(),
            ),
        ];
        for (name, routes) in [
            ("ORGANIZATION", organization_routes),
            ("CUSTOMERS", customers),
            ("CONTRACTS", subjects),
        ] {
            let address = serve(routes, shutdown.clone());
            variables.push((format!("PEERS__{name}"), format!("http://{address}")));
        }
        let variables = variables
            .into_iter()
            .map(|(name, value)| (format!("SALIENT__{name}"), value));
        let settings = Arc::new(Settings::from_sources::<&str>(&[], variables).unwrap());
        // At the same instant, on an empty database: both find that the shipped policy is not there yet.
        let (first, second) = tokio::join!(
            CLOCK.scope(clock.clone(), replica(Arc::clone(&settings), shutdown.clone())),
            CLOCK.scope(clock.clone(), replica(Arc::clone(&settings), shutdown.clone()))
        );
        Self {
            channels: [first, second],
            clock,
            database,
            admin,
            issuer,
            contracts,
            li,
            zhang,
            wang,
            zhao,
            unit: team.name(),
            _shutdown: shutdown.drop_guard(),
            folder,
        }
    }

    fn tasks(&self, replica: usize) -> TaskServiceClient<Channel> {
        TaskServiceClient::new(self.channels[replica].clone())
    }

    pub fn as_person<T>(&self, person: &Person, message: T) -> Request<T> {
        carrying(&self.issuer.issue_person(person.id(), VALID).unwrap(), message)
    }

    pub async fn submit(&self, replica: usize) -> String {
        let request: RequestApprovalRequest = request(&self.li.name(), &self.unit);
        let approval = request.approval.clone();
        let token = self.issuer.issue_service("contracts", VALID).unwrap();
        let mut intake = IntakeServiceClient::new(self.channels[replica].clone());
        intake.request_approval(carrying(&token, request)).await.unwrap();
        approval
    }

    pub async fn task_of(&self, replica: usize, person: &Person, approval: &str) -> Task {
        let start = std::time::Instant::now();
        let filter = format!("approval = \"{approval}\"");
        loop {
            let request = ListTasksRequest {
                filter: filter.clone(),
                ..Default::default()
            };
            let request = self.as_person(person, request);
            let mut tasks = self
                .tasks(replica)
                .list_tasks(request)
                .await
                .unwrap()
                .into_inner()
                .tasks;
            if let Some(task) = tasks.pop() {
                return task;
            }
            assert!(start.elapsed() < PATIENCE, "no task");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn approve(&self, replica: usize, person: &Person, task: &Task) -> Result<Task, Status> {
        let request = self.as_person(person, approve_request(task));
        self.tasks(replica)
            .approve_task(request)
            .await
            .map(tonic::Response::into_inner)
    }

    async fn reject(&self, replica: usize, person: &Person, task: &Task) -> Result<Task, Status> {
        let request = RejectTaskRequest {
            name: task.name.clone(),
            comment: "不同意".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        let request = self.as_person(person, request);
        self.tasks(replica)
            .reject_task(request)
            .await
            .map(tonic::Response::into_inner)
    }
}

async fn replica(settings: Arc<Settings>, shutdown: CancellationToken) -> Channel {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let running = host::<Orchestrator>(settings, listener, shutdown).await.unwrap();
    Endpoint::from_shared(format!("http://{}", running.address()))
        .unwrap()
        .connect_lazy()
}

pub fn serve(routes: RoutesBuilder, shutdown: CancellationToken) -> SocketAddr {
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = incoming.local_addr().unwrap();
    let server = Server::builder().add_routes(routes.routes());
    let serving = async move { server.serve_with_incoming(incoming).await };
    tokio::spawn(shutdown.run_until_cancelled_owned(serving));
    address
}

pub fn carrying<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn two_approvers_on_two_replicas() {
    let both = Replicas::start().await;
    let round = async |number: usize| {
        let approval = both.submit(number % 2).await;
        let task = both.task_of(1, &both.zhang, &approval).await;
        both.approve(0, &both.zhang, &task).await.unwrap();
        let mine = both.task_of(0, &both.wang, &approval).await;
        let theirs = both.task_of(1, &both.zhao, &approval).await;
        let answers = tokio::join!(
            both.approve(0, &both.wang, &mine),
            both.reject(1, &both.zhao, &theirs)
        );
        let (expected, lost) = match answers {
            (Ok(_), Err(status)) => (Outcome::Approved, status),
            (Err(status), Ok(_)) => (Outcome::Rejected, status),
            other => panic!("one wins: {other:?}"),
        };
        assert_eq!(reason(&lost), "ERROR_REASON_TASK_CLOSED", "{lost:?}");
        let start = std::time::Instant::now();
        while both.contracts.outcomes(&approval) != [expected] {
            assert!(
                start.elapsed() < PATIENCE,
                "heard {:?}",
                both.contracts.outcomes(&approval)
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    stream::iter(0..ROUNDS)
        .map(round)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_write_one_chain_of_anchors_without_a_gap() {
    let both = Replicas::start().await;
    let round = async |number: usize| {
        let approval = both.submit(number % 2).await;
        let task = both.task_of(1, &both.zhang, &approval).await;
        both.approve(number % 2, &both.zhang, &task).await.unwrap();
        let start = std::time::Instant::now();
        loop {
            let request = VerifyAuditTrailRequest {
                name: approval.clone(),
            };
            let request = both.as_person(&both.admin, request);
            let mut approvals = ApprovalServiceClient::new(both.channels[number % 2].clone());
            let found = approvals.verify_audit_trail(request).await.unwrap().into_inner();
            assert!(found.intact, "{found:?}");
            if found.anchored_entries == found.entries {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "not anchored: {found:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    stream::iter(0..100)
        .map(round)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
    let mut anchors: Vec<_> = std::fs::read_dir(both.folder.path().join("anchors"))
        .unwrap()
        .map(|object| object.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    anchors.sort();
    let expected: Vec<_> = (1..=anchors.len())
        .map(|number| format!("{number:012}.json"))
        .collect();
    assert_eq!(anchors, expected);
    let request = both.as_person(&both.admin, VerifyAllAuditTrailsRequest::default());
    let mut auditor = AuditServiceClient::new(both.channels[0].clone());
    let mut answers = auditor
        .verify_all_audit_trails(request)
        .await
        .unwrap()
        .into_inner();
    let mut last = None;
    while let Some(answer) = answers.message().await.unwrap() {
        assert_eq!(answer.problems, [], "{answer:?}");
        last = Some(answer);
    }
    let last = last.unwrap();
    assert!(last.complete && last.approval_count == 100, "{last:?}");
    assert!(usize::try_from(last.anchor_count).unwrap() >= anchors.len());
    println!("{} anchors", anchors.len());
}
