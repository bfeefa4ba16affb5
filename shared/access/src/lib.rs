//! Who may do what: the token says who calls, the organisation says which posts they hold, the proto says what those posts
//! may do and how far they reach.
//!
//! - [`token`] verifies tokens, and signs them where the embedded issuer is used.
//! - [`directory`] knows people and their posts, as of a few seconds ago at most.
//! - [`Rules`] are the `(salient.access.v1.rule)` options of the methods, read when the service starts.
//! - [`Gate`] admits a call: first who it is, then whether they may. What comes of it is an [`Admission`].

mod admission;
pub mod directory;
mod gate;
mod rules;
pub mod token;

pub use self::{
    admission::Admission,
    gate::{Authentication, Gate},
    rules::{Grant, InvalidRule, MethodRule, Rules, Scope},
};
