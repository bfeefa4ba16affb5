//! Approvals as they were saved here last. What follows a change within moments, such as the answer of a service that it calls, is
//! decided on what is remembered, without reading it again.
//!
//! What is remembered may be old: another replica may have saved since. So only a change may come of it, whose save fails then. And
//! only what was saved may be remembered: the save knows an approval by its version alone.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use uuid::Uuid;

use crate::domain::approval::Approval;

/// How long one is remembered. Services answer within moments, most people later.
const KEEP: Duration = Duration::from_secs(10);
/// How many are remembered, counted in tasks: an approval may have a thousand of them.
const CAPACITY: u64 = 10_000;

/// Remembers approvals. Cheap to clone.
#[derive(Clone)]
pub struct Recent {
    approvals: Cache<Uuid, Arc<Approval>>,
    /// Which approval a task belongs to. It never belongs to another.
    tasks: Cache<Uuid, Uuid>,
}

impl Recent {
    /// Remembers none yet.
    #[must_use]
    pub fn new() -> Self {
        let weight = |_: &Uuid, approval: &Arc<Approval>| {
            u32::try_from(approval.tasks.len()).map_or(u32::MAX, |tasks| tasks.saturating_add(1))
        };
        Self {
            approvals: Cache::builder()
                .weigher(weight)
                .max_capacity(CAPACITY)
                .time_to_live(KEEP)
                .build(),
            tasks: Cache::builder().max_capacity(CAPACITY).time_to_live(KEEP).build(),
        }
    }

    /// An approval, if it is remembered.
    #[must_use]
    pub fn approval(&self, id: Uuid) -> Option<Approval> {
        self.approvals.get(&id).map(|approval| Approval::clone(&approval))
    }

    /// The approval that a task belongs to, if it is remembered.
    #[must_use]
    pub fn approval_by_task(&self, task: Uuid) -> Option<Approval> {
        self.approval(self.tasks.get(&task)?)
    }

    /// Remembers an approval as it has just been saved, and which of its tasks are new or changed.
    pub fn remember(&self, approval: Approval, tasks: impl IntoIterator<Item = Uuid>) {
        for task in tasks {
            self.tasks.insert(task, approval.id);
        }
        self.approvals.insert(approval.id, Arc::new(approval));
    }

    /// Remembers an approval no more.
    pub fn forget(&self, id: Uuid) {
        self.approvals.invalidate(&id);
    }
}
