//! Tasks by the million: copies of two that the services made, with names, times and people of their own.

use std::thread::available_parallelism;

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::size::Size;
use crate::{
    company::Company,
    pace::Wait,
    postgres::Postgres,
    scenario::{Stage, Waits, draft, sign_off, submit},
};

/// How many tasks one statement makes.
const BATCH: u64 = 100_000;
/// How many copies there are for each task, as a fraction.
const COPIES: u64 = 10;
/// How many looks it takes at most until a task is there, and how long between them.
const LOOKS: usize = 300;
const POLL: std::time::Duration = std::time::Duration::from_millis(100);

/// What lasts for a session. It is all thrown away, so nothing needs to be safe.
const SESSION: &str = "SET search_path = approval; SET synchronous_commit = off; SET maintenance_work_mem = '768MB'; \
                       SET max_parallel_maintenance_workers = 0; SET jit = off;";

/// Has the services make a decided and a pending task, by which the others are made.
///
/// # Errors
/// What a call fails with; a task that does not come.
pub async fn templates(stage: &Stage, postgres: &Postgres, database: &str) -> anyhow::Result<()> {
    let desk = &stage.company.waiting;
    let decided = draft(stage, 0, desk).await?;
    sign_off(stage, 0, desk, &decided.name, &Waits::like(Wait::learning), &()).await?;
    let pending = draft(stage, 0, desk).await?;
    submit(stage, 0, desk, &pending.name).await?;
    let client = postgres.connect(database).await?;
    client.batch_execute(SESSION).await?;
    for _ in 0..LOOKS {
        let made = client
            .execute(
                "CREATE TABLE template AS SELECT state = 'PENDING' AS pending, kind, policy_version, step, card, decision FROM task \
                 WHERE (step, state) IN (('review', 'PENDING'), ('approval', 'APPROVED'))",
                &[],
            )
            .await?;
        if made == 2 {
            return Ok(());
        }
        client.batch_execute("DROP TABLE template").await?;
        tokio::time::sleep(POLL).await;
    }
    None.context("the services made no task")
}

/// Fills a database whose services are stopped.
///
/// # Errors
/// What a statement fails with.
pub async fn fill(postgres: &Postgres, database: &str, size: Size, company: &Company) -> anyhow::Result<()> {
    let approver = company
        .waiting
        .supervisor
        .employee
        .trim_start_matches("employees/");
    let client = postgres.connect(database).await?;
    client.batch_execute(SESSION).await?;
    let rows = client
        .query(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'approval' AND tablename = 'task' \
             ORDER BY indexname = 'task_pkey'",
            &[],
        )
        .await?;
    let indexes: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    client
        .batch_execute(
            "TRUNCATE task; ALTER TABLE task SET UNLOGGED; ALTER TABLE task DROP CONSTRAINT task_pkey",
        )
        .await?;
    for (name, _) in indexes.iter().filter(|(name, _)| name != "task_pkey") {
        client.batch_execute(&format!("DROP INDEX {name}")).await?;
    }
    let batches = (0..size.tasks.div_ceil(BATCH)).map(|batch| insert(size, approver, batch));
    all(postgres, database, batches.collect()).await?;
    eprintln!("  rows are there");
    // Anew as the migrations made them, one on each processor.
    let definitions = indexes.iter().map(|(_, definition)| definition.clone());
    all(postgres, database, definitions.collect()).await?;
    client
        .batch_execute("ALTER TABLE task ADD CONSTRAINT task_pkey PRIMARY KEY USING INDEX task_pkey")
        .await?;
    eprintln!("  indexes are there");
    client.batch_execute(&copies(size, approver)).await?;
    client.batch_execute("DROP TABLE template").await?;
    // What happens by itself where nothing is thrown away.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    Ok(())
}

/// Runs statements, as many at once as there are processors.
async fn all(postgres: &Postgres, database: &str, statements: Vec<String>) -> anyhow::Result<()> {
    let run = async |statement: String| {
        let client = postgres.connect(database).await?;
        client.batch_execute(SESSION).await?;
        client.batch_execute(&statement).await?;
        anyhow::Ok(())
    };
    stream::iter(statements)
        .map(run)
        .buffer_unordered(available_parallelism()?.get())
        .try_for_each(async |()| Ok(()))
        .await
}

/// A batch of tasks: one every six seconds, the last one now; five thousand people, and now and then the approver.
fn insert(size: Size, approver: &str, batch: u64) -> String {
    let Size { tasks, pending, .. } = size;
    let (first, last) = (batch * BATCH + 1, ((batch + 1) * BATCH).min(tasks));
    let (decided, stride) = (tasks - pending, size.stride());
    format!(
        "INSERT INTO task (id, approval, kind, policy_version, subject_name, step, visit, assignee, state, version, card, decision, \
         create_time, end_time, due_time) \
         SELECT (lpad(to_hex(n), 8, '0') || substr(hash, 9))::uuid, hash::uuid, kind, policy_version, 'contracts/' || hash::uuid, \
         step, 1, CASE WHEN (pending AND n % {stride} = 0) OR (NOT pending AND n % 500 = 0) THEN '{approver}'::uuid \
         ELSE lpad(to_hex(n * 7919 % 5000 + 1), 32, '0')::uuid END, \
         CASE WHEN pending THEN 'PENDING' ELSE 'APPROVED' END, 1, \
         CASE WHEN pending THEN card || jsonb_build_object('title', 'HT-HD-2026-' || lpad(n::text, 8, '0') || ' 上海晨光贸易') \
         ELSE card END, decision, \
         at, CASE WHEN NOT pending THEN at + interval '5 hours' END, \
         CASE WHEN n / 100 % 2 = 0 THEN at + interval '2 days' END \
         FROM generate_series({first}::bigint, {last}) AS n \
         CROSS JOIN LATERAL (SELECT md5(n::text) AS hash, now() - ({tasks} - n) * interval '6 seconds' AS at) AS made \
         JOIN template ON template.pending = (n > {decided})"
    )
}

/// Copies of approvals, one for every so many tasks; every other one is unread. Counting them needs no approvals.
fn copies(size: Size, approver: &str) -> String {
    let copies = size.tasks / COPIES;
    format!(
        "INSERT INTO approval_copy (approval, recipient, copier, comment, create_time, read_time) \
         SELECT md5(n::text)::uuid, CASE WHEN n % 200 < 2 THEN '{approver}'::uuid \
         ELSE lpad(to_hex(n * 7919 % 5000 + 1), 32, '0')::uuid END, \
         '{approver}', '请知悉', now(), CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1::bigint, {copies}) AS n"
    )
}
