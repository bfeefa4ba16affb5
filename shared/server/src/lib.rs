//! What hosts a service: everything between a socket and the service's own methods, the same for all of them.
//!
//! A service crate implements [`Service`]; [`host`] connects its database and its peers, starts it, puts the stack of
//! `stack/` around its methods, and serves health, reflection and the event feed beside them. A method is one call of
//! [`unary`] (or [`server_stream`], [`client_stream`]), which checks the message, makes the operation's context and
//! turns a failure into the status that the client sees.
//!
//! A call's way: gRPC-Web → capacity → trace → panics → documented answers → deadline → message size → authentication →
//! access rule → the method: validation → idempotency key → handler.

mod answer;
mod background;
mod call;
mod connections;
mod feed;
mod health;
mod host;
mod identity;
mod listener;
mod messages;
mod reflection;
mod refusal;
mod routes;
mod service;
mod stack;
#[cfg(test)]
mod tests;
mod text;

pub use self::{
    answer::{Answers, admit, client_stream, server_stream, unary},
    call::idempotency_key,
    host::{Running, host},
    listener::Listener,
    messages::Messages,
    routes::Routes,
    service::{Host, Service},
};
