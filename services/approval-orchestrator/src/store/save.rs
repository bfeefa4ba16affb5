//! A change of an approval, saved by one statement and so in one round trip: the approval, the tasks it made or ended, its
//! history, and what is announced, sent and answered.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use salient_database::{Connection, Document, LedgerCte};
use uuid::Uuid;

use super::tasks::{TaskCard, TaskRow};
use crate::domain::{
    approval::{Approval, Decision},
    audit::{AuditEntry, action_name},
    correspond::NewCopies,
};

/// Saves an approval as it is now onto the version it was decided on; version 0 is one that does not exist yet.
///
/// It fails as a whole where another change came first: the primary key of the history has room for one entry of each number,
/// and every change adds at least one. The history's rows are made to wait for the approval's row, which is therefore what two
/// changes at the same instant contend for.
#[derive(Debug, QueryId)]
pub struct ApprovalSave {
    approval: Columns,
    tasks: TaskColumns,
    audit: AuditColumns,
    ledger: LedgerCte,
    copies: CopyColumns,
}

#[derive(Debug)]
struct Columns {
    id: Uuid,
    state: &'static str,
    kind: String,
    policy_version: i64,
    subject_service: String,
    subject_name: String,
    submitter: Uuid,
    unit: Uuid,
    attention_reason: Option<String>,
    version: i64,
    expected: i64,
    document: Document<Approval>,
    create_time: jiff_diesel::Timestamp,
    update_time: jiff_diesel::Timestamp,
    end_time: Option<jiff_diesel::Timestamp>,
    timer_time: Option<jiff_diesel::Timestamp>,
}

#[derive(Debug, Default)]
struct TaskColumns {
    ids: Vec<Uuid>,
    steps: Vec<String>,
    visits: Vec<i64>,
    assignees: Vec<Uuid>,
    states: Vec<String>,
    versions: Vec<i64>,
    cards: Vec<Document<TaskCard>>,
    decisions: Vec<Option<Document<Decision>>>,
    create_times: Vec<jiff_diesel::Timestamp>,
    end_times: Vec<Option<jiff_diesel::Timestamp>>,
    due_times: Vec<Option<jiff_diesel::Timestamp>>,
}

#[derive(Debug)]
struct AuditColumns {
    sequences: Vec<i64>,
    actions: Vec<String>,
    steps: Vec<String>,
    tasks: Vec<Option<Uuid>>,
    details: Vec<String>,
    previous_hashes: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
    round: i64,
    actor: String,
    on_behalf_of: String,
    origin: String,
    subject_version: i64,
    subject_digest: Vec<u8>,
}

/// Copies that are sent; mostly none, and then no row is looked for or written.
#[derive(Debug)]
struct CopyColumns(NewCopies);

impl ApprovalSave {
    /// Prepares the statement. `entries` are of one change, so they share who, when and on which content.
    #[must_use]
    pub fn new(
        expected: i64,
        approval: Approval,
        tasks: Vec<TaskRow>,
        entries: Vec<AuditEntry>,
        ledger: LedgerCte,
        copies: Option<NewCopies>,
    ) -> Self {
        let audit = AuditColumns::new(&approval, entries);
        Self {
            approval: Columns::new(expected, approval),
            tasks: TaskColumns::new(tasks),
            audit,
            ledger,
            copies: CopyColumns(copies.unwrap_or_default()),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// A violation of `audit_entry_sequence` where another change came first, of `approval_open_subject` where another
    /// approval of the subject is open.
    pub async fn execute(self, connection: &mut Connection) -> Result<(), salient_database::Error> {
        diesel_async::RunQueryDsl::execute(self, connection).await?;
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for ApprovalSave {}

impl Columns {
    fn new(expected: i64, approval: Approval) -> Self {
        Self {
            id: approval.id,
            state: approval.state.name(),
            kind: approval.subject.kind.clone(),
            policy_version: approval.policy_version,
            subject_service: approval.subject.service.clone(),
            subject_name: approval.subject.name.clone(),
            submitter: approval.submitter,
            unit: approval.unit,
            attention_reason: approval.attention_reason.map(|reason| reason.name().to_owned()),
            version: approval.version,
            expected,
            create_time: approval.create_time.into(),
            update_time: approval.update_time.into(),
            end_time: approval.end_time.map(Into::into),
            timer_time: approval.timer_time().map(Into::into),
            document: Document(approval),
        }
    }
}

impl TaskColumns {
    fn new(tasks: Vec<TaskRow>) -> Self {
        let mut columns = Self::default();
        for task in tasks {
            columns.ids.push(task.id);
            columns.steps.push(task.step);
            columns.visits.push(task.visit);
            columns.assignees.push(task.assignee);
            columns.states.push(task.state.name().to_owned());
            columns.versions.push(task.version);
            columns.cards.push(Document(task.card));
            columns.decisions.push(task.decision.map(Document));
            columns.create_times.push(task.create_time.into());
            columns.end_times.push(task.end_time.map(Into::into));
            columns.due_times.push(task.due_time.map(Into::into));
        }
        columns
    }
}

impl AuditColumns {
    fn new(approval: &Approval, entries: Vec<AuditEntry>) -> Self {
        let first = entries.as_slice().first();
        let of_first = |field: fn(&AuditEntry) -> &String| first.map(field).cloned().unwrap_or_default();
        let mut columns = Self {
            sequences: Vec::with_capacity(entries.len()),
            actions: Vec::with_capacity(entries.len()),
            steps: Vec::with_capacity(entries.len()),
            tasks: Vec::with_capacity(entries.len()),
            details: Vec::with_capacity(entries.len()),
            previous_hashes: Vec::with_capacity(entries.len()),
            hashes: Vec::with_capacity(entries.len()),
            round: approval.round,
            actor: of_first(|entry| &entry.actor),
            on_behalf_of: of_first(|entry| &entry.on_behalf_of),
            origin: of_first(|entry| &entry.origin),
            subject_version: approval.subject.version,
            subject_digest: approval.subject.digest.clone(),
        };
        for entry in entries {
            columns.sequences.push(entry.sequence);
            columns.actions.push(action_name(entry.action));
            columns.steps.push(entry.step);
            columns.tasks.push(entry.task);
            columns.details.push(entry.details);
            columns.previous_hashes.push(entry.previous_hash);
            columns.hashes.push(entry.hash);
        }
        columns
    }
}

impl QueryFragment<Pg> for ApprovalSave {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH ");
        self.approval.walk(out.reborrow())?;
        out.push_sql(", ");
        self.tasks.walk(&self.approval, out.reborrow())?;
        out.push_sql(", ");
        self.audit.walk(&self.approval, out.reborrow())?;
        out.push_sql(", ");
        self.approval.walk_unanchored(out.reborrow())?;
        out.push_sql(", ");
        self.ledger.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.copies.walk(&self.approval, out.reborrow())?;
        out.push_sql(" SELECT 1");
        Ok(())
    }
}

impl Columns {
    fn walk<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "saved AS (INSERT INTO approval (id, state, kind, policy_version, subject_service, subject_name, submitter, unit, \
             attention_reason, version, document, create_time, end_time, timer_time) VALUES (",
        );
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.state)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.kind)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.policy_version)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.subject_service)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.subject_name)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.submitter)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.unit)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.attention_reason)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.version)?;
        out.push_sql(", ");
        out.push_bind_param::<Jsonb, _>(&self.document)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.create_time)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.end_time)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.timer_time)?;
        out.push_sql(
            ") ON CONFLICT (id) DO UPDATE SET state = excluded.state, attention_reason = excluded.attention_reason, \
             version = excluded.version, document = excluded.document, end_time = excluded.end_time, \
             timer_time = excluded.timer_time \
             WHERE approval.version = ",
        );
        out.push_bind_param::<BigInt, _>(&self.expected)?;
        out.push_sql(" RETURNING 1), locked AS (SELECT count(*) AS saved FROM saved)");
        Ok(())
    }

    /// What has to be anchored from now on.
    fn walk_unanchored<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Document(approval) = &self.document;
        out.push_sql("unanchored_row AS (INSERT INTO audit_unanchored (approval, length, head) SELECT ");
        out.push_bind_param::<SqlUuid, _>(&approval.id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&approval.audit_length)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&approval.audit_head)?;
        out.push_sql(" FROM locked WHERE locked.saved = 1)");
        Ok(())
    }
}

impl TaskColumns {
    fn walk<'b>(&'b self, approval: &'b Columns, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "task_row AS (INSERT INTO task (id, step, visit, assignee, state, version, card, decision, create_time, end_time, \
             due_time, approval, kind, policy_version, subject_name) SELECT asked.*, ",
        );
        out.push_bind_param::<SqlUuid, _>(&approval.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&approval.kind)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&approval.policy_version)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&approval.subject_name)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.steps)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.visits)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.assignees)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.states)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Jsonb>, _>(&self.cards)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Jsonb>>, _>(&self.decisions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.create_times)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Timestamptz>>, _>(&self.end_times)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Timestamptz>>, _>(&self.due_times)?;
        // Compare and set: what was decided stays as it is, whatever a defect above may ask for; taken back, it keeps what was decided.
        out.push_sql(
            ") AS asked, locked WHERE locked.saved = 1 ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
             version = excluded.version, decision = coalesce(excluded.decision, task.decision), end_time = excluded.end_time, \
             due_time = excluded.due_time WHERE task.end_time IS NULL OR excluded.state = 'TAKEN_BACK')",
        );
        Ok(())
    }
}

impl AuditColumns {
    fn walk<'b>(&'b self, approval: &'b Columns, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "audit_row AS (INSERT INTO audit_entry (sequence, action, step, task, details, previous_hash, hash, approval, \
             create_time, round, actor, on_behalf_of, origin, subject_version, subject_digest) SELECT happened.*, ",
        );
        out.push_bind_param::<SqlUuid, _>(&approval.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&approval.update_time)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.round)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.actor)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.on_behalf_of)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.origin)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.subject_version)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&self.subject_digest)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.sequences)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.actions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.steps)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.tasks)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.details)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.previous_hashes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.hashes)?;
        // Not only where the row was saved: a stale change has to run into the entry that took its place.
        out.push_sql(") AS happened, locked WHERE locked.saved >= 0)");
        Ok(())
    }
}

impl CopyColumns {
    fn walk<'b>(&'b self, approval: &'b Columns, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self(copies) = self;
        out.push_sql(
            "copy_row AS (INSERT INTO approval_copy (recipient, approval, copier, comment, create_time) SELECT sent.*, ",
        );
        out.push_bind_param::<SqlUuid, _>(&approval.id)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&copies.copier)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&copies.comment)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&approval.update_time)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&copies.recipients)?;
        out.push_sql(") AS sent, locked WHERE locked.saved = 1)");
        Ok(())
    }
}
