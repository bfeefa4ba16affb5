use std::{
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::Either;
use http::{HeaderMap, Request, Response};
use salient_failure::{Failure, Kind, Result};
use salient_operation::Deadline;
use salient_proto::access::v1::ErrorReason;
use tower::{Layer, Service};

use super::{Identified, locale, refuse};
use crate::{Admission, Rules};

/// The time for a call where no layer before has set one.
const TIME: Duration = Duration::from_secs(30);

/// Lets a call pass only if its method's rule lets its caller in, and leaves the [`Admission`] with it. A method without a rule
/// does not exist here, whatever is mounted behind.
///
/// Stands after [`AuthenticationLayer`](super::AuthenticationLayer).
#[derive(Clone)]
pub struct AccessLayer {
    rules: Arc<Rules>,
}

impl AccessLayer {
    /// Applies these rules.
    #[must_use]
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    fn admit<B>(&self, request: &mut Request<B>) -> Result<Admission> {
        let identified = request.extensions_mut().remove();
        let Identified { caller, locale } =
            identified.ok_or_else(|| Failure::internal("the access layer stands before authentication"))?;
        let path = request.uri().path();
        let rule = self.rules.get(path).ok_or_else(|| {
            Failure::new(Kind::Unimplemented, ErrorReason::MethodUnknown).with("method", path)
        })?;
        let permit = rule.authorize(&caller)?;
        let deadline = request.extensions().get().copied();
        Ok(Admission {
            caller,
            permit,
            deadline: deadline.unwrap_or_else(|| Deadline::within(TIME)),
            locale,
            method: rule.method,
            rule: Arc::clone(rule),
            traceparent: traceparent(request.headers()),
        })
    }
}

/// The caller's trace context: `00-{32 hexadecimal digits}-{16}-{2}`. It is stored with what the call causes, so nothing else
/// gets through.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths = value.split('-').map(str::len).eq([2, 32, 16, 2]);
    (lengths && value.split('-').all(hex)).then(|| value.to_owned())
}

impl<S> Layer<S> for AccessLayer {
    type Service = Access<S>;

    fn layer(&self, inner: S) -> Access<S> {
        Access {
            layer: self.clone(),
            inner,
        }
    }
}

/// A service behind [`AccessLayer`].
#[derive(Clone)]
pub struct Access<S> {
    layer: AccessLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Access<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<std::result::Result<Response<R>, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::result::Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.layer.admit(&mut request) {
            Ok(admission) => {
                request.extensions_mut().insert(admission);
                Either::Left(self.inner.call(request))
            }
            Err(failure) => Either::Right(ready(Ok(refuse(failure, locale(request.headers()))))),
        }
    }
}
