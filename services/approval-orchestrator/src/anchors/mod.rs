//! Anchors of histories: who signs them, where they are, and the work that writes them.

mod keys;
mod place;
#[cfg(test)]
mod tampering;
mod worker;

pub use self::{
    keys::AnchorKeys,
    place::{Found, Place},
    worker::Worker,
};
