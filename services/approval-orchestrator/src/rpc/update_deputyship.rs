use jiff::Timestamp;
use salient_database::Tx;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{Deputyship, UpdateDeputyshipRequest};
use salient_values::{etag, mask::Mask};
use uuid::Uuid;

use super::{
    named_deputyship::{id_from, managed},
    wire::deputyship as convert,
};
use crate::{
    app::App,
    deputies::admit,
    error::Error,
    store::{DeputyshipRow, Query, deputyship_save, deputyships_lock},
};

const END_TIME: &str = "end_time";
const REASON: &str = "reason";

/// What is to be changed, and into what.
struct Change {
    id: Uuid,
    name: String,
    etag: String,
    end_time: Option<Timestamp>,
    reason: Option<String>,
}

/// Changes until when a deputyship holds, or what it is for (P1.3).
pub async fn update_deputyship(
    app: App,
    op: OpContext,
    request: UpdateDeputyshipRequest,
) -> Result<Deputyship, Error> {
    let change = &Change::of(request)?;
    let (app, op) = (&app, &op);
    let update = async move |tx: &mut Tx| {
        let row = change.apply(app, op, tx).await?;
        deputyship_save(tx, &row).await?;
        tx.announce(convert::changed(&row));
        Ok::<_, Error>(convert::deputyship(&row, row.update_time))
    };
    let updated = app.database.mutate(op, Query::DeputyshipSave, update).await;
    app.deputies.forget();
    updated
}

impl Change {
    fn of(request: UpdateDeputyshipRequest) -> Result<Self, Failure> {
        let sent = request.deputyship.unwrap_or_default();
        let mask = Mask::new(request.update_mask, &[END_TIME, REASON])?;
        let end_time = convert::instant_from(sent.end_time, "deputyship.end_time")?;
        if mask.has(END_TIME) && end_time.is_none() {
            return Err(Failure::invalid_field("deputyship.end_time", "is required"));
        }
        Ok(Self {
            id: id_from(&sent.name, "deputyship.name")?,
            name: sent.name,
            etag: sent.etag,
            end_time: end_time.filter(|_| mask.has(END_TIME)),
            reason: mask.has(REASON).then_some(sent.reason),
        })
    }

    /// The deputyship as it becomes; nobody else changes one until the transaction ends.
    async fn apply(&self, app: &App, op: &OpContext, tx: &mut Tx) -> Result<DeputyshipRow, Error> {
        // Whether the caller may is seen before anybody has to wait for them. It does not change.
        managed(tx, op, self.id).await?;
        deputyships_lock(tx).await?;
        let found = managed(tx, op, self.id).await?;
        etag::check(&self.etag, found.version, &self.name)?;
        let now = app.clock.now();
        if found.is_over(now) {
            return Err(Error::DeputyshipEnded(self.id));
        }
        let mut row = DeputyshipRow {
            version: found.version + 1,
            update_time: now,
            ..found
        };
        if let Some(end_time) = self.end_time {
            row.deputyship.end_time = end_time;
            admit(tx, &row.deputyship, now).await?;
        }
        if let Some(reason) = &self.reason {
            row.reason.clone_from(reason);
        }
        Ok(row)
    }
}
