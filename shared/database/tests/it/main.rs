//! The crate against a real PostgreSQL: two schemas with a table of counters each.
#![expect(
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod fixture;
mod idempotency;
mod isolation;
mod migrations;
mod one_statement;
mod transactions;
