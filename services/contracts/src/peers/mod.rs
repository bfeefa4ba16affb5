//! What other services are asked.

mod approvals;
mod customers;
mod relay;

pub(crate) use self::{
    approvals::Approvals,
    customers::{Customer, Customers},
    relay::ApprovalRelay,
};

/// The service that keeps customers.
const CUSTOMERS: &str = "customers";
/// The service that runs sign-offs.
pub(crate) const APPROVALS: &str = "approval-orchestrator";
