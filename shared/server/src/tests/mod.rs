//! The stack over real connections, with tokens, rules and validation as in production, and handlers made up by each test.

mod access;
mod capacity;
mod deadlines;
mod detached;
mod drain;
mod faults;
mod harness;
mod health;
mod sizes;
mod streams;
mod validation;
mod web;
