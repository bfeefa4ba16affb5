use std::time::Duration;

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use salient_operation::{IdempotencyKey, OpContext};

use crate::{Connection, Database, Error, Label, schema::idempotency, transaction::now};

/// What is asked of the keys.
#[derive(Debug, Clone, Copy)]
enum Query {
    Answered,
    Purge,
}

impl Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::Answered => "idempotency_answered",
            Self::Purge => "idempotency_purge",
        }
    }
}

impl Database {
    /// The answer stored under a key.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`] where the key was used for another request.
    pub(crate) async fn answered(&self, key: &IdempotencyKey) -> Result<Option<Vec<u8>>, Error> {
        let mut connection = self.connection().await?;
        self.count(&mut connection, Query::Answered);
        let stored: Option<(Vec<u8>, Vec<u8>)> = idempotency::table
            .find((&key.caller, key.request_id))
            .select((idempotency::fingerprint, idempotency::response))
            .first(&mut connection)
            .await
            .optional()?;
        match stored {
            None => Ok(None),
            Some((fingerprint, response)) if fingerprint == key.fingerprint => Ok(Some(response)),
            Some(_) => Err(Error::RequestIdReused {
                request_id: key.request_id,
            }),
        }
    }

    /// Forgets answers older than this. Repeats of their requests are new requests from then on.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn purge(&self, older_than: Duration) -> Result<usize, Error> {
        let age = jiff::SignedDuration::try_from(older_than).unwrap_or(jiff::SignedDuration::MAX);
        let limit = jiff_diesel::Timestamp::from(now().saturating_sub(age).unwrap_or(jiff::Timestamp::MIN));
        let op = OpContext::background("database", "purge");
        let delete = async move |connection: &mut Connection| {
            diesel::delete(idempotency::table.filter(idempotency::create_time.lt(limit)))
                .execute(connection)
                .await
                .map_err(Error::from)
        };
        self.write(&op, Query::Purge, delete).await
    }
}
