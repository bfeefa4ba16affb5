//! The settings of a deployment: one tree, read once at start-up from TOML files and the environment, checked as a whole.
//!
//! Later sources win: built-in defaults, then each file in the order given, then variables `SALIENT__<SECTION>__<NAME>`
//! (`SALIENT__LIMITS__DRAIN=20s`, `SALIENT__SERVICES__APPROVAL_ORCHESTRATOR__LISTEN=0.0.0.0:7104`). An unknown or malformed
//! setting is an error that names it, and all errors are reported together. Secrets never show in `Debug` or in an error.

mod auth;
mod database;
mod limits;
mod load;
mod problem;
mod service;
mod telemetry;
mod validate;

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

pub use self::{
    auth::Auth,
    database::Database,
    limits::{Connections, Limits},
    problem::{Invalid, Problem},
    service::ServiceSettings,
    telemetry::{LogFormat, Telemetry},
};

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How every service reaches its database, unless the service says otherwise.
    pub database: Database,
    /// What differs from service to service, by service name (`approval-orchestrator`).
    pub services: BTreeMap<String, ServiceSettings>,
    /// Where the other services answer, by service name: `http://contracts:7103`. Encryption between them is the platform's.
    pub peers: BTreeMap<String, String>,
    /// Whose tokens are accepted, and how services identify themselves to each other.
    pub auth: Auth,
    /// How much one process takes on, and for how long.
    pub limits: Limits,
    /// How connections are kept.
    pub connections: Connections,
    /// Whether reflection answers. Off unless asked for: in production the contract is published, not served.
    pub reflection: bool,
    /// Page tokens.
    pub paging: Paging,
    /// Logs. Traces are switched on by the standard `OTEL_EXPORTER_OTLP_*` variables.
    pub telemetry: Telemetry,
    /// Where files are kept.
    pub object_store: ObjectStore,
    /// The company's calendar.
    pub calendar: Calendar,
}

/// How page tokens are protected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paging {
    /// The key that authenticates page tokens, at least 32 bytes; the same on every replica of a service.
    pub key: Option<SecretString>,
}

/// Where files are kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectStore {
    /// `file:///var/lib/salient/files` or `s3://bucket/prefix`; credentials come from the platform's own variables.
    pub url: Option<String>,
}

/// The company's calendar.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// The IANA time zone in which days begin and end.
    pub time_zone: String,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            time_zone: "Asia/Shanghai".into(),
        }
    }
}
