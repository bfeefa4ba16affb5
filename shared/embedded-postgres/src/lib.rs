//! A PostgreSQL of one's own: found or fetched, initialised, started and stopped by the process that needs it.
//!
//! [`Cluster::start`] takes the programs from where they are (PATH, `pg_config`, the distribution's folders, Homebrew), installs the
//! distribution's package where it may, or downloads them. One process at a time runs a cluster; whatever way that process ends,
//! its PostgreSQL is stopped, and the next start recovers what a crash left behind.
//!
//! PostgreSQL refuses to run as root: root's clusters run as `postgres` or `nobody`, in a folder that belongs to that user alone.

mod account;
mod cluster;
mod command;
mod error;
mod folder;
mod initialize;
mod orphan;
mod postmaster;
mod programs;
mod provision;

pub use self::{
    cluster::{Cluster, OWNER, Options},
    error::Error,
};
