//! The service over gRPC, on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

#[cfg(test)]
mod founding;
#[cfg(test)]
mod harness;
