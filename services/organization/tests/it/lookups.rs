use salient_proto::{
    access::v1::Post,
    organization::v1::{
        Appointment, ApproverSelector, EndAppointmentRequest, Ladder, LookupPostHoldersRequest,
        LookupSuperiorsRequest, MoveOrgUnitRequest, ResolveApproversRequest, Rung, appointment::Kind,
        approver_selector::Selector,
    },
};
use tonic::Code;

use crate::harness::{Company, draft, in_days, request_id};

/// A region with a team, staffed from the salesperson to company management.
struct Line {
    company: Company,
    east: String,
    team: String,
    salesperson: String,
    supervisor: String,
    manager: String,
    director: String,
    management: String,
}

impl Line {
    async fn start() -> Self {
        let company = Company::start().await;
        let east = company.region("HD").await;
        let team = company.team(&east).await;
        let root = company.root();
        Self {
            salesperson: company.staff("1", Post::Salesperson, &team).await,
            supervisor: company.staff("2", Post::Supervisor, &team).await,
            manager: company.staff("3", Post::RegionalManager, &east).await,
            director: company.staff("4", Post::Director, &root).await,
            management: company.staff("5", Post::CompanyManagement, &root).await,
            company,
            east,
            team,
        }
    }

    async fn superiors(&self, days: i32) -> Vec<Rung> {
        let request = LookupSuperiorsRequest {
            employee: self.salesperson.clone(),
            date: Some(in_days(days)),
        };
        self.company
            .lookups()
            .lookup_superiors(request)
            .await
            .unwrap()
            .into_inner()
            .superiors
    }

    async fn resolve(&self, selectors: Vec<Selector>) -> Vec<Ladder> {
        let request = ResolveApproversRequest {
            submitter: self.salesperson.clone(),
            unit: self.team.clone(),
            date: None,
            selectors: selectors
                .into_iter()
                .map(|selector| ApproverSelector {
                    selector: Some(selector),
                })
                .collect(),
        };
        let answer = self
            .company
            .lookups()
            .resolve_approvers(request)
            .await
            .unwrap()
            .into_inner();
        assert!(answer.organization_revision > 0);
        answer.ladders
    }
}

fn people(rungs: &[Rung]) -> Vec<Vec<&str>> {
    rungs
        .iter()
        .map(|rung| {
            rung.holders
                .iter()
                .map(|holder| holder.employee.as_str())
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn superiors_go_from_the_supervisor_to_company_management() {
    let line = Line::start().await;
    let superiors = line.superiors(0).await;
    assert_eq!(
        people(&superiors),
        [
            [line.supervisor.as_str()],
            [&line.manager],
            [&line.director],
            [&line.management]
        ]
    );
    assert_eq!(superiors[0].post(), Post::Supervisor);
    assert_eq!(superiors[1].unit, line.east);
}

#[tokio::test]
async fn a_move_changes_superiors_from_its_day_on() {
    let line = Line::start().await;
    let west = line.company.region("HX").await;
    let other = line.company.staff("6", Post::RegionalManager, &west).await;
    let moving = MoveOrgUnitRequest {
        name: line.team.clone(),
        parent: west,
        start_date: Some(in_days(5)),
        request_id: request_id(),
        ..MoveOrgUnitRequest::default()
    };
    line.company.units().move_org_unit(moving).await.unwrap();
    assert_eq!(people(&line.superiors(4).await)[1], [line.manager.as_str()]);
    assert_eq!(people(&line.superiors(5).await)[1], [other.as_str()]);
}

#[tokio::test]
async fn holders_are_looked_for_upwards_and_a_vacancy_shows() {
    let line = Line::start().await;
    let mut lookups = line.company.lookups();
    let asked = |post: Post| LookupPostHoldersRequest {
        unit: line.team.clone(),
        post: post.into(),
        date: None,
    };
    let found = lookups
        .lookup_post_holders(asked(Post::RegionalManager))
        .await
        .unwrap()
        .into_inner()
        .rung
        .unwrap();
    assert_eq!(people(std::slice::from_ref(&found)), [[line.manager.as_str()]]);
    assert_eq!(found.unit, line.east);
    let vacant = lookups
        .lookup_post_holders(asked(Post::Finance))
        .await
        .unwrap()
        .into_inner()
        .rung
        .unwrap();
    assert!(vacant.holders.is_empty());
    let nowhere = LookupPostHoldersRequest {
        unit: "orgUnits/00000000-0000-0000-0000-000000000000".into(),
        ..asked(Post::Finance)
    };
    assert_eq!(
        lookups.lookup_post_holders(nowhere).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn one_call_answers_who_would_have_to_sign_and_who_instead() {
    let line = Line::start().await;
    let ladders = line
        .resolve(vec![
            Selector::Post(Post::Supervisor.into()),
            Selector::Post(Post::RegionalManager.into()),
            Selector::SubmitterSuperior(true),
            Selector::Employee(line.director.clone()),
        ])
        .await;
    assert_eq!(ladders.len(), 4);
    let all = [
        [line.supervisor.as_str()],
        [&line.manager],
        [&line.director],
        [&line.management],
    ];
    assert_eq!(people(&ladders[0].rungs), all);
    assert_eq!(people(&ladders[1].rungs), all[1..]);
    assert_eq!(people(&ladders[2].rungs), all);
    assert_eq!(people(&ladders[3].rungs), all[2..]);
    assert_eq!(ladders[0].rungs[0].holders[0].display_name, "Person 2");
}

#[tokio::test]
async fn a_missing_supervisor_leaves_a_vacant_rung_until_somebody_acts() {
    let line = Line::start().await;
    let mut appointments = line.company.appointments();
    let filter = format!("employee = \"{}\"", line.supervisor);
    let request = salient_proto::organization::v1::ListAppointmentsRequest {
        filter,
        ..Default::default()
    };
    let held = appointments
        .list_appointments(request)
        .await
        .unwrap()
        .into_inner()
        .appointments;
    let ending = EndAppointmentRequest {
        name: held[0].name.clone(),
        request_id: request_id(),
        ..EndAppointmentRequest::default()
    };
    appointments.end_appointment(ending).await.unwrap();
    let ladders = line.resolve(vec![Selector::Post(Post::Supervisor.into())]).await;
    assert!(ladders[0].rungs[0].holders.is_empty(), "vacant, and said so");
    assert_eq!(people(&ladders[0].rungs[1..2]), [[line.manager.as_str()]]);

    let acting = Appointment {
        kind: Kind::Acting.into(),
        start_date: Some(in_days(0)),
        ..draft(&line.manager, Post::Supervisor, &line.team)
    };
    line.company.make(acting).await.unwrap();
    let ladders = line.resolve(vec![Selector::Post(Post::Supervisor.into())]).await;
    assert_eq!(people(&ladders[0].rungs[..1]), [[line.manager.as_str()]]);
    assert!(ladders[0].rungs[0].holders[0].substitute);
}

#[tokio::test]
async fn only_the_orchestrator_resolves_approvers() {
    let line = Line::start().await;
    let channel = line.company.administrator();
    let mut lookups =
        salient_proto::organization::v1::lookup_service_client::LookupServiceClient::new(channel);
    let request = ResolveApproversRequest {
        submitter: line.salesperson.clone(),
        unit: line.team.clone(),
        date: None,
        selectors: vec![ApproverSelector {
            selector: Some(Selector::SubmitterSuperior(true)),
        }],
    };
    assert_eq!(
        lookups
            .resolve_approvers(request.clone())
            .await
            .unwrap_err()
            .code(),
        Code::PermissionDenied
    );
    let mut unset = request;
    unset.selectors[0].selector = None;
    assert_eq!(
        line.company
            .lookups()
            .resolve_approvers(unset)
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );
}
