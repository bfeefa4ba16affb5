//! Policy versions, ready to be run. Versions are immutable, so what was compiled once stays good.

use std::sync::Arc;

use moka::future::Cache;
use salient_database::{Connection, Database};
use salient_operation::OpContext;

use crate::{
    domain::{policy::PolicyKey, refusal::Refusal, rulebook::Rulebook, standing::Standing},
    error::Error,
    store::{Query, policy_find, policy_standing},
};

/// How many compiled versions are kept.
const CAPACITY: u64 = 1_000;

/// Policy versions, ready to be run. Cheap to clone.
#[derive(Clone)]
pub struct Rulebooks {
    database: Database,
    compiled: Cache<PolicyKey, Arc<Rulebook>>,
}

/// The version that applies now.
pub struct Latest {
    /// The version.
    pub rulebook: Arc<Rulebook>,
    /// Whether what is submitted has to wait.
    pub paused: bool,
}

impl Rulebooks {
    /// Those that this database holds.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self {
            database,
            compiled: Cache::new(CAPACITY),
        }
    }

    /// A version that is known to exist, because an approval runs by it.
    ///
    /// # Errors
    /// Where the database cannot be asked; `Defect` where the version is not there or does not compile any more.
    pub async fn get(&self, op: &OpContext, key: &PolicyKey) -> Result<Arc<Rulebook>, Error> {
        if let Some(rulebook) = self.compiled.get(key).await {
            return Ok(rulebook);
        }
        let find =
            async move |connection: &mut Connection| Ok::<_, Error>(policy_find(connection, key).await?);
        let row = self.database.read(op, Query::PolicyFind, find).await?;
        let row = row.ok_or(Refusal::Defect(
            "an approval runs by a policy version that is not there",
        ))?;
        let rulebook = Rulebook::new(row.key, row.policy)
            .map_err(|_| Refusal::Defect("a published policy version is not sound"))?;
        let rulebook = Arc::new(rulebook);
        self.compiled.insert(key.clone(), Arc::clone(&rulebook)).await;
        Ok(rulebook)
    }

    /// The version that applies to what is submitted now, and whether that has to wait because the policy is paused. Its number is
    /// asked for each time: a version published on another replica applies from then on.
    ///
    /// # Errors
    /// `PolicyMissing`, `PolicyRetired`; where the database cannot be asked.
    pub async fn latest(&self, op: &OpContext, kind: &str) -> Result<Latest, Error> {
        let latest =
            async move |connection: &mut Connection| Ok::<_, Error>(policy_standing(connection, kind).await?);
        let version = self.database.read(op, Query::PolicyLatest, latest).await?;
        let kind = kind.to_owned();
        let (version, standing) = match version {
            None => return Err(Error::PolicyMissing { kind }),
            Some((_, Standing::Retired)) => return Err(Error::PolicyRetired { kind }),
            Some(found) => found,
        };
        Ok(Latest {
            rulebook: self.get(op, &PolicyKey { kind, version }).await?,
            paused: standing == Standing::Paused,
        })
    }
}
