//! The service `customers`: who the company sells to, how much they matter, and how much they may owe.
//!
//! Owns customers with their archive (P5.1.2), grades over time (P5.3.1), and credit: a limit, and what sign-offs reserve and
//! confirm of it (P6.1.3).
//!
//! - `salient.customers.v1.CustomerService`, `CreditService`: for people and services, by the rules in the proto.
//! - `salient.approval.v1.ParticipantService`: the orchestrator reserves, confirms and releases credit here.
//! - Events out: `salient.customers.v1` (`events.proto`). Events in: none. It calls nobody but the directory of people.
//!
//! Invariants, each kept by a constraint as well as by the code:
//! - No two living customers have the same normalised name or the same unified social credit code.
//! - `limit ≥ reserved + confirmed`, at every instant; the account's row is what concurrent reservations contend for.
//! - A round of an approval is answered once; every repetition gets that answer.
//! - A customer has one current grade, and its earlier ones do not change.

mod app;
mod domain;
mod error;
mod placement;
mod rpc;
mod store;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use salient_database::migrate::MigrationSet;
use salient_server::{Host, Routes, Service};
use serde::Deserialize;

use crate::app::App;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/customers");

/// The service.
#[derive(Debug, Clone, Copy)]
pub struct Customers;

/// What a company may set for it: nothing yet.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomersSettings {}

#[async_trait]
impl Service for Customers {
    const NAME: &'static str = "customers";
    const SCHEMA: &'static str = "customers";
    const PORT: u16 = 7102;
    type Settings = CustomersSettings;

    fn migrations() -> MigrationSet {
        MigrationSet::new(Self::SCHEMA, MIGRATIONS)
    }

    async fn start(host: Host, _: CustomersSettings) -> anyhow::Result<Routes> {
        let app = App::new(&host, Self::directory(&host).await?)?;
        Ok(rpc::routes(app))
    }
}
