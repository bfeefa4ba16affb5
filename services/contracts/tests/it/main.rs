//! The service as its callers see it: real gRPC, a real database and object store, with the other services played by the test.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod access;
mod create_contract;
mod deliver_outcome;
mod events;
mod files;
mod house;
mod list_contracts;
mod peers;
mod races;
mod revisions;
mod sign_contract;
mod submit_contract;
mod update_contract;
