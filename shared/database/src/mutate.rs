use prost::Message;
use salient_failpoints::Order;
use salient_operation::OpContext;
use tracing::Instrument as _;

use crate::{
    AsyncFunc, AsyncFuncOnce, Connection, Database, Error, Label, LedgerCte, NewDelivery, NewEvent, Tx,
    transaction::now, write,
};

impl Database {
    /// Runs a transaction once for its idempotency key: the answer is stored with it, and a repeat of the same request gets
    /// that answer, whatever has happened since. Errors are not stored.
    ///
    /// A first try pays nothing for this but the key's row: the key is looked up only after something failed, for in a repeat
    /// something must (a state has moved on, an etag is stale, or at last the key's own unique constraint).
    ///
    /// # Errors
    /// As [`Database::transaction`]; [`Error::RequestIdReused`].
    pub async fn mutate<R, E, F>(&self, op: &OpContext, label: impl Label, body: F) -> Result<R, E>
    where
        R: Message + Default,
        F: for<'t> AsyncFunc<&'t mut Tx, Result<R, E>, Fut: Send> + Send + Sync,
        E: From<Error> + std::error::Error + Send + 'static,
    {
        let answering = async |tx: &mut Tx| {
            let response = body(tx).await?;
            tx.answer(response.encode_to_vec());
            Ok::<R, E>(response)
        };
        match self.transact(op, label, answering).await {
            Ok((_, Order::Repeat)) => Err(write::lost().into()),
            Ok((response, Order::GoOn)) => Ok(response),
            Err(error) => self.or_answered(op, Err(error)).await,
        }
    }

    /// As [`Database::mutate`], in one statement and so in one round trip: the closure executes a statement that holds the
    /// [`LedgerCte`] it is given.
    ///
    /// # Errors
    /// As [`Database::mutate`].
    pub async fn mutate_in_one_statement<R, E, F>(
        &self,
        op: &OpContext,
        label: impl Label,
        response: R,
        events: Vec<NewEvent>,
        deliveries: Vec<NewDelivery>,
        statement: F,
    ) -> Result<R, E>
    where
        R: Message + Default,
        F: for<'c> AsyncFuncOnce<(&'c mut Connection, LedgerCte), Result<(), E>, Fut: Send> + Send,
        E: From<Error> + std::error::Error + Send + 'static,
    {
        let (announces, sends) = (!events.is_empty(), !deliveries.is_empty());
        let answer = op.idempotency.as_ref().map(|key| (key, response.encode_to_vec()));
        let ledger = LedgerCte::new(op, now(), events, deliveries, answer);
        let span = tracing::debug_span!("statement", query = label.name());
        let work = async {
            self.commit_statement(op, label, async |connection: &mut Connection| {
                statement((connection, ledger)).await
            })
            .await
        };
        match work.instrument(span).await {
            Ok(((), Order::Repeat)) => Err(write::lost().into()),
            Ok(((), Order::GoOn)) => {
                if announces {
                    self.wake().events();
                }
                if sends {
                    self.wake().deliveries();
                }
                Ok(response)
            }
            Err(error) => self.or_answered(op, Err(error)).await,
        }
    }

    /// What was answered to the same request before, in place of an error; for a mutation that fails before it comes to its
    /// transaction, because what it asks for was done already.
    ///
    /// # Errors
    /// The same error where the request is new; [`Error::RequestIdReused`].
    pub async fn or_answered<R, E>(&self, op: &OpContext, result: Result<R, E>) -> Result<R, E>
    where
        R: Message + Default,
        E: From<Error>,
    {
        match (result, &op.idempotency) {
            (Err(error), Some(key)) => match self.answered(key).await {
                Ok(Some(response)) => Ok(R::decode(response.as_slice()).map_err(Error::from)?),
                Err(reused @ Error::RequestIdReused { .. }) => Err(reused.into()),
                // The first error says more than that the key could not be looked up.
                Ok(None) | Err(_) => Err(error),
            },
            (result, _) => result,
        }
    }
}
