use salient_database::Tx;
use salient_operation::OpContext;
use salient_proto::approval::v1::{Deputyship, EndDeputyshipRequest};
use salient_values::etag;

use super::{
    named_deputyship::{id_from, managed},
    wire::deputyship as convert,
};
use crate::{
    app::App,
    error::Error,
    store::{DeputyshipRow, Query, deputyship_save, deputyships_lock},
};

/// Ends a deputyship before its time (P1.3).
pub async fn end_deputyship(
    app: App,
    op: OpContext,
    request: EndDeputyshipRequest,
) -> Result<Deputyship, Error> {
    let (name, seen) = (&request.name, &request.etag);
    let id = &id_from(name, "name")?;
    let (app, op) = (&app, &op);
    let end = async move |tx: &mut Tx| {
        // Whether the caller may is seen before anybody has to wait for them. It does not change.
        managed(tx, op, *id).await?;
        deputyships_lock(tx).await?;
        let found = managed(tx, op, *id).await?;
        etag::check(seen, found.version, name)?;
        let now = app.clock.now();
        if found.is_over(now) {
            return Err(Error::DeputyshipEnded(*id));
        }
        let row = DeputyshipRow {
            stop_time: Some(now),
            version: found.version + 1,
            update_time: now,
            ..found
        };
        deputyship_save(tx, &row).await?;
        tx.announce(convert::ended(&row));
        Ok(convert::deputyship(&row, now))
    };
    let ended = app.database.mutate(op, Query::DeputyshipSave, end).await;
    app.deputies.forget();
    ended
}
