//! What tests stand on: real PostgreSQL, real gRPC, real tokens.
//!
//! - One throwaway cluster per test process. It is gone when the process is, however that ends.
//! - [`TestDatabase`]: a database of the test's own, copied from a template that is migrated once per set of migrations.
//! - [`TestService`]: one service on such a database, with its peers played by the test. The peer that every service has knows the
//!   [`People`] that the test makes: `service.channel_as(&li)` calls as one of them.
//! - [`TestSuite`]: several services together, which call each other.
//!
//! Whatever goes wrong in here fails the test on the spot, so nothing returns an error.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use it: what goes wrong here is the test's failure"
)]

mod caller;
mod cluster;
mod database;
mod deployment;
mod people;
mod replicas;
mod service;
mod suite;
mod template;

pub use self::{
    caller::{Bearer, Caller, caller, caller_of_replicas, issuer},
    database::TestDatabase,
    deployment::variables,
    people::{Held, People, Person, Unit, held},
    replicas::{Manner, Replicas},
    service::{Setup, TestService},
    suite::{Services, TestSuite},
};
