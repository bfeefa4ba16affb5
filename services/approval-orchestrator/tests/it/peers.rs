//! The services around the orchestrator, as tests play them.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        CheckRequest, CheckResponse, ConfirmRequest, ConfirmResponse, DeliverOutcomeRequest,
        DeliverOutcomeResponse, Outcome, Passed, Refused, ReleaseRequest, ReleaseResponse, ReserveRequest,
        ReserveResponse, Reserved, check_response, check_service_server::CheckService, fact,
        participant_service_server::ParticipantService, reserve_response,
        subject_service_server::SubjectService,
    },
    organization::v1::{
        Holder, Ladder, LookupPostHoldersRequest, LookupPostHoldersResponse, LookupSuperiorsRequest,
        LookupSuperiorsResponse, ResolveApproversRequest, ResolveApproversResponse, Rung,
        approver_selector::Selector, lookup_service_server::LookupService,
    },
};
use salient_testkit::{Person, Unit};
use tonic::{Request, Response, Status};

/// Knows whom to ask for a post.
#[derive(Clone, Default)]
pub struct Organization(Arc<Mutex<Chart>>);

#[derive(Default)]
struct Chart {
    ladders: HashMap<i32, Vec<Rung>>,
    superiors: Vec<Rung>,
    refuses: bool,
}

impl Organization {
    /// Whether it refuses whatever it is asked.
    pub fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }

    /// Sets the ladder of a post: the rung asked for first, then those above it.
    pub fn ladder(&self, post: Post, rungs: &[(Post, Unit, &[&Person])]) {
        let rungs = self::rungs(rungs);
        self.0.lock().unwrap().ladders.insert(post.into(), rungs);
    }

    /// Sets the submitter's superiors, the direct one first.
    pub fn superiors(&self, superiors: &[(Post, Unit, &[&Person])]) {
        self.0.lock().unwrap().superiors = rungs(superiors);
    }
}

fn rungs(rungs: &[(Post, Unit, &[&Person])]) -> Vec<Rung> {
    let rung = |(post, unit, holders): &(Post, Unit, &[&Person])| Rung {
        post: (*post).into(),
        unit: unit.name(),
        holders: holders
            .iter()
            .map(|person| Holder {
                employee: person.name(),
                display_name: person.display_name().to_owned(),
                substitute: false,
            })
            .collect(),
    };
    rungs.iter().map(rung).collect()
}

#[tonic::async_trait]
impl LookupService for Organization {
    async fn lookup_post_holders(
        &self,
        _: Request<LookupPostHoldersRequest>,
    ) -> Result<Response<LookupPostHoldersResponse>, Status> {
        Err(Status::unimplemented("not played"))
    }

    async fn lookup_superiors(
        &self,
        _: Request<LookupSuperiorsRequest>,
    ) -> Result<Response<LookupSuperiorsResponse>, Status> {
        Err(Status::unimplemented("not played"))
    }

    async fn resolve_approvers(
        &self,
        request: Request<ResolveApproversRequest>,
    ) -> Result<Response<ResolveApproversResponse>, Status> {
        let chart = self.0.lock().unwrap();
        if chart.refuses {
            return Err(Status::not_found("no such unit"));
        }
        let ladder = |selector: Option<Selector>| match selector {
            Some(Selector::Post(post)) => Ladder {
                rungs: chart.ladders.get(&post).cloned().unwrap_or_default(),
            },
            Some(Selector::SubmitterSuperior(true)) => Ladder {
                rungs: chart.superiors.clone(),
            },
            _ => Ladder::default(),
        };
        let selectors = request.into_inner().selectors.into_iter();
        let ladders = selectors.map(|selector| ladder(selector.selector)).collect();
        Ok(Response::new(ResolveApproversResponse {
            ladders,
            organization_revision: 1,
        }))
    }
}

/// What a participant does when asked to reserve.
#[derive(Clone)]
pub enum Manner {
    /// It refuses with this reason.
    Refuse(&'static str),
    /// The call fails.
    Fail(Status),
}

/// A participant that reserves, unless told otherwise for the next call, and remembers what it was asked.
#[derive(Clone, Default)]
pub struct Participant(Arc<Mutex<Asked>>);

#[derive(Default)]
struct Asked {
    next: VecDeque<Manner>,
    calls: Vec<(&'static str, String, i32)>,
}

impl Participant {
    /// What it does when it is asked next.
    pub fn next(&self, manner: Manner) {
        self.0.lock().unwrap().next.push_back(manner);
    }

    /// What it was asked about an approval, in order: the method and the round.
    pub fn calls(&self, approval: &str) -> Vec<(&'static str, i32)> {
        let asked = self.0.lock().unwrap();
        let of = asked.calls.iter().filter(|(_, name, _)| name == approval);
        of.map(|(method, _, round)| (*method, *round)).collect()
    }

    fn asked(
        &self,
        method: &'static str,
        approval: String,
        round: i32,
    ) -> Result<Option<&'static str>, Status> {
        let mut asked = self.0.lock().unwrap();
        asked.calls.push((method, approval, round));
        match asked.next.pop_front() {
            None => Ok(None),
            Some(Manner::Refuse(reason)) => Ok(Some(reason)),
            Some(Manner::Fail(status)) => Err(status),
        }
    }
}

#[tonic::async_trait]
impl ParticipantService for Participant {
    async fn reserve(&self, request: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        let request = request.into_inner();
        let amount = request
            .facts
            .into_iter()
            .find(|fact| fact.name == "amount")
            .and_then(|fact| match fact.value {
                Some(fact::Value::Money(money)) => Some(money),
                _ => None,
            });
        let result = match self.asked("Reserve", request.approval, request.round)? {
            Some(reason) => reserve_response::Result::Refused(Refused {
                reason: reason.to_owned(),
                message: "The credit does not suffice.".to_owned(),
                message_zh: "信用额度不足。".to_owned(),
            }),
            None => reserve_response::Result::Reserved(Reserved {
                reservation: "reservations/1".to_owned(),
                amount,
            }),
        };
        Ok(Response::new(ReserveResponse { result: Some(result) }))
    }

    async fn confirm(&self, request: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let request = request.into_inner();
        self.asked("Confirm", request.approval, request.round)?;
        Ok(Response::new(ConfirmResponse::default()))
    }

    async fn release(&self, request: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        let request = request.into_inner();
        self.asked("Release", request.approval, request.round)?;
        Ok(Response::new(ReleaseResponse::default()))
    }
}

/// A service that checks subjects, finds nothing wrong unless told otherwise for the next call, and remembers the steps.
#[derive(Clone, Default)]
pub struct Checker(Arc<Mutex<Checked>>);

#[derive(Default)]
struct Checked {
    next: VecDeque<Manner>,
    calls: Vec<(String, String)>,
}

impl Checker {
    /// What it does when it is asked next.
    pub fn next(&self, manner: Manner) {
        self.0.lock().unwrap().next.push_back(manner);
    }

    /// The steps that it was asked about for an approval, in order.
    pub fn calls(&self, approval: &str) -> Vec<String> {
        let checked = self.0.lock().unwrap();
        let of = checked.calls.iter().filter(|(name, _)| name == approval);
        of.map(|(_, step)| step.clone()).collect()
    }
}

#[tonic::async_trait]
impl CheckService for Checker {
    async fn check(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        let request = request.into_inner();
        let mut checked = self.0.lock().unwrap();
        checked.calls.push((request.approval, request.step));
        let result = match checked.next.pop_front() {
            None => check_response::Result::Passed(Passed {}),
            Some(Manner::Fail(status)) => return Err(status),
            Some(Manner::Refuse(reason)) => check_response::Result::Refused(Refused {
                reason: reason.to_owned(),
                message: "Payments are overdue.".to_owned(),
                message_zh: "有逾期款项。".to_owned(),
            }),
        };
        Ok(Response::new(CheckResponse { result: Some(result) }))
    }
}

/// A service that owns subjects, and remembers the outcomes it heard.
#[derive(Clone, Default)]
pub struct Subjects(Arc<Mutex<Vec<DeliverOutcomeRequest>>>);

impl Subjects {
    /// The outcomes of an approval, in the order in which they came.
    pub fn outcomes(&self, approval: &str) -> Vec<Outcome> {
        let told = self.told(approval);
        told.iter().map(DeliverOutcomeRequest::outcome).collect()
    }

    /// The same as they were told.
    pub fn told(&self, approval: &str) -> Vec<DeliverOutcomeRequest> {
        let heard = self.0.lock().unwrap();
        let of = heard.iter().filter(|outcome| outcome.approval == approval);
        of.cloned().collect()
    }

    /// The last outcome of an approval.
    pub fn last(&self, approval: &str) -> DeliverOutcomeRequest {
        let heard = self.0.lock().unwrap();
        heard
            .iter()
            .rfind(|outcome| outcome.approval == approval)
            .cloned()
            .unwrap()
    }
}

#[tonic::async_trait]
impl SubjectService for Subjects {
    async fn deliver_outcome(
        &self,
        request: Request<DeliverOutcomeRequest>,
    ) -> Result<Response<DeliverOutcomeResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(DeliverOutcomeResponse { applied: true }))
    }
}
