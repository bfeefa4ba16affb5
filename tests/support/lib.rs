//! What the cross-service tests share: a company built over the public API, and its people at work.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: what cannot be set up fails the test"
)]

pub mod company;
pub mod contract;
pub mod desk;
pub mod journey;
pub mod northwind;
pub mod refusal;
