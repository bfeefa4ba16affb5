use salient_failure::{Failure, Kind};
use salient_proto::{Request, access::v1::ErrorReason};
use tonic::Streaming;

use crate::{stack, text};

/// The messages that a client streams, each checked.
#[derive(Debug)]
pub struct Messages<T>(Streaming<T>);

impl<T: Request> Messages<T> {
    pub(crate) fn new(stream: Streaming<T>) -> Self {
        Self(stream)
    }

    /// The next message; `None` when the client has sent them all. A client that leaves half-way is an error, not an end.
    ///
    /// # Errors
    /// The message is malformed, too large or against its rules, or the stream broke.
    pub async fn next(&mut self) -> Result<Option<T>, Failure> {
        match self.0.message().await {
            Ok(Some(message)) => check(&message).map(|_| Some(message)),
            Ok(None) => Ok(None),
            Err(status) => Err(stack::meaning(&status).unwrap_or_else(|| {
                Failure::new(Kind::Unavailable, ErrorReason::Unavailable).because(status)
            })),
        }
    }
}

/// Checks a message against the rules in its proto, and that its text can be kept. Answers it encoded.
pub(crate) fn check<R: Request>(message: &R) -> Result<Vec<u8>, Failure> {
    message.check()?;
    let encoded = message.encode_to_vec();
    text::check::<R>(&encoded)?;
    Ok(encoded)
}
