use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::Deserialize;

/// How much one service in one process takes on, and for how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls worked on at once; more are refused with RESOURCE_EXHAUSTED rather than queued.
    pub concurrent_calls: usize,
    /// The largest single message taken, in bytes; at most 4 MiB.
    pub message_bytes: usize,
    /// The longest a call may take, and what it may take if the client does not say.
    #[serde(with = "compact::required")]
    pub deadline: Duration,
    /// The same for methods to which the client streams (uploads, imports).
    #[serde(with = "compact::required")]
    pub streaming_deadline: Duration,
    /// The least time a mutation gets to finish in, however little the client is willing to wait.
    #[serde(with = "compact::required")]
    pub mutation_deadline: Duration,
    /// How long calls may go on after shutdown was asked for.
    #[serde(with = "compact::required")]
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrent_calls: 512,
            message_bytes: 2 << 20,
            deadline: Duration::from_secs(30),
            streaming_deadline: Duration::from_secs(600),
            mutation_deadline: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// How connections from clients are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Calls at once on one HTTP/2 connection. With the message size it bounds what one client can make a process hold.
    pub concurrent_streams: u32,
    /// How often a silent connection is pinged.
    #[serde(with = "compact::required")]
    pub keepalive_interval: Duration,
    /// How long the answer to a ping may take before the connection counts as dead.
    #[serde(with = "compact::required")]
    pub keepalive_timeout: Duration,
    /// After what age a connection is asked to close, so that clients spread over new replicas; unset means never.
    #[serde(with = "compact::optional")]
    pub max_age: Option<Duration>,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            concurrent_streams: 200,
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            max_age: None,
        }
    }
}
