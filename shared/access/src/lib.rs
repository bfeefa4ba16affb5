//! Who may do what: the token says who calls, the organisation says which posts they hold, the proto says what those posts
//! may do and how far they reach.
//!
//! - [`token`] verifies tokens, and signs them where the embedded issuer is used.
//! - [`directory`] knows people and their posts, as of a few seconds ago at most.
//! - [`Rules`] are the `(salient.access.v1.rule)` options of the methods, read when the service starts.
//! - [`tower`] has the two layers that admit a call: first who it is, then whether they may. What they leave with the
//!   request is an [`Admission`].

mod admission;
pub mod directory;
mod rules;
pub mod token;
pub mod tower;

pub use self::{
    admission::Admission,
    rules::{Grant, InvalidRule, MethodRule, Rules, Scope},
};
