//! Looks now and then whether those who are asked can still decide, so that a task that waits for nobody shows before somebody
//! misses it. What is known is not noted twice, so every replica may look.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use salient_database::Connection;
use salient_failure::Kind;
use salient_operation::{OpContext, Profile};
use salient_values::name;
use uuid::Uuid;

use super::change::{Command, Outcome, Target, change};
use crate::{
    SERVICE,
    app::App,
    domain::{
        approval::{Approval, Seat},
        eligibility,
        rulebook::Rulebook,
        submit::Submission,
        vacancy,
        work::{Changes, Desk},
    },
    error::Error,
    store::{Query, TaskQuery, assignees_with_tasks, task_list},
};

/// How often everybody is looked at.
const EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How often it is seen whether it is time.
const PERIOD: Duration = Duration::from_secs(1);
/// How many people, and how many of a person's tasks, are found at a time.
const PAGE: i64 = 200;

/// Looks for as long as the service runs, first when it has started: a replica that is replaced more often than it is time to look
/// would never look otherwise.
pub async fn run(app: App) {
    let mut last: Option<Timestamp> = None;
    loop {
        tokio::time::sleep(PERIOD).await;
        let now = app.clock.now();
        // Also where the clock was put back, lest nobody look until it has caught up.
        if last.is_some_and(|last| now.duration_since(last).abs() < EVERY) {
            continue;
        }
        last = Some(now);
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "vacancies could not be looked for; trying again later");
        }
    }
}

async fn look(app: &App) -> Result<(), Error> {
    let mut after = Uuid::nil();
    loop {
        let op = OpContext::background(SERVICE, "vacancies");
        let find = async move |connection: &mut Connection| {
            Ok::<_, Error>(assignees_with_tasks(connection, after, PAGE).await?)
        };
        let people = app.database.read(&op, Query::AssigneesWithTasks, find).await?;
        let Some(last) = people.last().copied() else {
            return Ok(());
        };
        after = last;
        for person in people {
            if let Err(error) = look_at(app, person).await {
                tracing::warn!(%person, %error, "whether somebody can still decide could not be seen");
            }
        }
    }
}

async fn look_at(app: &App, person: Uuid) -> Result<(), Error> {
    let profile = match app.directory.profile(person).await {
        Ok(profile) => Some(profile),
        Err(failure) if failure.kind() == Kind::NotFound => None,
        Err(failure) => return Err(failure.into()),
    };
    let mut after: Option<(Timestamp, Uuid)> = None;
    loop {
        let op = OpContext::background(SERVICE, "vacancies/Note");
        let query = TaskQuery {
            assignee: person,
            pending: true,
            filter: Vec::new(),
            now: app.clock.now(),
            after,
            limit: PAGE,
        };
        let list =
            async move |connection: &mut Connection| Ok::<_, Error>(task_list(connection, query).await?);
        let tasks = app.database.read(&op, Query::TaskList, list).await?;
        let Some(last) = tasks.last() else {
            return Ok(());
        };
        after = Some((last.create_time, last.id));
        for task in tasks {
            if may_be_vacant(task.card.seat, profile.as_deref()) {
                let note = Note {
                    approval: task.approval,
                    person,
                    profile: profile.clone(),
                };
                change(app, &op, &note).await?;
            }
        }
    }
}

/// Whether a look at the approval is worth it: most people still hold the post that they were asked for.
fn may_be_vacant(seat: Option<Seat>, profile: Option<&Profile>) -> bool {
    profile
        .filter(|profile| profile.active)
        .is_none_or(|profile| !eligibility::holds(profile, seat))
}

/// That somebody may not decide any more.
struct Note {
    approval: Uuid,
    person: Uuid,
    profile: Option<Arc<Profile>>,
}

impl Command for Note {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Error::NotFound(name::format("approvals", self.approval)))
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(vacancy::note(
            approval,
            desk,
            self.person,
            self.profile.as_deref(),
        ))
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}
