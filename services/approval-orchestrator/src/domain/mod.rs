//! The rules of sign-offs, pure: nothing here knows gRPC, SQL or the clock.
//!
//! An [`Approval`](approval::Approval) is changed by the commands of [`submit`], [`decide`], [`close`], [`participate`] and
//! [`attend`] alone. Each checks the transition table of [`state`], changes the aggregate in place, and leaves in
//! [`work::Changes`] what has to be saved, said and sent because of it.

pub mod anchor;
pub mod approval;
pub mod attend;
pub mod audit;
pub mod checklist;
pub mod close;
pub mod condition;
pub mod decide;
pub mod eligibility;
pub mod export;
pub mod facts;
pub mod hex;
pub mod mode;
pub mod participate;
pub mod policy;
pub mod policy_check;
mod progress;
pub mod refusal;
pub mod resolution;
pub mod rulebook;
pub mod state;
pub mod submit;
pub mod task;
pub mod work;

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod scenarios;
