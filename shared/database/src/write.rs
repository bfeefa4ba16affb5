use salient_failpoints::{Moment, Order, pass};
use salient_operation::OpContext;
use tracing::Instrument as _;

use crate::{AsyncFuncOnce, Connection, Database, Error, Label, pool::Access};

impl Database {
    /// Lends a connection for one statement that changes something and is its own transaction, until the operation's deadline. For
    /// what is harmless to repeat, announces nothing and has no idempotency key.
    ///
    /// # Errors
    /// What the closure answers; [`Error::Unavailable`] where no connection can be had; [`Error::DeadlineExceeded`], and then it may
    /// be done.
    pub async fn write<T, E, F>(&self, op: &OpContext, label: impl Label, statement: F) -> Result<T, E>
    where
        F: for<'c> AsyncFuncOnce<&'c mut Connection, Result<T, E>, Fut: Send> + Send,
        E: From<Error>,
    {
        let span = tracing::debug_span!("statement", query = label.name());
        let work = self.commit_statement(op, label, statement);
        let written = tokio::time::timeout(op.deadline.remaining(), work.instrument(span)).await;
        match written.unwrap_or_else(|_| Err(Error::DeadlineExceeded.into()))? {
            (value, Order::GoOn) => Ok(value),
            (_, Order::Repeat) => Err(lost().into()),
        }
    }

    /// Runs a statement that commits by itself; and answers whether whoever asked shall not get the answer, so as to ask again.
    pub(crate) async fn commit_statement<T, E, F>(
        &self,
        op: &OpContext,
        label: impl Label,
        statement: F,
    ) -> Result<(T, Order), E>
    where
        F: for<'c> AsyncFuncOnce<&'c mut Connection, Result<T, E>, Fut: Send> + Send,
        E: From<Error>,
    {
        let mut connection = self.connection().await?;
        self.allow(&mut connection, Access::Write).await?;
        self.count(&mut connection, label);
        if pass(self.point(op, label, Moment::BeforeCommit)) == Order::Repeat {
            return Err(not_done().into());
        }
        let value = statement(&mut connection).await?;
        Ok((value, pass(self.point(op, label, Moment::AfterCommit))))
    }
}

/// A point before a commit wants it done once more.
pub(crate) fn not_done() -> Error {
    Error::Unavailable("a point of failure wants it done once more".into())
}

/// A point after a commit wants it done once more.
pub(crate) fn lost() -> Error {
    Error::CommitUnknown("a point of failure lost the answer".into())
}
