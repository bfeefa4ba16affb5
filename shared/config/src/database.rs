use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use secrecy::SecretString;
use serde::Deserialize;

/// How a service reaches its database.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// A PostgreSQL URL. `{schema}` in it stands for the service's schema, which its role is named after:
    /// `postgres://salient_{schema}@db/salient`.
    pub url: Option<SecretString>,
    /// The URL by which `salient migrate` connects, as the role that owns the schemas.
    pub owner_url: Option<SecretString>,
    /// How many connections one process keeps for one service.
    pub max_connections: usize,
    /// How long a call waits for a free connection.
    #[serde(with = "compact::required")]
    pub wait_timeout: Duration,
    /// How long connecting may take.
    #[serde(with = "compact::required")]
    pub connect_timeout: Duration,
    /// How long one statement may run on the server.
    #[serde(with = "compact::required")]
    pub statement_timeout: Duration,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            owner_url: None,
            max_connections: 16,
            wait_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}
