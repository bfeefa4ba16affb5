//! How a method answers: checks first, then its handler, then the one map from failure to status.

use std::{future::Future, pin::Pin};

use futures::{Stream, StreamExt as _};
use salient_failure::Failure;
use salient_operation::OpContext;
use tonic::{Request, Response, Status, Streaming};

use crate::{
    call::Call,
    messages::{Messages, check},
};

/// What a method answers that streams.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Answers a call of one message with one message.
///
/// The message is valid when the handler gets it, and the context carries an idempotency key if the method's rule says that it
/// is a mutation. A mutation runs to its end even if the client leaves.
///
/// # Errors
/// What the checks or the handler refuse, as the status that the client sees.
pub async fn unary<Req, Resp, E, F, Fut>(
    mut request: Request<Req>,
    handler: F,
) -> Result<Response<Resp>, Status>
where
    Req: salient_proto::Request + 'static,
    Resp: Send + 'static,
    E: Into<Failure>,
    F: FnOnce(OpContext, Req) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Resp, E>> + Send + 'static,
{
    let call = Call::of(request.extensions_mut())?;
    let message = request.into_inner();
    let operation = check(&message).and_then(|encoded| call.operation_on(&message, &encoded));
    let operation = operation.map_err(|failure| call.refuse(failure))?;
    let deadline = operation.deadline;
    let work = async move { handler(operation, message).await.map_err(Into::into) };
    call.run(deadline, work).await.map(Response::new)
}

/// Answers a call of one message with a stream. The handler checks and prepares; what it returns is then streamed for as long
/// as the client listens.
///
/// # Errors
/// As [`unary`]; a failure in the stream ends it with its status.
pub async fn server_stream<Req, T, S, E, F, Fut>(
    mut request: Request<Req>,
    handler: F,
) -> Result<Response<Answers<T>>, Status>
where
    Req: salient_proto::Request + 'static,
    S: Stream<Item = Result<T, E>> + Send + 'static,
    E: Into<Failure> + 'static,
    F: FnOnce(OpContext, Req) -> Fut + Send + 'static,
    Fut: Future<Output = Result<S, E>> + Send + 'static,
{
    let call = Call::of(request.extensions_mut())?;
    let message = request.into_inner();
    let operation = check(&message).and_then(|encoded| call.operation_on(&message, &encoded));
    let operation = operation.map_err(|failure| call.refuse(failure))?;
    let deadline = operation.deadline;
    let refuse = call.refuser();
    let work = async move { handler(operation, message).await.map_err(Into::into) };
    let answers = call.run(deadline, work).await?;
    Ok(Response::new(Box::pin(
        answers.map(move |answer| answer.map_err(&refuse)),
    )))
}

/// Answers a stream of messages with one message. Each message is valid when the handler gets it. The handler makes the
/// idempotency key itself, by [`idempotency_key`](crate::idempotency_key), once it knows what the request holds.
///
/// # Errors
/// As [`unary`].
pub async fn client_stream<Req, Resp, E, F, Fut>(
    mut request: Request<Streaming<Req>>,
    handler: F,
) -> Result<Response<Resp>, Status>
where
    Req: salient_proto::Request + 'static,
    Resp: Send + 'static,
    E: Into<Failure>,
    F: FnOnce(OpContext, Messages<Req>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Resp, E>> + Send + 'static,
{
    let call = Call::of(request.extensions_mut())?;
    let operation = call.operation();
    let deadline = operation.deadline;
    let messages = Messages::new(request.into_inner());
    let work = async move { handler(operation, messages).await.map_err(Into::into) };
    call.run(deadline, work).await.map(Response::new)
}

/// Takes a call apart for a method that fits none of the shapes above: the operation's context (without an idempotency key)
/// and what the client sent, unchecked.
///
/// # Errors
/// INTERNAL if the call did not come through the stack.
pub fn admit<T>(mut request: Request<T>) -> Result<(OpContext, T), Status> {
    let call = Call::of(request.extensions_mut())?;
    Ok((call.operation(), request.into_inner()))
}
