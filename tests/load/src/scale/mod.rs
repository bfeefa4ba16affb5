//! The inbox at ten million tasks: what its pages and numbers take there, beside ten thousand.
//!
//! Both sets are in one throw-away PostgreSQL, in tables as the migrations make them, each behind services of its own. The rows are
//! made by SQL, from tasks that the services made; the tables of tasks are unlogged, and nothing is flushed, which reads do not
//! notice. What is measured is the public API, one caller, one call at a time.

mod measure;
mod seed;
mod size;

use std::{
    path::Path,
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use anyhow::Context as _;

use self::{
    measure::{Call, DEEP, PAGE, Sample, Set, interleaved},
    size::Size,
};
use crate::{
    binary,
    company::Company,
    empty::Empty,
    median::median,
    options::Scale,
    place::Place,
    postgres::Postgres,
    scenario::Stage,
    suite::{Run, Suite},
};

/// How many connections each service of each set keeps: one caller needs few.
const CONNECTIONS: usize = 6;
/// The databases, the small one first.
const DATABASES: [&str; 2] = ["inbox_small", "inbox_large"];

/// Builds both sets, measures, and prints what came of it.
///
/// # Errors
/// The first thing that fails.
pub async fn run(scale: &Scale, tracing: bool) -> anyhow::Result<()> {
    let binary = binary::salient().await?;
    let place = Place::new()?;
    let postgres = Postgres::scratch(place.path()).await?;
    let measured = measured(scale, tracing, &binary, place.path(), &postgres).await;
    postgres.stop().await;
    print!("{}", measured?);
    Ok(())
}

async fn measured(
    scale: &Scale,
    tracing: bool,
    binary: &Path,
    folder: &Path,
    postgres: &Postgres,
) -> anyhow::Result<String> {
    let empty = Empty::start().await?;
    let sizes = [Size::SMALL, Size::large(scale.tasks)];
    let folders = DATABASES.map(|database| folder.join(database));
    let mut services = Vec::new();
    for (database, folder) in DATABASES.into_iter().zip(&folders) {
        postgres.create(database).await?;
        services.push(Run {
            binary,
            folder,
            url: postgres.services_url_in(database),
            owner_url: postgres.owner_url(database),
            collector: tracing.then_some(empty.url.as_str()),
            connections: Some(CONNECTIONS),
        });
    }
    let mut built = Vec::new();
    let mut suites = Vec::new();
    for ((run, size), database) in services.iter().zip(sizes).zip(DATABASES) {
        std::fs::create_dir(run.folder)?;
        let started = Instant::now();
        eprintln!("building {} tasks", size.tasks);
        let suite = run.start().await?;
        let company = Arc::new(suite.company.clone());
        seed::templates(&Stage::open(&company, 1).await?, postgres, database).await?;
        suite.stop().await?;
        seed::fill(postgres, database, size, &company).await?;
        built.push(started.elapsed());
    }
    for run in &services {
        suites.push(run.start().await?);
    }
    eprintln!("reading both inboxes");
    let [small, large]: [Suite; 2] = suites.try_into().ok().context("two sets")?;
    let mut sets = [
        set(sizes[0], &small.company).await?,
        set(sizes[1], &large.company).await?,
    ];
    eprintln!("measuring");
    let samples = interleaved(&mut sets, scale.rounds).await?;
    let report = report(scale, &sets, &samples, &built, postgres).await?;
    small.stop().await?;
    large.stop().await?;
    Ok(report)
}

async fn set(size: Size, company: &Company) -> anyhow::Result<Set> {
    let stage = Stage::open(&Arc::new(company.clone()), 1).await?;
    Set::read(size, stage.connections.tasks(0, &company.waiting.supervisor)?).await
}

async fn report(
    scale: &Scale,
    sets: &[Set; 2],
    samples: &[Sample],
    built: &[Duration],
    postgres: &Postgres,
) -> anyhow::Result<String> {
    let mut text = format!(
        "processors: {} · medians of {} calls to each set, in turn · pages of {PAGE}",
        available_parallelism()?,
        scale.rounds
    );
    for (name, value) in postgres.settings().await? {
        text += &format!(" · {name}: {value}");
    }
    text += "\n\n| set | tasks | pending | in the inbox | table and indexes | built in |\n|---|--:|--:|--:|--:|--:|\n";
    let names = ["small", "large"];
    for (((name, set), built), database) in names.iter().zip(sets).zip(built).zip(DATABASES) {
        let client = postgres.connect(database).await?;
        let bytes: i64 = client
            .query_one("SELECT pg_total_relation_size('approval.task')", &[])
            .await?
            .try_get(0)?;
        text += &format!(
            "| {name} | {} | {} | {} | {:.2} GB | {:.0} s |\n",
            set.size.tasks,
            set.size.pending,
            set.size.waiting(),
            bytes as f64 / 1e9,
            built.as_secs_f64()
        );
    }
    text += "\n| call | small p50 ms | large p50 ms | ratio |\n|---|--:|--:|--:|\n";
    for Sample { call, millis } in samples {
        let [small, large] = millis.clone().map(|millis| median(millis).unwrap_or_default());
        text += &format!(
            "| {} | {small:.2} | {large:.2} | **{:.2}** |\n",
            title(*call, sets),
            large / small
        );
    }
    Ok(text)
}

fn title(call: Call, sets: &[Set; 2]) -> String {
    let pages = sets.each_ref().map(|set| set.size.waiting().div_ceil(PAGE));
    match call {
        Call::First => "`ListTasks`, first page".to_owned(),
        Call::Deep => format!("`ListTasks`, page {DEEP}"),
        Call::Last => format!("`ListTasks`, last page ({} and {})", pages[0], pages[1]),
        Call::Count => "`CountTasks`".to_owned(),
    }
}
