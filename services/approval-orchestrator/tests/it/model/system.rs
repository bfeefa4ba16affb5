//! The real service under test: what the model does is done to it, and compared.

use std::{
    cell::RefCell,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use proptest_state_machine::StateMachineTest;
use salient_proto::approval::v1::{
    self as proto, GetApprovalRequest, ListAuditEntriesRequest, VerifyAuditTrailRequest,
    approval_service_client::ApprovalServiceClient, audit_entry::Action,
};
use tokio::runtime::Handle;
use tonic::Status;
use uuid::Uuid;

use super::{
    acts::{Act, Deed, HOUR, MARGIN},
    approval::{Approval, Question},
    calls::{Answer, Call, Caller},
    coverage::Coverage,
    model::{Model, Standing, Transition, Way},
    peers::{CONFIRM, RESERVE},
    policies::kind,
    words::{Names, described, expected, nth},
    world::World,
};
use crate::{
    errors::reason,
    house::{id, request, yuan},
    replicas::carrying,
};

const PATIENCE: Duration = Duration::from_secs(60);
const FAR: Way = Way {
    replica: 0,
    crash: None,
};

thread_local! {
    /// Where the cases of this thread are played.
    pub static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

/// Where cases are played.
#[derive(Clone)]
pub struct Stage {
    pub runtime: Handle,
    pub world: Arc<World>,
    pub coverage: Arc<Coverage>,
}

/// The service, and what is known of the approval that it has.
pub struct System {
    stage: Stage,
    request: proto::RequestApprovalRequest,
    tasks: Names,
    /// What was called last, by whom, and what was answered.
    last: Option<(Call, Caller, Result<Answer, String>)>,
    history: Vec<String>,
    /// The approval as the model has it.
    model: Option<Approval>,
}

impl StateMachineTest for System {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Standing) -> Self {
        let stage = STAGE.with_borrow(|stage| stage.clone().expect("a stage"));
        Self {
            stage,
            request: proto::RequestApprovalRequest::default(),
            tasks: Names::new(),
            last: None,
            history: Vec::new(),
            model: None,
        }
    }

    fn apply(mut system: Self, standing: &Standing, transition: Transition) -> Self {
        let runtime = system.stage.runtime.clone();
        runtime.block_on(async {
            system
                .history
                .push(format!("{transition:?} {:?}", standing.last.refused));
            system.play(standing, &transition).await;
            let crashes = match &transition {
                Transition::Do(_, way) => way.crash.is_some(),
                Transition::Crash(_) => true,
                Transition::Submit(..) | Transition::Repeat(_) => false,
            };
            if crashes {
                system.stage.coverage.count(&[], "(crashes)");
            }
            let answer = standing.last.refused.unwrap_or("OK");
            system.stage.coverage.count(&standing.last.cells, answer);
        });
        system
    }

    fn teardown(mut system: Self, _: Standing) {
        let runtime = system.stage.runtime.clone();
        runtime.block_on(system.finish());
    }
}

impl System {
    async fn play(&mut self, standing: &Standing, transition: &Transition) {
        let approval = standing.approval.as_ref().expect("something was submitted");
        match transition {
            Transition::Submit(policy, amount) => self.submit(*policy, *amount).await,
            Transition::Do(act, way) => {
                self.act(approval, act, *way, standing.last.refused).await;
            }
            Transition::Repeat(replica) => self.repeat(*replica).await,
            Transition::Crash(replica) => self.stage.world.restart(*replica).await,
        }
        self.compare(approval, standing.last.later).await;
        if standing.last.ticked {
            self.compare_reminders(approval).await;
        }
        self.model = Some(approval.clone());
    }

    async fn submit(&mut self, policy: usize, amount: i64) {
        self.finish().await;
        let world = Arc::clone(&self.stage.world);
        // A unit of its own, so that the vacant post can be filled for it alone.
        let mut request = request(&world.people[0].name(), &format!("orgUnits/{}", Uuid::now_v7()));
        request.subject.as_mut().unwrap().kind = kind(policy);
        self.request = with_amount(request, amount);
        self.tasks.clear();
        self.history.drain(..self.history.len() - 1);
        let call = Call::Request(Box::new(self.request.clone()));
        self.call(call, Caller::Service, FAR, None).await;
    }

    async fn act(&mut self, approval: &Approval, act: &Act, way: Way, refused: Option<&'static str>) {
        let (name, request_id) = (self.request.approval.clone(), id());
        let world = Arc::clone(&self.stage.world);
        let comment = "按模型办理".to_owned();
        let (call, caller) = match act {
            Act::Resubmit(round, amount) => {
                let request = proto::RequestApprovalRequest {
                    round: *round,
                    request_id,
                    ..self.request.clone()
                };
                (
                    Call::Request(Box::new(with_amount(request, *amount))),
                    Caller::Service,
                )
            }
            Act::Task((at, task), by, deed) => {
                let visit = &approval.visits[*at];
                let name = &self.tasks[&(*at, visit.tasks[*task].who, nth(visit, *task))];
                let caller = match deed {
                    Deed::Reassign(_) => Caller::Administrator,
                    _ => Caller::Person(*by),
                };
                (Call::deed(&world, name, deed), caller)
            }
            Act::Withdraw(by) => {
                let request = proto::WithdrawApprovalRequest {
                    name,
                    comment,
                    request_id,
                    ..Default::default()
                };
                (Call::Withdraw(request), Caller::Person(*by))
            }
            Act::Supersede => {
                let request = proto::SupersedeApprovalRequest {
                    approval: name,
                    actor: world.people[0].name(),
                    request_id,
                };
                (Call::Supersede(request), Caller::Service)
            }
            Act::Cancel => {
                let request = proto::CancelApprovalRequest {
                    name,
                    comment,
                    request_id,
                    ..Default::default()
                };
                (Call::Cancel(request), Caller::Administrator)
            }
            Act::Retry(appointed) => {
                if *appointed {
                    world
                        .chart
                        .appointed
                        .lock()
                        .unwrap()
                        .insert(self.request.unit.clone());
                    // What the organisation said before is remembered for a while, but not over a restart.
                    world.restart(0).await;
                    world.restart(1).await;
                }
                (
                    Call::Retry(proto::RetryApprovalRequest { name, request_id }),
                    Caller::Administrator,
                )
            }
            Act::Answer(yes) => {
                self.forget_refusal();
                let what = match approval.answered {
                    Some(Question::Confirm) => CONFIRM,
                    _ => RESERVE,
                };
                world.customers.say(&name, approval.round, what, *yes);
                return;
            }
            Act::Wait(hours) => {
                self.forget_refusal();
                world
                    .clock
                    .shift(SignedDuration::from_mins(hours * HOUR + MARGIN));
                return;
            }
        };
        self.call(call, caller, way, refused).await;
    }

    /// Makes a call, and compares what is answered.
    async fn call(&mut self, call: Call, caller: Caller, way: Way, refused: Option<&'static str>) {
        let answer = self
            .stage
            .world
            .call(&call, caller, way)
            .await
            .map_err(|status| short(&status));
        let expected = refused.map_or(Ok(()), Err);
        let given = answer.as_ref().map(|_| ()).map_err(String::as_str);
        assert_eq!(given, expected, "{call:?}\n{}", self.so_far());
        self.last = Some((call, caller, answer));
    }

    /// What was refused may be granted now.
    fn forget_refusal(&mut self) {
        self.last = self.last.take().filter(|(.., answer)| answer.is_ok());
    }

    async fn repeat(&mut self, replica: usize) {
        if let Some((call, caller, first)) = &self.last {
            let way = Way { replica, crash: None };
            let again = self
                .stage
                .world
                .call(call, *caller, way)
                .await
                .map_err(|status| short(&status));
            assert_eq!(again, *first, "{call:?}\n{}", self.so_far());
        }
    }

    async fn read(&self, replica: usize) -> proto::Approval {
        let world = &self.stage.world;
        let mut approvals = ApprovalServiceClient::new(world.channel(replica));
        let name = self.request.approval.clone();
        let token = world.token(Caller::Administrator);
        let read = approvals
            .get_approval(carrying(&token, GetApprovalRequest { name }))
            .await;
        read.unwrap().into_inner()
    }

    /// Compares the whole approval. What happens by itself is waited for.
    async fn compare(&mut self, approval: &Approval, later: bool) {
        let (expected, start) = (expected(approval), Instant::now());
        loop {
            let read = self.read(self.history.len() % 2).await;
            let (found, names) = described(&self.stage.world.people, &read);
            self.tasks = names;
            if found == expected {
                return;
            }
            if !later || start.elapsed() > PATIENCE {
                panic!("the model:\n{expected}\nthe service:\n{found}\n{}", self.so_far());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until people were reminded as often as the model says.
    async fn compare_reminders(&self, approval: &Approval) {
        let start = Instant::now();
        loop {
            let entries = self.entries().await;
            let reminded = entries
                .iter()
                .filter(|entry| entry.action() == Action::TaskReminded)
                .count();
            if reminded == approval.reminders {
                return;
            }
            assert!(
                reminded < approval.reminders && start.elapsed() < PATIENCE,
                "reminded {reminded} times, not {}\n{}",
                approval.reminders,
                self.so_far()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn entries(&self) -> Vec<proto::AuditEntry> {
        let (mut entries, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListAuditEntriesRequest {
                parent: self.request.approval.clone(),
                page_size: 200,
                page_token,
            };
            let token = self.stage.world.token(Caller::Administrator);
            let mut approvals = ApprovalServiceClient::new(self.stage.world.channel(0));
            let page = approvals
                .list_audit_entries(carrying(&token, request))
                .await
                .unwrap()
                .into_inner();
            entries.extend(page.audit_entries);
            if page.next_page_token.is_empty() {
                return entries;
            }
            page_token = page.next_page_token;
        }
    }

    /// The end of an approval, which is cancelled where it is open: its subject's service has heard what the model says, and its
    /// history verifies.
    async fn finish(&mut self) {
        let Some(mut approval) = self.model.take() else {
            return;
        };
        if let Ok(cancelled) = approval.after(&Act::Cancel) {
            self.act(&cancelled, &Act::Cancel, FAR, None).await;
            self.compare(&cancelled, false).await;
            approval = cancelled;
        }
        let (world, name, start) = (&self.stage.world, &self.request.approval, Instant::now());
        // Whatever the participant was asked and has not answered, nobody waits for it any more.
        for round in 1..=approval.round {
            world.customers.say_at_last(name, round);
        }
        loop {
            let heard = heard(world, name);
            if heard == approval.outcomes {
                break;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "heard {heard:?}, not {:?}\n{}",
                approval.outcomes,
                self.so_far()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let token = world.token(Caller::Administrator);
        let mut approvals = ApprovalServiceClient::new(world.channel(1));
        let request = VerifyAuditTrailRequest { name: name.clone() };
        let verified = approvals
            .verify_audit_trail(carrying(&token, request))
            .await
            .unwrap()
            .into_inner();
        assert!(verified.intact, "{verified:?}\n{}", self.so_far());
    }

    fn so_far(&self) -> String {
        format!(
            "{}\n{:#?}\n{}",
            self.request.approval,
            self.history,
            self.request.subject.as_ref().map_or("", |subject| &subject.kind)
        )
    }
}

/// The outcomes that the subject's service has heard. Where a replica crashed after it had told one, the service hears it again.
fn heard(world: &World, approval: &str) -> Vec<proto::Outcome> {
    let mut told = world.contracts.told(approval);
    told.dedup();
    told.iter().map(proto::DeliverOutcomeRequest::outcome).collect()
}

fn short(status: &Status) -> String {
    let reason = reason(status);
    if reason.is_empty() {
        return format!("{status:?}");
    }
    reason.trim_start_matches("ERROR_REASON_").to_owned()
}

fn with_amount(mut request: proto::RequestApprovalRequest, amount: i64) -> proto::RequestApprovalRequest {
    request.facts = vec![proto::Fact {
        name: "amount".to_owned(),
        value: Some(proto::fact::Value::Money(yuan(amount))),
    }];
    request
}
