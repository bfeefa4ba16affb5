use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderMap, Request, Response, header::AUTHORIZATION};
use salient_failure::{Failure, Kind, Result};
use salient_operation::{Caller, Profile};
use salient_proto::access::v1::ErrorReason;
use tower::{Layer, Service};
use uuid::Uuid;

use super::{Identified, locale, refuse};
use crate::{
    directory::Directory,
    token::{Subject, Verifier},
};

/// When to come back where nobody could tell who calls.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Finds out who calls: the token's subject, and for a person the posts held now. Calls without a valid token end here.
#[derive(Clone)]
pub struct AuthenticationLayer {
    verifier: Arc<Verifier>,
    directory: Arc<dyn Directory>,
}

impl AuthenticationLayer {
    /// Believes this verifier and asks this directory.
    #[must_use]
    pub fn new(verifier: Arc<Verifier>, directory: Arc<dyn Directory>) -> Self {
        Self { verifier, directory }
    }

    async fn identify(&self, headers: &HeaderMap) -> Result<Caller> {
        let token =
            bearer(headers).ok_or_else(|| Failure::new(Kind::Unauthenticated, ErrorReason::TokenMissing))?;
        match self.verifier.verify(token)? {
            Subject::Person(person) => self.profile(person).await.map(Caller::Person),
            Subject::Service(name) => Ok(Caller::Service(name.as_ref().to_owned())),
        }
    }

    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        self.directory
            .profile(person)
            .await
            .map_err(|failure| match failure.kind() {
                Kind::NotFound => Failure::new(Kind::PermissionDenied, ErrorReason::PersonInactive)
                    .with("person", format!("employees/{person}")),
                // Whatever is wrong with the directory: this call has not begun, and may be tried again.
                _ => {
                    let error: &(dyn std::error::Error + 'static) = &failure;
                    tracing::warn!(error, "cannot find out who calls");
                    Failure::new(Kind::Unavailable, ErrorReason::Unavailable)
                        .retry_after(RETRY_AFTER)
                        .because(failure)
                }
            })
    }
}

/// The token after `Bearer`, in whatever case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S> Layer<S> for AuthenticationLayer {
    type Service = Authentication<S>;

    fn layer(&self, inner: S) -> Authentication<S> {
        Authentication {
            layer: self.clone(),
            inner,
        }
    }
}

/// A service behind [`AuthenticationLayer`].
#[derive(Clone)]
pub struct Authentication<S> {
    layer: AuthenticationLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Authentication<S>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send> + Clone + Send + 'static,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::result::Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Readiness belongs to the instance that was polled: that one takes the call, its clone stays for the next.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        let layer = self.layer.clone();
        Box::pin(async move {
            let locale = locale(request.headers());
            // Its headers alone: a body need not be shareable, and nobody reads it here.
            let headers = mem::take(request.headers_mut());
            let identified = layer.identify(&headers).await;
            *request.headers_mut() = headers;
            match identified {
                Ok(caller) => {
                    request.extensions_mut().insert(Identified { caller, locale });
                    inner.call(request).await
                }
                Err(failure) => Ok(refuse(failure, locale)),
            }
        })
    }
}
