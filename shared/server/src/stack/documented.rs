use http::{Request, Response};
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use tonic::{Code, Status, body::Body};

use super::around::{Inner, Middleware};
use crate::refusal::Refusal;

const DETAILS: &str = "grpc-status-details-bin";

/// Gives answers that tonic made by itself the details that every error of the suite carries.
#[derive(Clone)]
pub(super) struct Documented;

impl Middleware for Documented {
    async fn handle<N: Inner>(&self, request: Request<Body>, next: &N) -> Response<Body> {
        let refusal = Refusal::of(&request);
        let response = next.answer(request).await;
        // A refusal is all headers; a method's own answer has its status in the trailers.
        match Status::from_header_map(response.headers()) {
            Some(status) if status.code() != Code::Ok && !response.headers().contains_key(DETAILS) => {
                match failure(&status) {
                    Some(failure) => refusal.answer(failure),
                    None => response,
                }
            }
            _ => response,
        }
    }
}

/// What a status of tonic's own means. Whatever of the suite fails carries details already and never gets here.
pub(crate) fn failure(status: &Status) -> Option<Failure> {
    match status.code() {
        // tonic calls INTERNAL what the client got wrong: no message, half a message, bytes that are no message.
        Code::Internal => Some(Failure::invalid_field("", status.message())),
        Code::OutOfRange | Code::ResourceExhausted => Some(
            Failure::new(Kind::ResourceExhausted, ErrorReason::TooLarge)
                .with("limit", format!("{} bytes", super::message_size::TONIC_LIMIT)),
        ),
        _ => None,
    }
}
