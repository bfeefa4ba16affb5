//! What enters every operation: who calls, how far they reach, until when, and which request it is.
//!
//! The server makes an [`OpContext`] of each call that it has admitted; relays and other work of a service's own make one
//! with [`OpContext::background`]. Handlers ask it; they decide nothing about tokens, posts or deadlines themselves.

mod caller;
mod context;
mod deadline;
mod idempotency;
mod permit;
mod post;
mod profile;

pub use self::{
    caller::Caller,
    context::OpContext,
    deadline::Deadline,
    idempotency::IdempotencyKey,
    permit::{Permit, Reach},
    post::{Post, UnknownPost},
    profile::{HeldPost, MalformedProfile, Profile},
};
