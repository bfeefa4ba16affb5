//! One service's own schema: a pool, transactions that announce what they change, and mutations that happen once.
//!
//! - [`Database::read`] lends a connection for queries.
//! - [`Database::write`] lends one for a statement that is its own transaction.
//! - [`Database::transaction`] runs a transaction, again where the database lost it to a concurrent one. What it announces
//!   ([`Tx::announce`]) and sends ([`Tx::send`]) is written by one last statement before COMMIT, so that state and
//!   announcement are one.
//! - [`Database::mutate`] is a transaction under an idempotency key: the same key and request answer with the first answer.
//! - [`Database::mutate_in_one_statement`] is the same in a single round trip, for hot paths.
//!
//! Before and after every commit a point of failure is passed (`salient-failpoints`), so that tests can crash or repeat each.
//!
//! Transactions are opened here and nowhere else. No closure given to this crate may call another service: it holds a
//! connection, and often locks.

mod document;
mod error;
mod func;
mod idempotency;
mod label;
mod ledger;
pub mod migrate;
mod mutate;
mod pool;
mod round_trips;
mod schema;
mod transaction;
mod wake;
mod write;

pub use document::Document;
pub use error::Error;
pub use func::{AsyncFunc, AsyncFuncOnce};
pub use label::Label;
pub use ledger::{LedgerCte, NewDelivery, NewEvent};
pub use pool::{Database, DatabaseSettings};
pub use round_trips::RoundTrips;
pub use transaction::Tx;
pub use wake::Wake;

/// The connection that queries run on.
pub type Connection = diesel_async::AsyncPgConnection;
