use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response, header::AUTHORIZATION};
use salient_failure::Locale;
use tonic::{body::Body, transport::Channel};
use tower::{BoxError, Service};

use crate::{identity::Identity, points::call};

/// A channel to another service on which every call carries this service's own token.
#[derive(Clone)]
pub struct PeerChannel {
    service: &'static str,
    channel: Channel,
    identity: Arc<Identity>,
}

impl PeerChannel {
    pub(crate) fn new(service: &'static str, channel: Channel, identity: Arc<Identity>) -> Self {
        Self {
            service,
            channel,
            identity,
        }
    }
}

impl Service<Request<Body>> for PeerChannel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(ready!(self.channel.poll_ready(context)).map_err(Into::into))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // Readiness belongs to the instance that was polled: that one makes the call, its clone stays for the next.
        let next = self.channel.clone();
        let ready = mem::replace(&mut self.channel, next);
        let service = self.service;
        let identity = Arc::clone(&self.identity);
        Box::pin(async move {
            // Without a token nothing was sent: the failure says so, and travels as the status it would have got.
            let bearer = identity
                .bearer()
                .await
                .map_err(|failure| failure.into_status(Locale::English))?;
            request.headers_mut().insert(AUTHORIZATION, bearer);
            call(service, ready, request).await
        })
    }
}
