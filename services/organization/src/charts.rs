//! The organisation kept in memory, as of the revision that the database says is current.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jiff::civil::Date;
use salient_database::{Database, Error, Tx};
use salient_operation::OpContext;

use crate::{
    domain::{Chart, Roster},
    store::{self, Query},
};

/// How many days' charts are kept of one revision. Nearly every question is about today; an old subject may be about its own day.
const DAYS: usize = 16;

/// The organisation kept in memory. Every question asks the database for the current revision first, one row by its key, and loads
/// everything only where that has changed; so whoever lost a post has lost it with the next question. Cheap to clone.
#[derive(Clone, Default)]
pub struct Charts(Arc<RwLock<Snapshot>>);

/// The organisation at one revision.
#[derive(Clone, Default)]
struct Snapshot {
    roster: Arc<Roster>,
    days: Arc<Mutex<HashMap<Date, Arc<Chart>>>>,
}

impl Charts {
    /// The chart of a day, as the organisation is recorded now.
    ///
    /// One round trip where nothing has changed.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn of(&self, database: &Database, op: &OpContext, date: Date) -> Result<Arc<Chart>, Error> {
        let kept = self.kept();
        let snapshot = database
            .read(op, Query::RosterLoad, async |connection| {
                if store::head_revision(connection).await? == kept.roster.revision {
                    return Ok::<_, Error>(kept);
                }
                Ok(self.keep(store::roster_load(connection).await?))
            })
            .await?;
        Ok(snapshot.chart(date))
    }

    /// The organisation before this transaction's changes, and nobody else's until the transaction ends: what rules over the
    /// whole of it are decided on.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn locked(&self, tx: &mut Tx) -> Result<Arc<Roster>, Error> {
        let before = store::head_advance(tx).await? - 1;
        let kept = self.kept().roster;
        if kept.revision == before {
            return Ok(kept);
        }
        // Not kept: what the transaction sees as current is its own, and may never be committed.
        let mut roster = store::roster_load(tx).await?;
        roster.revision = before;
        Ok(Arc::new(roster))
    }

    fn kept(&self) -> Snapshot {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the newer of what is kept and this.
    fn keep(&self, roster: Roster) -> Snapshot {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.roster.revision < roster.revision {
            *kept = Snapshot {
                roster: Arc::new(roster),
                days: Arc::default(),
            };
        }
        kept.clone()
    }
}

impl Snapshot {
    fn chart(&self, date: Date) -> Arc<Chart> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chart) = days.get(&date) {
            return Arc::clone(chart);
        }
        if days.len() >= DAYS {
            days.clear();
        }
        let chart = Arc::new(Chart::of(Arc::clone(&self.roster), date));
        days.insert(date, Arc::clone(&chart));
        chart
    }
}
