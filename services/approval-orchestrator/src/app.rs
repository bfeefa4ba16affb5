//! What the methods and the relay work with.

use std::sync::Arc;

use salient_access::directory::Directory;
use salient_database::{Connection, Database};
use salient_failure::Failure;
use salient_operation::{OpContext, Reach};
use salient_paging::Pages;
use uuid::Uuid;

use crate::{
    anchors::{AnchorKeys, Place},
    clock::Clock,
    domain::{
        approval::{Approval, ParticipationState},
        participate,
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
}

impl App {
    /// An approval, if there is one.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn find(&self, op: &OpContext, id: Uuid) -> Result<Option<Approval>, Error> {
        let find =
            async move |connection: &mut Connection| Ok::<_, Error>(approval_find(connection, id).await?);
        self.database.read(op, Query::ApprovalFind, find).await
    }

    /// An approval that the caller may see: they reach its unit, submitted it, or were asked about it (P1.3).
    ///
    /// # Errors
    /// OUT_OF_SCOPE, also for one that does not exist where the caller could not see every one; NOT_FOUND.
    pub async fn find_visible(&self, op: &OpContext, id: Uuid) -> Result<Approval, Error> {
        let everything = matches!(op.permit.reach(), Reach::Company | Reach::Service);
        match self.find(op, id).await? {
            Some(approval) if visible(op, &approval) => Ok(approval),
            None if everything => Err(Error::NotFound(format!("approvals/{id}"))),
            Some(_) | None => Err(Failure::out_of_scope().into()),
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

fn visible(op: &OpContext, approval: &Approval) -> bool {
    let asked = |person: Uuid| approval.tasks.iter().any(|task| task.assignee == person);
    op.permit.covers(approval.submitter, approval.unit)
        || op.person().is_ok_and(|profile| asked(profile.person))
}
