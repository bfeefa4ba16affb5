//! The orchestrator as its callers see it: through gRPC, on real PostgreSQL, with the services around it played by the tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what goes wrong in it is the test's failure"
)]

#[cfg(test)]
mod errors;
#[cfg(test)]
mod happy_path;
#[cfg(test)]
mod house;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod races;
