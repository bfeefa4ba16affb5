//! How an approval is changed, whoever asks for it: load it, look up whom to ask if a step may start, decide by the domain's
//! rules, save. Two round trips to the database, one where the approval is remembered from a moment ago, and no lock held in
//! between: the save fails where another change came first, and then it is decided again on what is there now. So of two changes
//! that meet, the first to be saved stands.

use std::sync::Arc;

use jiff::Timestamp;
use prost::Message;
use salient_database::{Connection, LedgerCte, Tx};
use salient_operation::OpContext;
use uuid::Uuid;

use super::{
    waterfall,
    wire::{call, event},
};
use crate::{
    app::App,
    domain::{
        approval::Approval,
        audit::{self, Provenance},
        moves,
        refusal::Refusal,
        rulebook::Rulebook,
        submit::{self, Submission},
        work::{Changes, Desk},
    },
    error::Error,
    rulebooks::Latest,
    store::{ApprovalSave, Query, TaskRow, approval_by_task, approval_find},
};

/// How often a change is decided anew because another one came first. Each time somebody got something done, so only more than
/// this many at once on one approval see the error.
const ATTEMPTS: usize = 16;

/// Which approval is to be changed.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// This one.
    Approval(Uuid),
    /// The one that this task belongs to.
    Task(Uuid),
}

/// A change of an approval, and what is answered once it is saved.
pub trait Command: Send + Sync {
    /// The answer.
    type Answer: Message + Default;

    /// Which approval.
    fn target(&self) -> Target;

    /// For whom the caller acts; empty where for themselves.
    fn on_behalf_of(&self) -> String {
        String::new()
    }

    /// What opens the approval where there is none.
    ///
    /// # Errors
    /// What is answered where there has to be one.
    fn opening(&self, op: &OpContext) -> Result<&Submission, Error>;

    /// Whether there most likely is none yet, so that it is opened without looking. Where there is one after all, opening it
    /// fails, and then it is looked for.
    fn likely_opens(&self) -> bool {
        false
    }

    /// Whether a step may start because of it, so that its approvers have to be looked up.
    fn may_start_step(&self, approval: &Approval, rulebook: &Rulebook) -> bool;

    /// Whether somebody may be asked because of it, so that who is away has to be known.
    fn may_ask(&self) -> bool {
        true
    }

    /// Checks that the caller may, and applies the domain's rule. `None` where there is nothing to change.
    ///
    /// # Errors
    /// Why not.
    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error>;

    /// The answer.
    ///
    /// # Errors
    /// `Defect`.
    fn answer(&self, outcome: &Outcome) -> Result<Self::Answer, Error>;
}

/// How an approval is after a change.
#[derive(Debug)]
pub struct Outcome {
    /// The approval.
    pub approval: Approval,
    /// The tasks that are new or changed.
    pub tasks: Vec<TaskRow>,
    /// The policy version it runs by.
    pub rulebook: Arc<Rulebook>,
}

/// Makes a change.
///
/// # Errors
/// What the command refuses; `Contended` where others changed the approval again and again.
pub async fn change<C: Command>(app: &App, op: &OpContext, command: &C) -> Result<C::Answer, Error> {
    let mut contended = Uuid::nil();
    for attempt in 0..ATTEMPTS {
        let decided = match decide(app, op, command, attempt == 0).await {
            Ok(decided) => decided,
            Err(error) => return repeated(app, op, error).await,
        };
        match decided {
            Decided::Nothing(outcome) => return unchanged(app, op, command, &outcome).await,
            Decided::Change(change) => {
                contended = change.approval.id;
                match save(app, op, command, change).await {
                    Err(error) if error.lost_to_another() => app.recent.forget(contended),
                    result => return result,
                }
            }
        }
    }
    Err(Error::Contended { approval: contended })
}

/// What a command came to.
enum Decided {
    Nothing(Box<Outcome>),
    Change(Box<Change>),
}

/// A change to be saved.
struct Change {
    expected: i64,
    approval: Approval,
    changes: Changes,
    rulebook: Arc<Rulebook>,
    now: Timestamp,
}

async fn decide<C: Command>(app: &App, op: &OpContext, command: &C, first: bool) -> Result<Decided, Error> {
    if first {
        if command.likely_opens() {
            return open(app, op, command.opening(op)?).await;
        }
        if let Some(approval) = remembered(app, command.target())
            && let Ok(change @ Decided::Change(_)) = run(app, op, command, approval).await
        {
            return Ok(change);
        }
        // A refusal, and that there is nothing to change, have to be true of what is there now.
    }
    match find(app, op, command.target()).await? {
        None => open(app, op, command.opening(op)?).await,
        Some(approval) => run(app, op, command, approval).await,
    }
}

/// The approval as it was saved here last, if that was a moment ago.
fn remembered(app: &App, target: Target) -> Option<Approval> {
    match target {
        Target::Approval(id) => app.recent.approval(id),
        Target::Task(id) => app.recent.approval_by_task(id),
    }
}

async fn find(app: &App, op: &OpContext, target: Target) -> Result<Option<Approval>, Error> {
    let find = async move |connection: &mut Connection| {
        let found = match target {
            Target::Approval(id) => approval_find(connection, id).await,
            Target::Task(id) => approval_by_task(connection, id).await,
        };
        found.map_err(Error::from)
    };
    let label = match target {
        Target::Approval(_) => Query::ApprovalFind,
        Target::Task(_) => Query::ApprovalFindByTask,
    };
    app.database.read(op, label, find).await
}

async fn open(app: &App, op: &OpContext, submission: &Submission) -> Result<Decided, Error> {
    let Latest { rulebook, paused } = app.rulebooks.latest(op, &submission.subject.kind).await?;
    let now = app.clock.now();
    // With participants, they are asked first, and whom to ask is looked up when they have answered.
    let ladders = if rulebook.policy.participants.is_empty() && !paused {
        Some(
            app.approvers
                .find(op, &rulebook, submission.submitter, submission.unit)
                .await?,
        )
    } else {
        None
    };
    let working_times = match &ladders {
        Some(_) => app.calendars.find(op, &rulebook, now).await?,
        None => None,
    };
    let deputies = match &ladders {
        Some(_) => Some(app.deputies.find(op).await?),
        None => None,
    };
    let desk = Desk {
        rulebook: &rulebook,
        ladders: ladders.as_deref(),
        working_times: working_times.as_deref(),
        deputies: deputies.as_deref(),
        now,
    };
    let open = if paused { submit::open_paused } else { submit::open };
    let (approval, changes) = open(submission.clone(), desk)?;
    Ok(Decided::Change(Box::new(Change {
        expected: 0,
        approval,
        changes,
        rulebook,
        now,
    })))
}

async fn run<C: Command>(
    app: &App,
    op: &OpContext,
    command: &C,
    mut approval: Approval,
) -> Result<Decided, Error> {
    let expected = approval.version;
    let now = app.clock.now();
    let rulebook = app.rulebooks.get(op, &approval.policy_key()).await?;
    let ladders = if command.may_start_step(&approval, &rulebook) {
        Some(
            app.approvers
                .find(op, &rulebook, approval.submitter, approval.unit)
                .await?,
        )
    } else {
        None
    };
    let working_times = match &ladders {
        Some(_) => app.calendars.find(op, &rulebook, now).await?,
        None => None,
    };
    let deputies = if command.may_ask() {
        Some(app.deputies.find(op).await?)
    } else {
        None
    };
    let changes = command.run(
        op,
        &mut approval,
        Desk {
            rulebook: &rulebook,
            ladders: ladders.as_deref(),
            working_times: working_times.as_deref(),
            deputies: deputies.as_deref(),
            now,
        },
    )?;
    Ok(match changes {
        Some(changes) => Decided::Change(Box::new(Change {
            expected,
            approval,
            changes,
            rulebook,
            now,
        })),
        None => Decided::Nothing(Box::new(Outcome {
            approval,
            tasks: Vec::new(),
            rulebook,
        })),
    })
}

async fn save<C: Command>(
    app: &App,
    op: &OpContext,
    command: &C,
    change: Box<Change>,
) -> Result<C::Answer, Error> {
    let Change {
        expected,
        mut approval,
        changes,
        rulebook,
        now,
    } = *change;
    approval.version = expected + 1;
    moves::record(&mut approval, &changes, op.traceparent.as_deref());
    // Whether this very change ends it: what comes later, such as that its outcome was taken, does not change when it ended.
    let finished = if approval.end_time == Some(now) && salient_telemetry::exporting() {
        waterfall::spans(&approval)
    } else {
        Vec::new()
    };
    let actor = op.actor();
    let on_behalf_of = command.on_behalf_of();
    let origin = origin(op);
    let provenance = Provenance {
        actor: &actor,
        on_behalf_of: &on_behalf_of,
        origin: &origin,
        now,
    };
    let entries = audit::append(&mut approval, &changes.log, provenance);
    approval.audit_seal = app.seals.seal(&approval);
    let tasks = rows(&approval, &changes)?;
    let copies = changes.copies;
    let who = if on_behalf_of.is_empty() {
        &actor
    } else {
        &on_behalf_of
    };
    let events = event::events(&approval, &rulebook, who, &changes.log);
    let deliveries = changes
        .calls
        .iter()
        .map(|call| call::delivery(&approval, call, who, now))
        .collect();
    let outcome = Outcome {
        approval,
        tasks,
        rulebook,
    };
    let answer = command.answer(&outcome)?;
    let Outcome { approval, tasks, .. } = outcome;
    let subject = approval.subject.name.clone();
    let (saved, changed): (_, Vec<_>) = (approval.clone(), tasks.iter().map(|task| task.id).collect());
    let recent = &app.recent;
    let statement = async move |(connection, ledger): (&mut Connection, LedgerCte)| {
        let save = ApprovalSave::new(expected, approval, tasks, entries, ledger, copies);
        save.execute(connection).await?;
        // Here, where this very change is known to be saved: a repeat is answered too, and what it decided is nowhere.
        recent.remember(saved, changed);
        Ok(())
    };
    let saving =
        app.database
            .mutate_in_one_statement(op, Query::ApprovalSave, answer, events, deliveries, statement);
    let answer = saving.await.map_err(|error| match error {
        Error::Database(error) if error.violates("approval_open_subject") => {
            Error::SubjectHasOpenApproval { subject }
        }
        error => error,
    })?;
    // After it is saved, and without waiting for it.
    salient_telemetry::export_finished(finished);
    Ok(answer)
}

/// Answers where there was nothing to change: with what was answered to the same request before, if it was; else the answer is
/// kept, so that it stays the answer.
async fn unchanged<C: Command>(
    app: &App,
    op: &OpContext,
    command: &C,
    outcome: &Outcome,
) -> Result<C::Answer, Error> {
    if op.idempotency.is_none() {
        return command.answer(outcome);
    }
    let keep = async move |_: &mut Tx| command.answer(outcome);
    app.database.mutate(op, Query::ApprovalUnchanged, keep).await
}

/// What was answered to the same request before, in place of an error: a repeated decision finds its task decided.
pub async fn repeated<R: Message + Default>(app: &App, op: &OpContext, error: Error) -> Result<R, Error> {
    app.database.or_answered(op, Err(error)).await
}

fn rows(approval: &Approval, changes: &Changes) -> Result<Vec<TaskRow>, Error> {
    let row = |position: &usize| {
        let task = approval
            .tasks
            .get(*position)
            .ok_or(Refusal::Defect("a changed task that is not there"))?;
        let decision = changes
            .decisions
            .iter()
            .find(|decision| decision.task == task.id)
            .cloned();
        Ok(TaskRow::of(approval, task, decision)?)
    };
    changes.tasks.iter().map(row).collect()
}

/// From where a change comes, for the history: the method, and the trace it belongs to.
fn origin(op: &OpContext) -> String {
    match &op.traceparent {
        Some(trace) => format!("{} {trace}", op.method),
        None => op.method.to_owned(),
    }
}

/// Now, in the microseconds that the database keeps.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
