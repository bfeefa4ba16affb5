//! The organisation kept in memory, as of the revision that the database says is current.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jiff::civil::Date;
use salient_database::{Connection, Database, Error, Tx};
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
pub struct Charts(Arc<Kept>);

#[derive(Default)]
struct Kept {
    snapshot: RwLock<Snapshot>,
    /// Held while everything is loaded: of the many who find that it has changed, one loads and the others wait.
    loading: tokio::sync::Mutex<()>,
}

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
        let revision = async |connection: &mut Connection| store::head_revision(connection).await;
        let current = database.read(op, Query::Revision, revision).await?;
        let kept = self.kept();
        if kept.roster.revision >= current {
            return Ok(kept.chart(date));
        }
        // No connection is held while waiting here: those who wait would else take them all.
        let _loading = self.0.loading.lock().await;
        let kept = self.kept();
        if kept.roster.revision >= current {
            return Ok(kept.chart(date));
        }
        let load = async |connection: &mut Connection| store::roster_load(connection).await;
        let roster = database.read(op, Query::RosterLoad, load).await?;
        Ok(self.keep(roster).chart(date))
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
        self.0
            .snapshot
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps the newer of what is kept and this.
    fn keep(&self, roster: Roster) -> Snapshot {
        let mut kept = self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner);
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

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use jiff::civil::date;
    use salient_database::RoundTrips;
    use salient_server::Service as _;
    use salient_testkit::TestDatabase;

    use super::*;
    use crate::{Founding, Organization, bootstrap};

    const DAY: Date = date(2026, 11, 24);

    #[tokio::test]
    async fn a_question_costs_one_statement_until_something_changes() {
        let test = TestDatabase::start(&[Organization::migrations()]).await;
        let round_trips = RoundTrips::default();
        let database = test
            .database(Organization::SCHEMA)
            .await
            .counting(round_trips.clone());
        let (charts, op) = (Charts::default(), OpContext::background("organization", "test"));
        let founding = Founding {
            company_name: "北风实业".into(),
            company_code: "BF".into(),
            administrator_number: "A001".into(),
            administrator_name: "管理员".into(),
            date: DAY,
        };
        let empty = charts.of(&database, &op, DAY).await.unwrap();
        bootstrap(&database, &founding).await.unwrap();

        let answers = join_all((0..100).map(|_| charts.of(&database, &op, DAY))).await;
        let charts: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert!(!Arc::ptr_eq(&charts[0], &empty), "the change shows at once");
        assert!(
            charts.iter().all(|chart| Arc::ptr_eq(chart, &charts[0])),
            "one loads for all"
        );
        let per_run = round_trips.per_run();
        let (_, statements) = per_run.iter().find(|(label, _)| *label == "revision").unwrap();
        // A connection prepares the statement once.
        assert!(*statements < 1.5, "{per_run:?}");
    }
}
