//! The size of messages, and how a request's stream ends.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use tonic::{Code, Status, body::Body};

use super::around::{Inner, Middleware};
use crate::refusal::Refusal;

/// tonic's own limit, which none of the services raises; the setting cannot exceed it.
pub(super) const TONIC_LIMIT: usize = 4 << 20;

/// Refuses messages beyond a size as soon as their length is known, for all methods alike.
#[derive(Clone)]
pub(super) struct MessageSize(usize);

impl MessageSize {
    pub(super) fn new(limit: usize) -> Self {
        Self(limit.min(TONIC_LIMIT))
    }
}

impl Middleware for MessageSize {
    async fn handle<N: Inner>(&self, request: Request<Body>, next: &N) -> Response<Body> {
        let refusal = Refusal::of(&request);
        let watched = |body| Watched {
            body,
            refusal,
            limit: self.0,
            prefix: Prefix::default(),
        };
        next.answer(request.map(|body| Body::new(watched(body)))).await
    }
}

/// A request's body, read along as it passes.
struct Watched {
    body: Body,
    refusal: Refusal,
    limit: usize,
    prefix: Prefix,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) else {
            return Poll::Ready(None);
        };
        let frame = match frame {
            Ok(frame) => frame,
            // tonic takes a cancelled request stream for a finished one: half an upload would look whole.
            Err(status) if status.code() == Code::Cancelled => {
                let failure = Failure::new(Kind::Unavailable, ErrorReason::Unavailable).because(status);
                return Poll::Ready(Some(Err(self.refusal.status(failure))));
            }
            Err(status) => return Poll::Ready(Some(Err(status))),
        };
        let longest = frame
            .data_ref()
            .and_then(|data| self.prefix.longest(data.clone()));
        if longest.is_some_and(|length| length > self.limit) {
            let failure = Failure::new(Kind::ResourceExhausted, ErrorReason::TooLarge)
                .with("limit", format!("{} bytes", self.limit));
            return Poll::Ready(Some(Err(self.refusal.status(failure))));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Finds the length prefixes in a stream of gRPC messages, wherever the frames cut it: one byte of flags, four of length.
#[derive(Default)]
struct Prefix {
    /// Bytes of the current prefix seen.
    seen: usize,
    length: usize,
    /// Bytes of the current message still to come.
    rest: usize,
}

impl Prefix {
    /// The greatest length that a prefix in these bytes tells, if one ends in them.
    fn longest(&mut self, mut data: Bytes) -> Option<usize> {
        let mut longest = None;
        while data.has_remaining() {
            if self.rest > 0 {
                let passed = self.rest.min(data.remaining());
                data.advance(passed);
                self.rest -= passed;
                continue;
            }
            let byte = data.get_u8();
            if self.seen > 0 {
                self.length = self.length << 8 | usize::from(byte);
            }
            self.seen += 1;
            if self.seen == 5 {
                longest = longest.max(Some(self.length));
                *self = Self {
                    rest: self.length,
                    ..Self::default()
                };
            }
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        bytes.resize(5 + length, 7);
        bytes
    }

    #[test]
    fn finds_the_longest_however_the_stream_is_cut() {
        let stream: Vec<u8> = [message(3), message(0), message(300), message(1)].concat();
        for size in 1..=stream.len() {
            let mut prefix = Prefix::default();
            let longest = stream
                .chunks(size)
                .filter_map(|chunk| prefix.longest(Bytes::copy_from_slice(chunk)))
                .max();
            assert_eq!(longest, Some(300), "cut every {size} bytes");
            assert_eq!((prefix.seen, prefix.rest), (0, 0));
        }
    }

    #[test]
    fn tells_the_length_before_the_message_has_come() {
        assert_eq!(
            Prefix::default().longest(Bytes::from_static(&[0, 255, 255, 255, 255])),
            Some(0xffff_ffff)
        );
    }
}
