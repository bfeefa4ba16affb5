use jiff::Timestamp;
use salient_database::Tx;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{CreateDeputyshipRequest, Deputyship as Message};
use uuid::Uuid;

use super::{change::repeated, wire::deputyship as convert};
use crate::{
    app::App,
    deputies::{admit, make_room},
    domain::deputies::Deputyship,
    error::Error,
    store::{DeputyshipRow, Query, deputyship_insert, deputyships_lock, kinds_known},
};

/// What is asked for.
struct Wish {
    principal: Uuid,
    deputy: Uuid,
    kinds: Vec<String>,
    start_time: Option<Timestamp>,
    end_time: Timestamp,
    reason: String,
}

/// Has somebody asked in the principal's place for a time (P1.3).
pub async fn create_deputyship(
    app: App,
    op: OpContext,
    request: CreateDeputyshipRequest,
) -> Result<Message, Error> {
    let wish = &Wish::of(&op, request.deputyship.unwrap_or_default())?;
    op.permit.check(wish.principal, Uuid::nil())?;
    let deputy_name = match wish.check_people(&app).await {
        Ok(deputy_name) => deputy_name,
        Err(error) => return repeated(&app, &op, error).await,
    };
    let (app, author, deputy_name) = (&app, &op.actor(), &deputy_name);
    let create = async move |tx: &mut Tx| {
        wish.check_kinds(tx).await?;
        deputyships_lock(tx).await?;
        let now = app.clock.now();
        let row = wish.row(deputy_name, author, now);
        make_room(tx, now).await?;
        admit(tx, &row.deputyship, now).await?;
        deputyship_insert(tx, &row).await?;
        tx.announce(convert::created(&row));
        Ok::<_, Error>(convert::deputyship(&row, now))
    };
    let created = app.database.mutate(&op, Query::DeputyshipCreate, create).await;
    app.deputies.forget();
    created
}

impl Wish {
    fn of(op: &OpContext, sent: Message) -> Result<Self, Failure> {
        let required = |field| Failure::invalid_field(field, "is required");
        let principal = convert::person_from(&sent.principal, "deputyship.principal")?;
        let deputy = convert::person_from(&sent.deputy, "deputyship.deputy")?;
        let end_time = convert::instant_from(sent.end_time, "deputyship.end_time")?;
        let mut kinds = sent.kinds;
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Self {
            principal: match principal {
                Some(principal) => principal,
                None => op.person()?.person,
            },
            deputy: deputy.ok_or_else(|| required("deputyship.deputy"))?,
            kinds,
            start_time: convert::instant_from(sent.start_time, "deputyship.start_time")?,
            end_time: end_time.ok_or_else(|| required("deputyship.end_time"))?,
            reason: sent.reason,
        })
    }

    /// Answers with the deputy's name.
    async fn check_people(&self, app: &App) -> Result<String, Error> {
        if !app.employee(self.principal).await?.active {
            return Err(Error::PrincipalInactive(self.principal));
        }
        let deputy = app.employee(self.deputy).await?;
        if !deputy.active {
            return Err(Error::DeputyInactive(self.deputy));
        }
        Ok(deputy.display_name)
    }

    /// A kind that nothing is signed off by is a slip of the pen, and the principal would wait for it in vain.
    async fn check_kinds(&self, tx: &mut Tx) -> Result<(), Error> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        let known = kinds_known(tx, &self.kinds).await?;
        match self.kinds.iter().find(|kind| !known.contains(kind)) {
            Some(kind) => Err(Error::PolicyMissing { kind: kind.clone() }),
            None => Ok(()),
        }
    }

    fn row(&self, deputy_name: &str, author: &str, now: Timestamp) -> DeputyshipRow {
        DeputyshipRow {
            deputyship: Deputyship {
                id: Uuid::now_v7(),
                principal: self.principal,
                deputy: self.deputy,
                deputy_name: deputy_name.to_owned(),
                kinds: self.kinds.clone(),
                // What was before is history already.
                start_time: self.start_time.unwrap_or(now).max(now),
                end_time: self.end_time,
            },
            stop_time: None,
            reason: self.reason.clone(),
            author: author.to_owned(),
            version: 1,
            create_time: now,
            update_time: now,
        }
    }
}
