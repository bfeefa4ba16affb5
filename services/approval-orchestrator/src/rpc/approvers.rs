//! Who has to be asked, as the organisation says: the one look-up that a step needs, made before anything is changed.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use salient_failure::Failure;
use salient_operation::{OpContext, Post};
use salient_peers::{PeerChannel, outbound, refused};
use salient_proto::organization::v1::{
    self as proto, ApproverSelector, ResolveApproversRequest, approver_selector,
    lookup_service_client::LookupServiceClient,
};
use uuid::Uuid;

use crate::{
    domain::{
        approval::Seat,
        policy::{PolicyKey, Selector},
        resolution::{Holder, Ladders, Rung},
        rulebook::Rulebook,
    },
    error::Error,
};

const ORGANIZATION: &str = "organization";
/// How long a ladder is used, as long as a person's profile is: whether an approver still holds the post is asked again when
/// they decide.
const KEEP: Duration = Duration::from_secs(2);
/// How many are kept.
const CAPACITY: u64 = 10_000;

/// What ladders depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    policy: PolicyKey,
    submitter: Uuid,
    unit: Uuid,
}

/// Finds approvers. Cheap to clone.
#[derive(Clone)]
pub struct Approvers {
    organization: LookupServiceClient<PeerChannel>,
    ladders: Cache<Question, Arc<Ladders>>,
}

impl Approvers {
    /// Asks the organisation over this channel.
    #[must_use]
    pub fn new(organization: PeerChannel) -> Self {
        Self {
            organization: LookupServiceClient::new(organization),
            ladders: Cache::builder().max_capacity(CAPACITY).time_to_live(KEEP).build(),
        }
    }

    /// The ladders of every selector of a policy, for what somebody submits in a unit.
    ///
    /// # Errors
    /// UNAVAILABLE where the organisation cannot be asked.
    pub async fn find(
        &self,
        op: &OpContext,
        rulebook: &Rulebook,
        submitter: Uuid,
        unit: Uuid,
    ) -> Result<Arc<Ladders>, Error> {
        let question = Question {
            policy: rulebook.key.clone(),
            submitter,
            unit,
        };
        let asked = self
            .ladders
            .try_get_with(question, self.ask(op, rulebook, submitter, unit))
            .await;
        asked.map_err(|failure| Failure::clone(&failure).into())
    }

    async fn ask(
        &self,
        op: &OpContext,
        rulebook: &Rulebook,
        submitter: Uuid,
        unit: Uuid,
    ) -> Result<Arc<Ladders>, Failure> {
        let selectors = rulebook.policy.selectors();
        let request = ResolveApproversRequest {
            submitter: format!("employees/{submitter}"),
            unit: format!("orgUnits/{unit}"),
            date: None,
            selectors: selectors.iter().filter_map(selector).collect(),
        };
        let answer = self
            .organization
            .clone()
            .resolve_approvers(outbound(op, request))
            .await
            .map_err(|status| refused(ORGANIZATION, status))?
            .into_inner();
        if answer.ladders.len() != selectors.len() {
            return Err(Failure::internal(
                "the organisation answered other selectors than were asked for",
            ));
        }
        let ladders = selectors.into_iter().zip(answer.ladders);
        let ladders = ladders.map(|(selector, ladder)| {
            let below = match selector {
                Selector::SuperiorLevel(level) => usize::from(level).saturating_sub(1),
                _ => 0,
            };
            let rungs: Result<_, Failure> = ladder.rungs.into_iter().skip(below).map(rung).collect();
            rungs.map(|rungs| (selector, rungs))
        });
        let rungs = ladders.collect::<Result<_, _>>()?;
        Ok(Arc::new(Ladders {
            rungs,
            revision: answer.organization_revision,
        }))
    }
}

/// What the organisation is asked for; `None` where it is not the one to ask.
fn selector(selector: &Selector) -> Option<ApproverSelector> {
    let selector = match selector {
        Selector::PreviousChoice(_) => return None,
        Selector::Post(post) => approver_selector::Selector::Post((*post).into()),
        Selector::SubmitterSuperior(wanted) => approver_selector::Selector::SubmitterSuperior(*wanted),
        // The same ladder, entered further up.
        Selector::SuperiorLevel(_) => approver_selector::Selector::SubmitterSuperior(true),
        Selector::Employee(person) => approver_selector::Selector::Employee(format!("employees/{person}")),
    };
    Some(ApproverSelector {
        selector: Some(selector),
    })
}

fn rung(rung: proto::Rung) -> Result<Rung, Failure> {
    let seat = if rung.unit.is_empty() {
        None
    } else {
        let post = Post::try_from(rung.post).map_err(Failure::internal)?;
        Some(Seat {
            post,
            unit: id(&rung.unit)?,
        })
    };
    let holders: Result<_, Failure> = rung
        .holders
        .into_iter()
        .map(|holder| {
            Ok(Holder {
                employee: id(&holder.employee)?,
                display_name: holder.display_name,
                substitute: holder.substitute,
            })
        })
        .collect();
    Ok(Rung {
        seat,
        holders: holders?,
    })
}

/// The id in a name that the organisation sent.
fn id(name: &str) -> Result<Uuid, Failure> {
    let id = name.rsplit('/').next().unwrap_or_default();
    Uuid::try_parse(id).map_err(Failure::internal)
}
