use std::sync::Arc;

use async_trait::async_trait;
use salient_access::directory::Directory;
use salient_database::Database;
use salient_failure::{Failure, Result};
use salient_operation::{OpContext, Profile};
use uuid::Uuid;

use crate::{charts::Charts, domain::EmployeeId, today::Today};

/// Who callers of this service are: what it knows itself.
pub struct OwnDirectory {
    /// The service's own schema.
    pub database: Database,
    /// The organisation in memory.
    pub charts: Charts,
    /// Which day it is.
    pub today: Today,
}

#[async_trait]
impl Directory for OwnDirectory {
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        let op = OpContext::background("organization", "profile");
        let chart = self.charts.of(&self.database, &op, self.today.date()).await?;
        let person = EmployeeId(person);
        chart
            .profile(person)
            .map(Arc::new)
            .ok_or_else(|| Failure::not_found(person))
    }
}
