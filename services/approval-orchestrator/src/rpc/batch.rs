//! Many tasks at once, each in a change of its own: what one refuses leaves the others alone. Each has a part of the batch's
//! idempotency key, so that a repeated batch, or one that was cut off, does nothing twice. One that could not be served just now is no
//! answer to keep: then the batch is to be repeated, and those that were served answer as they did.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use prost::Message as _;
use salient_failure::{Failure, Kind};
use salient_operation::OpContext;
use salient_proto::{approval::v1 as proto, google::rpc};

use crate::error::Error;

/// How many are changed at a time.
const AT_ONCE: usize = 4;

/// Changes each, a few at a time; the results are in their order.
///
/// # Errors
/// UNAVAILABLE and DEADLINE_EXCEEDED of any of them.
pub async fn each<T, F, R>(
    op: &OpContext,
    items: Vec<(String, T)>,
    change: F,
) -> Result<Vec<proto::TaskResult>, Error>
where
    F: Fn(OpContext, String, T) -> R,
    R: Future<Output = Result<proto::Task, Error>>,
{
    let results = items.into_iter().map(|(name, item)| {
        let changed = change(part(op, &name), name.clone(), item);
        result(op, name, changed)
    });
    stream::iter(results).buffered(AT_ONCE).try_collect().await
}

/// The operation that one task of the batch is.
fn part(op: &OpContext, name: &str) -> OpContext {
    let mut part = op.clone();
    part.idempotency = op.idempotency.as_ref().map(|key| key.part(name));
    part
}

async fn result(
    op: &OpContext,
    name: String,
    changed: impl Future<Output = Result<proto::Task, Error>>,
) -> Result<proto::TaskResult, Error> {
    let (task, error) = match changed.await {
        Ok(task) => (Some(task), None),
        Err(error) => {
            let failure = Failure::from(error);
            if matches!(failure.kind(), Kind::Unavailable | Kind::DeadlineExceeded) {
                return Err(failure.into());
            }
            (None, Some(status(op, failure)))
        }
    };
    Ok(proto::TaskResult { name, task, error })
}

/// What a call for it alone would have answered.
fn status(op: &OpContext, failure: Failure) -> rpc::Status {
    let status = failure.into_status(op.locale);
    let plain = || rpc::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    };
    rpc::Status::decode(status.details()).unwrap_or_else(|_| plain())
}
