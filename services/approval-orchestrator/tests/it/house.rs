//! A small company with the orchestrator in it: a team with a salesperson and a supervisor, and the region's manager.

use std::time::Duration;

use salient_approval_orchestrator::Clock;
use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        Approval, ApproveTaskRequest, Fact, Finding, GetApprovalRequest, ListAuditEntriesRequest,
        ListTasksRequest, Outcome, RejectTaskRequest, RequestApprovalRequest, ReturnTaskRequest, Subject,
        Task, VerifyAuditTrailRequest, VerifyAuditTrailResponse, WithdrawApprovalRequest, approval::State,
        approval_service_client::ApprovalServiceClient, audit_entry::Action,
        audit_service_client::AuditServiceClient, check_service_server::CheckServiceServer, fact, finding,
        intake_service_client::IntakeServiceClient, participant_service_server::ParticipantServiceServer,
        subject_service_server::SubjectServiceServer, task_service_client::TaskServiceClient,
    },
    google::r#type::Money,
    organization::v1::{
        calendar_service_server::CalendarServiceServer, lookup_service_server::LookupServiceServer,
    },
};
use salient_testkit::{Caller, Person, TestService, Unit, held};
use tonic::Status;
use uuid::Uuid;

use crate::{
    clock::{CLOCK, Calendars, Orchestrator},
    peers::{Checker, Organization, Participant, Subjects},
};

/// How long things may take that happen by themselves.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The company.
pub struct House {
    pub service: TestService<Orchestrator>,
    /// By which the service goes.
    pub clock: Clock,
    pub calendars: Calendars,
    pub organization: Organization,
    pub customers: Participant,
    pub checker: Checker,
    pub contracts: Subjects,
    /// Where anchors are: `anchors/` in it.
    pub place: tempfile::TempDir,
    pub region: Unit,
    pub team: Unit,
    /// Submits.
    pub li: Person,
    /// Supervises the team.
    pub zhang: Person,
    /// Manages the region.
    pub wang: Person,
    /// Could manage the region beside them.
    pub zhao: Person,
    /// Runs the suite.
    pub admin: Person,
}

impl House {
    pub async fn open() -> Self {
        let organization = Organization::default();
        let customers = Participant::default();
        let checker = Checker::default();
        let contracts = Subjects::default();
        let (clock, calendars) = (Clock::default(), Calendars::default());
        let place = tempfile::tempdir().unwrap();
        let mut people = None;
        let starting = TestService::start_with(|setup| {
            let all = setup.people().clone();
            let region = all.region("HD");
            let team = all.team(region);
            let li = all.add("李娜", &[held(Post::Salesperson, team)]);
            let zhang = all.add("张伟", &[held(Post::Supervisor, team)]);
            let wang = all.add("王芳", &[held(Post::RegionalManager, region)]);
            let zhao = all.add("赵敏", &[held(Post::RegionalManager, region)]);
            let admin = all.add("管理员", &[held(Post::Administrator, all.company())]);
            people = Some((region, team, li, zhang, wang, zhao, admin));
            let own = "services.approval-orchestrator.settings";
            setup.set(
                &format!("{own}.anchor_url"),
                format!("file://{}", place.path().display()),
            );
            setup.set(&format!("{own}.anchor_period"), "100ms");
            setup
                .peer("organization")
                .add_service(LookupServiceServer::new(organization.clone()))
                .add_service(CalendarServiceServer::new(calendars.clone()));
            setup
                .peer("customers")
                .add_service(ParticipantServiceServer::new(customers.clone()))
                .add_service(CheckServiceServer::new(checker.clone()));
            setup
                .peer("contracts")
                .add_service(SubjectServiceServer::new(contracts.clone()));
        });
        let service = CLOCK.scope(clock.clone(), starting).await;
        let (region, team, li, zhang, wang, zhao, admin) = people.unwrap();
        organization.ladder(
            Post::Supervisor,
            &[
                (Post::Supervisor, team, &[&zhang]),
                (Post::RegionalManager, region, &[&wang]),
            ],
        );
        organization.ladder(
            Post::RegionalManager,
            &[(Post::RegionalManager, region, &[&wang])],
        );
        Self {
            service,
            clock,
            calendars,
            organization,
            customers,
            checker,
            contracts,
            place,
            region,
            team,
            li,
            zhang,
            wang,
            zhao,
            admin,
        }
    }

    /// Has both managers asked, from now on.
    pub fn two_managers(&self) {
        let managers: &[&Person] = &[&self.wang, &self.zhao];
        self.organization.ladder(
            Post::RegionalManager,
            &[(Post::RegionalManager, self.region, managers)],
        );
    }

    pub fn intake(&self) -> IntakeServiceClient<Caller> {
        IntakeServiceClient::new(self.service.channel_as_service("contracts"))
    }

    pub fn approvals(&self, person: &Person) -> ApprovalServiceClient<Caller> {
        ApprovalServiceClient::new(self.service.channel_as(person))
    }

    pub fn auditor(&self, person: &Person) -> AuditServiceClient<Caller> {
        AuditServiceClient::new(self.service.channel_as(person))
    }

    pub fn tasks(&self, person: &Person) -> TaskServiceClient<Caller> {
        TaskServiceClient::new(self.service.channel_as(person))
    }

    /// A request by the salesperson for a contract of their team.
    pub fn request(&self) -> RequestApprovalRequest {
        request(&self.li.name(), &self.team.name())
    }

    /// Submits a contract; answers with the approval's name.
    pub async fn submit(&self) -> String {
        let request = self.request();
        let name = request.approval.clone();
        self.intake().request_approval(request).await.unwrap();
        name
    }

    /// Submits a contract and waits until it lies with the supervisor.
    pub async fn submit_for_review(&self) -> (String, Task) {
        let approval = self.submit().await;
        let task = self.task_of(&self.zhang, &approval).await;
        (approval, task)
    }

    /// Submits a contract and has the supervisor approve it, so that it lies with the manager.
    pub async fn submit_for_approval(&self) -> (String, Task) {
        let (approval, task) = self.submit_for_review().await;
        self.approve(&self.zhang, &task).await.unwrap();
        let task = self.task_of(&self.wang, &approval).await;
        (approval, task)
    }

    pub async fn approval(&self, name: &str) -> Approval {
        let request = GetApprovalRequest {
            name: name.to_owned(),
        };
        self.approvals(&self.admin)
            .get_approval(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Waits until an approval is in a state.
    pub async fn until(&self, name: &str, state: State) -> Approval {
        self.until_that(name, |approval| approval.state() == state).await
    }

    /// Waits until something holds of an approval.
    pub async fn until_that(&self, name: &str, holds: impl Fn(&Approval) -> bool) -> Approval {
        let start = std::time::Instant::now();
        loop {
            let approval = self.approval(name).await;
            if holds(&approval) {
                return approval;
            }
            assert!(start.elapsed() < PATIENCE, "still waiting: {approval:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits for a person's task of an approval.
    pub async fn task_of(&self, person: &Person, approval: &str) -> Task {
        let start = std::time::Instant::now();
        loop {
            if let Some(task) = self
                .inbox(person, &format!("approval = \"{approval}\""))
                .await
                .pop()
            {
                return task;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no task: {:#?}",
                self.approval(approval).await
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn inbox(&self, person: &Person, filter: &str) -> Vec<Task> {
        let request = ListTasksRequest {
            filter: filter.to_owned(),
            ..Default::default()
        };
        self.tasks(person)
            .list_tasks(request)
            .await
            .unwrap()
            .into_inner()
            .tasks
    }

    pub async fn approve(&self, person: &Person, task: &Task) -> Result<Task, Status> {
        self.tasks(person)
            .approve_task(approve_request(task))
            .await
            .map(tonic::Response::into_inner)
    }

    pub async fn reject(&self, person: &Person, task: &Task) -> Result<Task, Status> {
        let request = RejectTaskRequest {
            name: task.name.clone(),
            comment: "付款条件不可接受".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        self.tasks(person)
            .reject_task(request)
            .await
            .map(tonic::Response::into_inner)
    }

    pub async fn return_to(&self, person: &Person, task: &Task, step: &str) -> Result<Task, Status> {
        let request = ReturnTaskRequest {
            name: task.name.clone(),
            step: step.to_owned(),
            comment: "请修改交付日期".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        self.tasks(person)
            .return_task(request)
            .await
            .map(tonic::Response::into_inner)
    }

    pub async fn withdraw(&self, person: &Person, approval: &str) -> Result<Approval, Status> {
        let request = WithdrawApprovalRequest {
            name: approval.to_owned(),
            request_id: id(),
            ..Default::default()
        };
        self.approvals(person)
            .withdraw_approval(request)
            .await
            .map(tonic::Response::into_inner)
    }

    pub async fn verify(&self, approval: &str) -> VerifyAuditTrailResponse {
        let request = VerifyAuditTrailRequest {
            name: approval.to_owned(),
        };
        self.approvals(&self.admin)
            .verify_audit_trail(request)
            .await
            .unwrap()
            .into_inner()
    }
}

/// A request for a sign-off of a new contract.
pub fn request(submitter: &str, unit: &str) -> RequestApprovalRequest {
    let contract = Uuid::now_v7();
    RequestApprovalRequest {
        approval: format!("approvals/{}", Uuid::now_v7()),
        round: 1,
        subject: Some(Subject {
            kind: "contract".to_owned(),
            name: format!("contracts/{contract}"),
            version: 1,
            digest: vec![1; 32],
            service: "contracts".to_owned(),
        }),
        title: "HT-HD-2026-000001 上海晨光贸易".to_owned(),
        submitter: submitter.to_owned(),
        unit: unit.to_owned(),
        facts: vec![Fact {
            name: "amount".to_owned(),
            value: Some(fact::Value::Money(yuan(120_000))),
        }],
        comment: "请尽快审核".to_owned(),
        request_id: id(),
        account: format!("customers/{}", Uuid::now_v7()),
    }
}

/// The approval of a task, everything on its checklist in order.
pub fn approve_request(task: &Task) -> ApproveTaskRequest {
    let finding = |item: &str| Finding {
        item: item.to_owned(),
        result: finding::Result::Acceptable.into(),
        remark: String::new(),
    };
    ApproveTaskRequest {
        name: task.name.clone(),
        findings: task.checklist.iter().map(|item| finding(&item.id)).collect(),
        subject_digest: task.subject.as_ref().unwrap().digest.clone(),
        request_id: id(),
        ..Default::default()
    }
}

pub fn yuan(units: i64) -> Money {
    Money {
        currency_code: "CNY".to_owned(),
        units,
        nanos: 0,
    }
}

/// A fresh idempotency key.
pub fn id() -> String {
    Uuid::now_v7().to_string()
}

impl House {
    /// Waits until the subject's service has heard these outcomes of an approval, and no others.
    pub async fn heard(&self, approval: &str, expected: &[Outcome]) {
        let start = std::time::Instant::now();
        while self.contracts.outcomes(approval) != expected {
            assert!(
                start.elapsed() < PATIENCE,
                "heard {:?}",
                self.contracts.outcomes(approval)
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the participant was asked this about an approval, and nothing after it.
    pub async fn asked_last(&self, approval: &str, method: &str) {
        let start = std::time::Instant::now();
        while self
            .customers
            .calls(approval)
            .last()
            .is_none_or(|(last, _)| *last != method)
        {
            assert!(
                start.elapsed() < PATIENCE,
                "asked {:?}",
                self.customers.calls(approval)
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until something stands in an approval's history.
    pub async fn in_history(&self, approval: &str, action: Action) {
        let start = std::time::Instant::now();
        loop {
            let request = ListAuditEntriesRequest {
                parent: approval.to_owned(),
                ..Default::default()
            };
            let entries = self
                .approvals(&self.admin)
                .list_audit_entries(request)
                .await
                .unwrap()
                .into_inner();
            if entries.audit_entries.iter().any(|entry| entry.action() == action) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{action:?} is not in {entries:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
