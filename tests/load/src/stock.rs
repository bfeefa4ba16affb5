//! What there has to be before anything is measured: contracts to read, a full inbox, drafts to sign off.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use salient_proto::{approval::v1::ListTasksRequest, contracts::v1::Contract};
use tokio::time::sleep;

use crate::{
    company::Desk,
    scenario::{Stage, draft, submit},
};

/// How many contracts are read from, at least as many as `pgbench` divides among its clients.
const CONTRACTS: usize = 2_000;
/// How many tasks wait in the full inbox.
const WAITING: i32 = 200;
/// How many calls are under way at once while stock is made.
const AT_ONCE: usize = 32;
/// How often to look whether the inbox is full.
const POLL: Duration = Duration::from_millis(200);
/// How often at most.
const LOOKS: usize = 300;

/// Makes the contracts to read, and fills the inbox.
///
/// # Errors
/// What a call fails with; an inbox that does not fill.
pub async fn fill(stage: &Stage) -> anyhow::Result<Vec<Contract>> {
    let waiting = &stage.company.waiting;
    let submitted = stream::iter(0..WAITING).map(async |_| {
        let draft = draft(stage, 0, waiting).await?;
        submit(stage, 0, waiting, &draft.name).await
    });
    submitted
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await?;
    inbox_is_full(stage, waiting).await?;
    let turns = stream::iter(0..CONTRACTS).map(async |turn| draft(stage, 0, stage.desk(turn)).await);
    turns.buffer_unordered(AT_ONCE).try_collect().await
}

async fn inbox_is_full(stage: &Stage, waiting: &Desk) -> anyhow::Result<()> {
    let mut tasks = stage.connections.tasks(0, &waiting.supervisor)?;
    for _ in 0..LOOKS {
        let page = tasks
            .list_tasks(ListTasksRequest {
                page_size: WAITING,
                ..Default::default()
            })
            .await?;
        if page.into_inner().tasks.len() == usize::try_from(WAITING)? {
            return Ok(());
        }
        sleep(POLL).await;
    }
    None.context("the inbox does not fill")
}

/// Drafts, each to be signed off once.
pub struct Drafts {
    names: Vec<String>,
    taken: AtomicUsize,
}

impl Drafts {
    /// Makes so many, desk by desk in turn.
    ///
    /// # Errors
    /// What a call fails with.
    pub async fn make(stage: &Stage, count: usize) -> anyhow::Result<Self> {
        let turns = stream::iter(0..count).map(async |turn| draft(stage, turn, stage.desk(turn)).await);
        // In order: a draft's place tells its desk.
        let names = turns
            .buffered(AT_ONCE)
            .map_ok(|draft| draft.name)
            .try_collect()
            .await?;
        Ok(Self {
            names,
            taken: AtomicUsize::new(0),
        })
    }

    /// The next one, and its turn.
    ///
    /// # Errors
    /// Where all are taken.
    pub fn take(&self) -> anyhow::Result<(usize, &str)> {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        let name = self.names.get(turn).context("there are no drafts left")?;
        Ok((turn, name))
    }
}
