//! Many tasks at once, each in a change of its own: what one refuses leaves the others alone. Each has a part of the batch's
//! idempotency key, so that a repeated batch, or one that was cut off, does nothing twice.

use futures::{StreamExt as _, stream};
use prost::Message as _;
use salient_operation::OpContext;
use salient_proto::{approval::v1 as proto, google::rpc};

use crate::error::Error;

/// How many are changed at a time.
const AT_ONCE: usize = 4;

/// Changes each, a few at a time; the results are in their order.
pub async fn each<T, F, R>(op: &OpContext, items: Vec<(String, T)>, change: F) -> Vec<proto::TaskResult>
where
    F: Fn(OpContext, String, T) -> R,
    R: Future<Output = Result<proto::Task, Error>>,
{
    let results = items.into_iter().map(|(name, item)| {
        let changed = change(part(op, &name), name.clone(), item);
        result(op, name, changed)
    });
    stream::iter(results).buffered(AT_ONCE).collect().await
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
) -> proto::TaskResult {
    let (task, error) = match changed.await {
        Ok(task) => (Some(task), None),
        Err(error) => (None, Some(status(op, error))),
    };
    proto::TaskResult { name, task, error }
}

/// What a call for it alone would have answered.
fn status(op: &OpContext, error: Error) -> rpc::Status {
    let status = salient_failure::Failure::from(error).into_status(op.locale);
    let plain = || rpc::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    };
    rpc::Status::decode(status.details()).unwrap_or_else(|_| plain())
}
