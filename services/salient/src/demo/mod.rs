//! The main job, played through the public API as an internal application would: contracts drafted, submitted, reviewed, approved,
//! signed and archived, with everything that goes otherwise on the way.

mod draft;
mod fate;
mod follow;
mod play;
mod report;
mod sign;
mod table;
mod timeline;

pub(crate) use self::{play::play, report::Report};
