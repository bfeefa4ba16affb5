//! The suite as its users meet it: four services, real PostgreSQL, the public API alone.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod deadlines;
mod golden;
mod isolation;
mod northwind;
mod races;
mod refusals;
mod sign_off;
