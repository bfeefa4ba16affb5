//! Sales contracts, from the draft to the archive (P6.1).
//!
//! **Owns** contracts with all revisions of their content, their numbers, the outcomes of their sign-offs, and every version of the
//! signed file (its bytes in the object store).
//!
//! **Methods**: `ContractService` (draft, change, submit, sign, archive, read), `FileService` (upload, download, list), and
//! `salient.approval.v1.SubjectService`, by which the orchestrator tells outcomes.
//!
//! **Calls**: `customers` (whether the customer exists, before a submission), `approval-orchestrator` (`RequestApproval` through the
//! outbox with each submission; `SupersedeApproval` before an edit of what is being signed off; `PreviewApproval`).
//!
//! **Events**: `ContractCreated`, `ContractUpdated`, `ContractDeleted`, `ContractSubmitted`, `ContractSignOffEnded`,
//! `ContractFileStored`, `ContractSigned`, `ContractArchived`.
//!
//! **Invariants**
//! - The state changes by the table in `domain::state` alone.
//! - Payments sum to the total to the cent; each line is rounded half up to the currency's smallest unit (P6.1.2).
//! - A number is given once, at the first submission, without gaps within its region and year.
//! - An outcome that judges the content applies to exactly the revision and digest that approvers saw (P6.1.3).
//! - Only an approved contract is signed, and only a signed one with its file is archived (P6.1.4).
//!
//! Whether the customer exists is asked when a contract is submitted, not when it is drafted: drafting is one statement on this
//! service's own database, and what counts is that the customer is there when the company begins to commit itself.

mod domain;
mod error;
mod files;
mod peers;
mod rpc;
mod store;

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use jiff::tz::TimeZone;
use salient_database::{Database, migrate::MigrationSet};
use salient_paging::Pages;
use salient_server::{Host, Routes, Service};
use serde::Deserialize;

use self::{
    files::FileStore,
    peers::{ApprovalRelay, Approvals, Customers},
};

/// The collection of contracts.
const CONTRACTS: &str = "contracts";

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/contracts");

/// The service `contracts`.
pub struct Contracts;

/// What a company can set for contracts (`services.contracts.settings`).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractSettings {
    /// Whether the signed file has to be stored before a contract counts as signed. It always has to be before it is archived.
    pub sign_requires_file: bool,
    /// The largest file, in bytes.
    pub largest_file: u64,
}

impl Default for ContractSettings {
    fn default() -> Self {
        Self {
            sign_requires_file: false,
            largest_file: 50 << 20,
        }
    }
}

/// What methods work with.
struct App {
    database: Database,
    pages: Pages,
    files: FileStore,
    customers: Customers,
    approvals: Approvals,
    time_zone: TimeZone,
    settings: ContractSettings,
}

#[async_trait]
impl Service for Contracts {
    const NAME: &'static str = "contracts";
    const SCHEMA: &'static str = "contracts";
    const PORT: u16 = 7103;
    type Settings = ContractSettings;

    fn migrations() -> MigrationSet {
        MigrationSet::new(Self::SCHEMA, MIGRATIONS)
    }

    async fn start(host: Host, settings: ContractSettings) -> anyhow::Result<Routes> {
        let paging_key = host.settings.paging.key.clone();
        let approvals = Approvals::new(&host.peers)?;
        let app = Arc::new(App {
            database: host.database.clone(),
            pages: Pages::new(paging_key.context("paging.key: is not set")?),
            files: FileStore::open(&host.settings.object_store)?,
            customers: Customers::new(&host.peers)?,
            approvals: approvals.clone(),
            time_zone: TimeZone::get(&host.settings.calendar.time_zone).context("calendar.time_zone")?,
            settings,
        });
        host.spawn_relay(vec![Arc::new(ApprovalRelay::new(approvals))]);
        Ok(rpc::routes(&app))
    }
}
