//! How anything that goes wrong is told to a caller, once for the whole suite.
//!
//! A service's error says which [`Kind`] it is, which documented reason it has and what belongs to it; [`Failure`] holds that,
//! and [`Failure::into_status`] is the only place that makes a gRPC status of it. What the text says to people is written
//! beside the reason in the proto. What went wrong inside goes to the log and never into a status.

mod certainty;
mod failure;
mod invalid;
mod kind;
mod locale;
mod status;
mod text;

pub use certainty::{Certainty, certainty, is_retryable, reason_of};
pub use failure::Failure;
pub use kind::Kind;
pub use locale::Locale;

/// What operations of the suite return.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// `ErrorInfo.domain` of every error of the suite.
pub(crate) const DOMAIN: &str = "salient";

/// The metadata key that says whether a failed call changed anything.
pub(crate) const OUTCOME: &str = "outcome";
