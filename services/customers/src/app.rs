//! What the methods work with.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use salient_access::directory::Directory;
use salient_database::Database;
use salient_paging::Pages;
use salient_server::Host;

/// What the methods work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's own schema.
    pub database: Database,
    /// Page tokens.
    pub pages: Pages,
    /// Who people are.
    pub directory: Arc<dyn Directory>,
}

impl App {
    /// Makes it of what the server gives.
    ///
    /// # Errors
    /// A setting is missing.
    pub fn new(host: &Host, directory: Arc<dyn Directory>) -> anyhow::Result<Self> {
        let key = host
            .settings
            .paging
            .key
            .clone()
            .context("paging.key: is not set")?;
        Ok(Self {
            database: host.database.clone(),
            pages: Pages::new(key),
            directory,
        })
    }
}

/// Now, in the microseconds that the database keeps: what is written and what is read back are the same.
#[must_use]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
