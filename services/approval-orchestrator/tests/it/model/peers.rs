//! The services around, as the model test plays them: an organisation with one vacant post, and a participant that answers when the
//! model lets it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        ConfirmRequest, ConfirmResponse, Refused, ReleaseRequest, ReleaseResponse, ReserveRequest,
        ReserveResponse, Reserved, participant_service_server::ParticipantService, reserve_response,
    },
    organization::v1::{
        Holder, Ladder, LookupPostHoldersRequest, LookupPostHoldersResponse, LookupSuperiorsRequest,
        LookupSuperiorsResponse, ResolveApproversRequest, ResolveApproversResponse, Rung,
        approver_selector::Selector, lookup_service_server::LookupService,
    },
};
use salient_testkit::{Person, Unit};
use tokio::sync::Notify;
use tonic::{Request, Response, Status};

use super::policies::{Who, ladder};

/// Where each number's person sits.
#[derive(Clone)]
pub struct Chart {
    pub people: Vec<Person>,
    pub team: Unit,
    pub region: Unit,
    pub company: Unit,
    /// The units in which the vacant post is filled.
    pub appointed: Arc<Mutex<HashSet<String>>>,
}

impl Chart {
    fn rungs(&self, who: Who, unit: &str) -> Vec<Rung> {
        let appointed = self.appointed.lock().unwrap().contains(unit);
        ladder(who, appointed)
            .into_iter()
            .map(|holders| self.rung(&holders))
            .collect()
    }

    fn rung(&self, holders: &[usize]) -> Rung {
        let (post, unit) = match holders {
            [1] => (Post::Supervisor, self.team),
            [4] | [4, 5] => (Post::RegionalManager, self.region),
            [6] => (Post::Director, self.company),
            _ => (Post::CompanyManagement, self.company),
        };
        Rung {
            post: post.into(),
            unit: unit.name(),
            holders: holders
                .iter()
                .map(|person| self.holder(&self.people[*person]))
                .collect(),
        }
    }

    fn holder(&self, person: &Person) -> Holder {
        Holder {
            employee: person.name(),
            display_name: person.display_name().to_owned(),
            substitute: false,
        }
    }
}

#[tonic::async_trait]
impl LookupService for Chart {
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
        let request = request.into_inner();
        let ladder = |selector: Option<Selector>| {
            let rungs = match selector {
                Some(Selector::Employee(name)) => {
                    let named = self.people.iter().find(|person| person.name() == name);
                    vec![Rung {
                        holders: named.into_iter().map(|person| self.holder(person)).collect(),
                        ..Default::default()
                    }]
                }
                Some(Selector::Post(post)) if post == i32::from(Post::Supervisor) => {
                    self.rungs(Who::Supervisor, &request.unit)
                }
                Some(Selector::Post(post)) if post == i32::from(Post::RegionalManager) => {
                    self.rungs(Who::Manager, &request.unit)
                }
                _ => self.rungs(Who::Management, &request.unit),
            };
            Ladder { rungs }
        };
        let selectors = request.selectors.into_iter();
        let ladders = selectors.map(|selector| ladder(selector.selector)).collect();
        Ok(Response::new(ResolveApproversResponse {
            ladders,
            organization_revision: 1,
        }))
    }
}

/// A participant that says nothing until it is told what.
#[derive(Clone, Default)]
pub struct Participant(Arc<Held>);

#[derive(Default)]
struct Held {
    /// What it says about a round of an approval: to the reservation, and to the confirmation.
    words: Mutex<HashMap<(String, i32, &'static str), bool>>,
    told: Notify,
}

pub const RESERVE: &str = "Reserve";
pub const CONFIRM: &str = "Confirm";

impl Participant {
    /// What it says when it is asked, or to whoever waits for it.
    pub fn say(&self, approval: &str, round: i32, what: &'static str, yes: bool) {
        let mut words = self.0.words.lock().unwrap();
        words.insert((approval.to_owned(), round, what), yes);
        drop(words);
        self.0.told.notify_waiters();
    }

    /// What it says where it has not been told anything.
    pub fn say_at_last(&self, approval: &str, round: i32) {
        let mut words = self.0.words.lock().unwrap();
        words.entry((approval.to_owned(), round, RESERVE)).or_insert(true);
        drop(words);
        self.0.told.notify_waiters();
    }

    async fn told(&self, approval: String, round: i32, what: &'static str) -> bool {
        let question = (approval, round, what);
        loop {
            let told = self.0.told.notified();
            if let Some(yes) = self.0.words.lock().unwrap().get(&question) {
                return *yes;
            }
            told.await;
        }
    }
}

#[tonic::async_trait]
impl ParticipantService for Participant {
    async fn reserve(&self, request: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        let request = request.into_inner();
        let result = if self.told(request.approval, request.round, RESERVE).await {
            reserve_response::Result::Reserved(Reserved {
                reservation: "reservations/1".to_owned(),
                amount: None,
            })
        } else {
            reserve_response::Result::Refused(Refused {
                reason: "CREDIT_EXCEEDED".to_owned(),
                message: "The credit does not suffice.".to_owned(),
                message_zh: "信用额度不足。".to_owned(),
            })
        };
        Ok(Response::new(ReserveResponse { result: Some(result) }))
    }

    async fn confirm(&self, request: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let request = request.into_inner();
        self.told(request.approval, request.round, CONFIRM).await;
        Ok(Response::new(ConfirmResponse::default()))
    }

    async fn release(&self, _: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        Ok(Response::new(ReleaseResponse::default()))
    }
}
