//! The points of failure before and after a call.

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use salient_failpoints::{Moment, Order, Point, active, pass};
use tonic::{Status, body::Body, transport::Channel};
use tower::{BoxError, Service as _, ServiceExt as _};

use crate::outbound::Operation;

/// What a call is in the course of that was not made for an operation.
const NONE: &str = "-";

/// Makes a call over a channel that is ready for it.
pub(crate) async fn call(
    service: &'static str,
    mut channel: Channel,
    request: Request<Body>,
) -> Result<Response<Body>, BoxError> {
    if active() {
        return call_with_points(service, channel, request).await;
    }
    Ok(channel.call(request).await?)
}

/// The same with points. Request and answer are taken as a whole, so that the answer is there when the point after it is passed:
/// no service makes a call that streams.
async fn call_with_points(
    service: &'static str,
    mut channel: Channel,
    request: Request<Body>,
) -> Result<Response<Body>, BoxError> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let again = || Request::from_parts(parts.clone(), Body::new(Full::new(body.clone())));
    let operation = parts.extensions.get::<Operation>();
    let point = |moment| Point {
        owner: service,
        operation: operation.map_or(NONE, |operation| operation.0),
        step: parts.uri.path(),
        moment,
    };
    if pass(point(Moment::BeforeSending)) == Order::Repeat {
        // To its end, so that the second finds it done.
        whole(channel.call(again()).await?).await?;
        channel.ready().await?;
    }
    let answer = whole(channel.call(again()).await?).await?;
    match pass(point(Moment::AfterAnswer)) {
        Order::GoOn => Ok(answer),
        Order::Repeat => Err(Status::unavailable("a point of failure lost the answer").into()),
    }
}

async fn whole(answer: Response<Body>) -> Result<Response<Body>, BoxError> {
    let (parts, body) = answer.into_parts();
    Ok(Response::from_parts(parts, Body::new(body.collect().await?)))
}
