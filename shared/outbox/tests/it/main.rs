//! The relay, the sequencer and the feed against a real PostgreSQL.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod feed;
mod fixture;
mod relay;
