//! The deputyships that are in force, at hand for whoever makes tasks.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use moka::future::Cache;
use salient_database::{Connection, Database};
use salient_failure::Failure;
use salient_operation::OpContext;

use crate::{
    clock::Clock,
    domain::deputies::{Deputies, Deputyship, admission},
    error::Error,
    store::{Query, deputyships_around, deputyships_open, deputyships_open_count, deputyships_revision},
};

/// How long what was read is used, as long as a person's profile is: so long a change on another replica may go unseen.
const KEEP: Duration = Duration::from_secs(2);
/// What is kept: what was read, and what is being read while something was changed.
const CAPACITY: u64 = 4;
/// The most deputyships that are not over, so that all of them can be at hand.
pub const MOST_OPEN: i64 = 50_000;

/// The deputyships that are not over. Cheap to clone.
#[derive(Clone)]
pub struct StandingDeputies {
    database: Database,
    clock: Clock,
    /// By how often something was changed on this replica: what is still being read when that happens is kept by the number of before,
    /// and nobody asks for that any more.
    read: Cache<u64, Arc<Deputies>>,
    changes: Arc<AtomicU64>,
    /// What was read last: used again as long as nothing was changed anywhere.
    last: Arc<Mutex<Option<Snapshot>>>,
}

#[derive(Clone)]
struct Snapshot {
    revision: i64,
    /// What was over by then is not in it.
    as_of: Timestamp,
    deputies: Arc<Deputies>,
}

impl StandingDeputies {
    /// Those of this database, by this clock.
    #[must_use]
    pub fn new(database: Database, clock: Clock) -> Self {
        Self {
            database,
            clock,
            read: Cache::builder().max_capacity(CAPACITY).time_to_live(KEEP).build(),
            changes: Arc::default(),
            last: Arc::default(),
        }
    }

    /// All that are in force or still to come: as they are where they were changed on this replica, and at most two seconds old.
    ///
    /// # Errors
    /// UNAVAILABLE where the database cannot be asked.
    pub async fn find(&self, op: &OpContext) -> Result<Arc<Deputies>, Error> {
        let changes = self.changes.load(Ordering::Acquire);
        let read = self.read.try_get_with(changes, self.read(op)).await;
        read.map_err(|failure| Failure::clone(&failure).into())
    }

    /// Has them read anew: something was changed, or may have been.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    async fn read(&self, op: &OpContext) -> Result<Arc<Deputies>, Failure> {
        let now = self.clock.now();
        let known = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let read = async move |connection: &mut Connection| {
            // First, lest what is read be older than it says.
            let revision = deputyships_revision(connection).await?;
            let same = |known: &Snapshot| known.revision == revision && known.as_of <= now;
            if let Some(known) = known.filter(same) {
                return Ok::<_, Error>(known);
            }
            Ok(Snapshot {
                revision,
                as_of: now,
                deputies: Arc::new(Deputies::new(deputyships_open(connection, now).await?)),
            })
        };
        let read = self.database.read(op, Query::DeputyshipsOpen, read).await?;
        let deputies = Arc::clone(&read.deputies);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        Ok(deputies)
    }
}

/// Whether a deputyship may be, new or changed; the lock has to be held.
///
/// # Errors
/// `DeputyshipRefused`; where the database cannot be asked.
pub async fn admit(
    connection: &mut Connection,
    deputyship: &Deputyship,
    now: Timestamp,
) -> Result<(), Error> {
    let others = deputyships_around(connection, deputyship, now).await?;
    admission::admit(deputyship, &others, now).map_err(|objection| Error::DeputyshipRefused {
        principal: deputyship.principal,
        objection,
    })
}

/// Whether the company may have one more; the lock has to be held.
///
/// # Errors
/// `DeputyshipsTooMany`; where the database cannot be asked.
pub async fn make_room(connection: &mut Connection, now: Timestamp) -> Result<(), Error> {
    if deputyships_open_count(connection, now).await? >= MOST_OPEN {
        return Err(Error::DeputyshipsTooMany);
    }
    Ok(())
}
