//! Taking for good what was set aside, or giving it back, in one statement.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::{DatabaseErrorKind, Error as DieselError},
    sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error, LedgerCte};
use uuid::Uuid;

use super::rows::malformed;
use crate::domain::{
    credit::EntryKind,
    reservation::{Ending, Round, State},
};

/// Moves what a round has reserved from the account's `reserved` to `confirmed`, or back to what is available.
///
/// The reservation's row is the arbiter between two endings: its conditional update lets one through. Where it finds nothing to
/// change, the entry's number is NULL and the statement fails as a whole.
#[derive(Debug, QueryId)]
pub struct CreditSettle {
    approval: Uuid,
    round: i32,
    state: &'static str,
    kind: &'static str,
    /// How much of the reservation is confirmed: all or nothing of it.
    confirms: i32,
    actor: String,
    now: jiff_diesel::Timestamp,
    ledger: LedgerCte,
}

impl CreditSettle {
    /// Ends a round.
    #[must_use]
    pub fn new(round: Round, ending: Ending, actor: String, now: Timestamp, ledger: LedgerCte) -> Self {
        let (state, kind, confirms) = match ending {
            Ending::Confirm => (State::Confirmed, EntryKind::Confirmed, 1),
            Ending::Release => (State::Released, EntryKind::Released, 0),
        };
        Self {
            approval: round.approval,
            round: round.number,
            state: state.as_str(),
            kind: kind.as_str(),
            confirms,
            actor,
            now: now.into(),
            ledger,
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// See [`nothing_changed`].
    pub async fn run(self, connection: &mut Connection) -> Result<(), Error> {
        match self.execute(connection).await? {
            1 => Ok(()),
            _ => Err(malformed("an ending that made no entry")),
        }
    }
}

impl QueryFragment<Pg> for CreditSettle {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH reservation AS (UPDATE credit_reservation SET state = ");
        out.push_bind_param::<Text, _>(self.state)?;
        out.push_sql(", update_time = greatest(update_time, ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(") WHERE approval = ");
        out.push_bind_param::<SqlUuid, _>(&self.approval)?;
        out.push_sql(" AND round = ");
        out.push_bind_param::<Integer, _>(&self.round)?;
        out.push_sql(
            " AND state = 'RESERVED' RETURNING *), \
             account AS (UPDATE credit_account AS a SET version = a.version + 1, reserved = a.reserved - r.amount, \
             confirmed = a.confirmed + r.amount * ",
        );
        out.push_bind_param::<Integer, _>(&self.confirms)?;
        out.push_sql(
            ", update_time = greatest(a.update_time, r.update_time) \
             FROM reservation AS r WHERE a.customer = r.customer RETURNING a.*, r.amount), \
             entry AS (INSERT INTO credit_entry (customer, number, kind, currency, amount, credit_limit, reserved, \
             confirmed, approval, round, reason, actor, create_time) SELECT a.customer, a.version, ",
        );
        out.push_bind_param::<Text, _>(self.kind)?;
        out.push_sql(", a.currency, a.amount, a.credit_limit, a.reserved, a.confirmed, wanted.approval, wanted.round, '', ");
        out.push_bind_param::<Text, _>(&self.actor)?;
        out.push_sql(", a.update_time FROM (VALUES (");
        out.push_bind_param::<SqlUuid, _>(&self.approval)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.round)?;
        out.push_sql(")) AS wanted (approval, round) LEFT JOIN account AS a ON true RETURNING number), ");
        self.ledger.walk_ast(out.reborrow())?;
        out.push_sql(" SELECT number FROM entry");
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for CreditSettle {}

/// Whether a statement failed because what it was to change was not, or no longer, as it had to be: its entry then lacked what an
/// entry must have. Or because it lost to another one, and then there is as little to say without looking again.
#[must_use]
pub fn nothing_changed(error: &Error) -> bool {
    matches!(
        error,
        Error::Query(DieselError::DatabaseError(DatabaseErrorKind::NotNullViolation, _)) | Error::Conflict(_)
    )
}
