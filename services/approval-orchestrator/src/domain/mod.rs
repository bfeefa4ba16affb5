//! The rules of sign-offs, pure: nothing here knows gRPC, SQL or the clock.
//!
//! An [`Approval`](approval::Approval) is changed by the commands of [`submit`], [`decide`], [`close`], [`participate`],
//! [`expire`], [`vacancy`], [`attend`], [`correspond`], [`transfer`], [`delegate`], [`signers`] and [`take_back`] alone. Each
//! checks the transition table of [`state`], changes the aggregate in place, and leaves in [`work::Changes`] what has to be saved,
//! said and sent because of it.

pub mod anchor;
pub mod announce;
pub mod approval;
pub mod attend;
pub mod audit;
pub mod branch;
mod branch_check;
pub mod check;
pub mod checklist;
pub mod close;
pub mod condition;
pub mod correspond;
pub mod deadline;
pub mod decide;
pub mod delegate;
pub mod deputies;
pub mod eligibility;
mod escalate;
pub mod expire;
pub mod export;
pub mod facts;
pub mod hex;
pub mod mode;
pub mod moves;
pub mod notification;
pub mod participate;
pub mod picture;
mod place;
pub mod policy;
pub mod policy_check;
pub mod policy_limits;
pub mod policy_text;
mod progress;
pub mod receiver;
pub mod refusal;
pub mod resolution;
pub mod rulebook;
pub mod signers;
pub mod simulate;
pub mod standing;
pub mod state;
pub mod submit;
pub mod take_back;
pub mod task;
pub mod transfer;
pub mod vacancy;
pub mod verb;
pub mod work;

#[cfg(test)]
mod action_properties;
#[cfg(test)]
mod action_scenarios;
#[cfg(test)]
mod expire_scenarios;
#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod play;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod signer_scenarios;
#[cfg(test)]
mod take_back_scenarios;
