//! The binary as its users run it.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod commands;
mod kill;
