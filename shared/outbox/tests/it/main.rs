//! The relay, the sequencer and the feed against a real PostgreSQL.

mod feed;
mod fixture;
mod relay;
