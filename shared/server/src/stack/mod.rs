//! What every call passes before it reaches a method, outermost first.

mod around;
mod capacity;
mod deadline;
mod documented;
mod front;
mod guard;
mod message_size;
mod methods;
mod panics;
mod trace;

use std::{convert::Infallible, sync::Arc};

use http::{Request, Response};
use salient_access::{Authentication, Gate, Rules};
use salient_config::Limits;
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{Service, ServiceBuilder};

pub(crate) use self::{around::Inner, capacity::Slot, documented::failure as meaning};
use self::{
    around::{Around, Stack},
    capacity::Capacity,
    deadline::TimeLimit,
    documented::Documented,
    front::Front,
    guard::Guard,
    message_size::MessageSize,
    methods::Methods,
    panics::Panics,
    trace::Trace,
};
use crate::Routes;

/// What the stack is made of.
pub(crate) struct Parts<'a> {
    /// The services whose methods are guarded.
    pub(crate) guarded: Routes,
    /// Health and reflection.
    pub(crate) open: Routes,
    pub(crate) rules: Arc<Rules>,
    pub(crate) authentication: Authentication,
    pub(crate) limits: &'a Limits,
    /// Where mutations run that outlive their callers.
    pub(crate) detached: TaskTracker,
}

/// Puts the layers around the methods.
pub(crate) fn assemble(
    parts: Parts<'_>,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    let methods = Arc::new(Methods::of(&parts.guarded.names(), &parts.rules));
    let gate = Gate::new(parts.authentication, parts.rules);
    let guarded = ServiceBuilder::new()
        // First of all: a call that is one too many costs nothing but this refusal.
        .layer(Around(Capacity::new(parts.limits, parts.detached)))
        // Then the span, so that it sees every outcome below, refusals of the layers included.
        .layer(Around(Trace::new(Arc::clone(&methods))))
        // Inside the span: a panic anywhere below is an INTERNAL with a trace id, and the connection lives on.
        .layer(Around(Panics))
        // Below this point tonic may answer by itself (undecodable message, unknown method); such answers get the details
        // that every error of the suite carries.
        .layer(Around(Documented))
        // Authentication and authorisation ask another service: they too must end in time.
        .layer(Around(TimeLimit::new(methods, parts.limits)))
        // Before anything reads the body.
        .layer(Around(MessageSize::new(parts.limits.message_bytes)))
        // Who calls, and whether they may, before anything looks at what they ask: permission is checked before existence.
        .layer(Around(Guard(gate)))
        .service(parts.guarded);
    ServiceBuilder::new()
        // Outermost: everything within speaks gRPC only, and browsers see its errors too.
        .layer(GrpcWebLayer::new())
        // Health must answer when the service is full, and to probes that have no token.
        .service(Stack::new(Front::new(parts.open, guarded)))
}
