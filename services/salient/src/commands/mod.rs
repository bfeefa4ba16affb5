//! One file per command.

pub(crate) mod audit;
pub(crate) mod call;
pub(crate) mod demo;
mod how_to_call;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod up;
