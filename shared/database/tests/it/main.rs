//! The crate against a real PostgreSQL: two schemas with a table of counters each.

mod fixture;
mod idempotency;
mod isolation;
mod migrations;
mod one_statement;
mod transactions;
