//! What leaves a service after its transactions have committed: calls that must happen, and events for anyone to read.
//!
//! - [`Relay`] delivers the calls that transactions left ([`salient_database::Tx::send`]), each by the [`Handler`] of its
//!   destination: at least once, in order for each destination and ordering key, until the destination takes it.
//! - [`Sequencer`] gives committed events their positions, without gaps.
//! - [`feed::FeedService`] serves them, from any position.
//!
//! Several replicas may run all of it on one schema: a lease keeps a delivery with one of them, a row lock the numbering.

mod backoff;
mod delivery;
pub mod feed;
mod label;
mod lease;
mod relay;
mod schema;
mod sequencer;

pub use self::{
    delivery::{Delivery, Disposition, Handler, disposition},
    relay::Relay,
    sequencer::Sequencer,
};
