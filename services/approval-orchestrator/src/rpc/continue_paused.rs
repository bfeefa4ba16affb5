//! Approvals that waited for a paused policy go on once it is not paused any more: at once when it is resumed, and by a sweep
//! that also finds those which were submitted in the same instant, or which a crash left behind.

use std::time::Duration;

use jiff::Timestamp;
use salient_database::Connection;
use salient_operation::OpContext;
use salient_values::name;
use tokio::time::Instant;
use uuid::Uuid;

use super::change::{Command, Outcome, Target, change};
use crate::{
    SERVICE,
    app::App,
    domain::{
        approval::{Approval, AttentionReason},
        attend,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
    store::{Query, approvals_released},
};

/// How often the sweep looks.
const PERIOD: Duration = Duration::from_secs(15);
/// How long one go may take; the rest is for the next.
const TIME: Duration = Duration::from_secs(10);
/// How many are read at once.
const BATCH: i64 = 50;
/// What the history calls it.
const WHAT: &str = "continue_paused";

/// Looks for ever.
pub async fn sweep(app: App) {
    loop {
        tokio::time::sleep(PERIOD).await;
        continue_released(&app, "").await;
    }
}

/// Has them go on, the oldest first. One that cannot stays as it is, and the next is tried.
pub async fn continue_released(app: &App, on_behalf_of: &str) {
    let until = Instant::now() + TIME;
    let mut after = None;
    loop {
        let found = match find(app, after).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "approvals that waited for their policy were not found; looking again later");
                return;
            }
        };
        let Some(last) = found.last() else {
            return;
        };
        after = Some((last.create_time, last.id));
        for approval in found {
            if Instant::now() > until {
                return;
            }
            let id = approval.id;
            let command = Continue {
                approval: id,
                on_behalf_of: on_behalf_of.to_owned(),
            };
            let op = OpContext::background(SERVICE, WHAT);
            if let Err(error) = change(app, &op, &command).await {
                tracing::warn!(%error, approval = %id, "an approval that waited for its policy does not go on");
            }
        }
    }
}

async fn find(app: &App, after: Option<(Timestamp, Uuid)>) -> Result<Vec<Approval>, Error> {
    let op = OpContext::background(SERVICE, WHAT);
    let find = async move |connection: &mut Connection| {
        Ok::<_, Error>(approvals_released(connection, after, BATCH).await?)
    };
    app.database.read(&op, Query::ApprovalsReleased, find).await
}

struct Continue {
    approval: Uuid,
    on_behalf_of: String,
}

impl Command for Continue {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn on_behalf_of(&self) -> String {
        self.on_behalf_of.clone()
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Error::NotFound(name::format("approvals", self.approval)))
    }

    fn may_start_step(&self, _: &Approval, rulebook: &Rulebook) -> bool {
        // With participants, they are asked first.
        rulebook.policy.participants.is_empty()
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        // Another replica may have been first.
        if approval.attention_reason != Some(AttentionReason::PolicyPaused) {
            return Ok(None);
        }
        Ok(Some(attend::retry(approval, desk)?))
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}
