//! The clock's side of sign-offs: finds approvals whose time has come, and has the domain do what is due.
//!
//! Every replica looks, and nobody claims anything: what is due is done by an ordinary change, which is saved onto the version it
//! was decided on. Of two replicas that do it at once the first to save has done it; the other looks again and finds nothing due.
//! A replica that dies leaves nothing behind but what is still due.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use rand::seq::SliceRandom as _;
use salient_database::Connection;
use salient_operation::OpContext;
use salient_values::name;
use uuid::Uuid;

use super::change::{Command, Outcome, Target, change};
use crate::{
    SERVICE,
    app::App,
    domain::{
        approval::Approval,
        expire,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
    store::{Query, approval_due},
};

/// How often the clock is looked at.
const PERIOD: Duration = Duration::from_secs(1);
/// How many approvals are found at a time.
const PAGE: i64 = 200;
/// How many are changed at a time: fewer than there are connections, so that calls come first.
const AT_ONCE: usize = 2;

/// Looks at the clock for as long as the service runs.
pub async fn run(app: App) {
    loop {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "what is due could not be looked for; trying again");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// Does everything that is due now. What fails is left for the next time, and keeps nothing behind it waiting.
async fn look(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let mut after: Option<(Timestamp, Uuid)> = None;
    loop {
        let op = OpContext::background(SERVICE, "timers");
        let find = async move |connection: &mut Connection| {
            Ok::<_, Error>(approval_due(connection, now, after, PAGE).await?)
        };
        let mut due = app.database.read(&op, Query::ApprovalDue, find).await?;
        let full = i64::try_from(due.len()).is_ok_and(|found| found >= PAGE);
        after = due.last().copied();
        // Each replica in an order of its own, so that they seldom meet.
        due.shuffle(&mut rand::rng());
        let fired: Vec<Result<(), Error>> = stream::iter(due)
            .map(|(_, approval)| fire(app, approval))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let failed: Vec<Error> = fired.into_iter().filter_map(Result::err).collect();
        // One line however many: usually one thing is the matter with all of them.
        if let Some(error) = failed.first() {
            let failed = failed.len();
            tracing::warn!(failed, %error, "what is due could not be done in some approvals; trying again");
        }
        if !full {
            return Ok(());
        }
    }
}

async fn fire(app: &App, approval: Uuid) -> Result<(), Error> {
    let op = OpContext::background(SERVICE, "timers/Fire");
    let fired = change(app, &op, &Fire(approval)).await;
    fired.inspect_err(|error| tracing::debug!(%approval, %error, "what is due could not be done"))
}

/// Whatever is due in an approval.
struct Fire(Uuid);

impl Command for Fire {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.0)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Error::NotFound(name::format("approvals", self.0)))
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        // Or ask superiors, or begin to wait anew.
        true
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(expire::fire(approval, desk)?)
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}
