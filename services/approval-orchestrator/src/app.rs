//! What the methods and the relay work with.

use std::sync::Arc;

use salient_access::directory::Directory;
use salient_database::{Connection, Database};
use salient_failure::{Failure, Kind};
use salient_operation::{OpContext, Reach};
use salient_outbox::feed::FeedService;
use salient_paging::Pages;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    anchors::{AnchorKeys, Place},
    clock::Clock,
    deputies::StandingDeputies,
    domain::{
        approval::{Approval, ParticipationState},
        participate,
        receiver::Receiver,
    },
    error::Error,
    recent::Recent,
    rpc::{approvers::Approvers, working_times::CalendarDesk},
    rulebooks::Rulebooks,
    seals::Seals,
    store::{Query, approval_find},
};

/// What the methods and the relay work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's own schema.
    pub database: Database,
    /// Approvals as they were saved here last.
    pub recent: Recent,
    /// Policy versions, ready to be run.
    pub rulebooks: Rulebooks,
    /// Who has to be asked, as the organisation says.
    pub approvers: Approvers,
    /// When working time will have passed, as the organisation's calendars say.
    pub calendars: CalendarDesk,
    /// Who is asked in whose place.
    pub deputies: StandingDeputies,
    /// What time it is.
    pub clock: Clock,
    /// Who people are.
    pub directory: Arc<dyn Directory>,
    /// Seals on histories.
    pub seals: Seals,
    /// The keys of anchors and exports.
    pub anchor_keys: AnchorKeys,
    /// Where anchors are.
    pub anchors: Place,
    /// Pages of lists.
    pub pages: Pages,
    /// The services that can be reached, and so may be named as participants.
    pub peers: Arc<[String]>,
    /// The service's own events.
    pub feed: FeedService,
    /// Cancelled when the service drains: what would stream for ever ends then.
    pub shutdown: CancellationToken,
}

impl App {
    /// Somebody as the organisation knows them now. Whom it does not know is as one who has left.
    ///
    /// # Errors
    /// UNAVAILABLE where the organisation cannot be asked.
    pub async fn employee(&self, id: Uuid) -> Result<Receiver, Error> {
        let (display_name, active) = match self.directory.profile(id).await {
            Ok(profile) => (profile.display_name.clone(), profile.active),
            Err(failure) if failure.kind() == Kind::NotFound => (String::new(), false),
            Err(failure) => return Err(failure.into()),
        };
        Ok(Receiver {
            employee: id,
            display_name,
            active,
        })
    }

    /// An approval, if there is one.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn find(&self, op: &OpContext, id: Uuid) -> Result<Option<Approval>, Error> {
        let find =
            async move |connection: &mut Connection| Ok::<_, Error>(approval_find(connection, id).await?);
        self.database.read(op, Query::ApprovalFind, find).await
    }

    /// An approval that the caller may see: they reach its unit, submitted it, were asked about it, or sent a copy (P1.3).
    ///
    /// # Errors
    /// OUT_OF_SCOPE, also for one that does not exist where the caller could not see every one; NOT_FOUND.
    pub async fn find_visible(&self, op: &OpContext, id: Uuid) -> Result<Approval, Error> {
        match self.find(op, id).await? {
            Some(approval) if visible(op, &approval) => Ok(approval),
            Some(_) => Err(Failure::out_of_scope().into()),
            None => Err(absent(op, id)),
        }
    }

    /// Whether an approval still waits for what leads a participant's part out of this state.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn awaits(
        &self,
        op: &OpContext,
        id: Uuid,
        service: &str,
        round: i64,
        state: ParticipationState,
    ) -> Result<bool, Error> {
        let found = self.find(op, id).await?;
        Ok(found.is_some_and(|approval| participate::awaits(&approval, service, round, state)))
    }
}

/// Whether the caller may see an approval.
#[must_use]
pub fn visible(op: &OpContext, approval: &Approval) -> bool {
    let copied = |person: Uuid| approval.correspondence.recipients.contains(&person);
    op.permit.covers(approval.submitter, approval.unit)
        || asked(op, approval)
        || op.person().is_ok_and(|profile| copied(profile.person))
}

/// Whether the caller is or was asked in an approval.
#[must_use]
pub fn asked(op: &OpContext, approval: &Approval) -> bool {
    let asked = |person: Uuid| approval.tasks.iter().any(|task| task.assignee == person);
    op.person().is_ok_and(|profile| asked(profile.person))
}

/// That there is no such approval: for whoever could not see every one, it is like one that they may not see.
#[must_use]
pub fn absent(op: &OpContext, id: Uuid) -> Error {
    match op.permit.reach() {
        Reach::Company | Reach::Service => Error::NotFound(format!("approvals/{id}")),
        Reach::Units { .. } | Reach::Own(_) => Failure::out_of_scope().into(),
    }
}
