//! Setting credit aside, in one statement.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Integer, Numeric, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use salient_database::{Connection, Error, LedgerCte};
use uuid::Uuid;

use super::rows::malformed;
use crate::domain::reservation::{Claim, Round};

/// Takes the amount from the account if so much is left, and records the reservation, the account's entry and the ledger.
///
/// The account's row is the arbiter: its conditional update waits for whoever has it and then looks again, so two that want the
/// last of the credit cannot both have it. Where the update finds nothing to change, the entry's number is NULL and the
/// statement fails as a whole; where the round was answered before, its primary key fails it.
///
/// The reservation comes before the account, here and where it is settled: in one order nobody waits for each other. The main
/// query reads `entry`, so these come first and the event is numbered under the account's lock.
#[derive(Debug, QueryId)]
pub struct CreditReserve {
    approval: Uuid,
    round: i32,
    customer: Uuid,
    subject: String,
    currency: &'static str,
    amount: Decimal,
    actor: String,
    now: jiff_diesel::Timestamp,
    ledger: LedgerCte,
}

impl CreditReserve {
    /// Sets aside what a round claims.
    #[must_use]
    pub fn new(round: Round, claim: &Claim, actor: String, now: Timestamp, ledger: LedgerCte) -> Self {
        Self {
            approval: round.approval,
            round: round.number,
            customer: claim.customer,
            subject: claim.subject.clone(),
            currency: claim.amount.currency().as_str(),
            amount: claim.amount.amount(),
            actor,
            now: now.into(),
            ledger,
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// See [`nothing_changed`](super::settle::nothing_changed) and [`ANSWERED`](super::reservations::ANSWERED).
    pub async fn run(self, connection: &mut Connection) -> Result<(), Error> {
        match self.execute(connection).await? {
            1 => Ok(()),
            _ => Err(malformed("a reservation that made no entry")),
        }
    }
}

impl QueryFragment<Pg> for CreditReserve {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH reservation AS (INSERT INTO credit_reservation \
             (approval, round, state, customer, subject, currency, amount, create_time, update_time) VALUES (",
        );
        out.push_bind_param::<SqlUuid, _>(&self.approval)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.round)?;
        out.push_sql(", 'RESERVED', ");
        out.push_bind_param::<SqlUuid, _>(&self.customer)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.subject)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.currency)?;
        out.push_sql(", ");
        out.push_bind_param::<Numeric, _>(&self.amount)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(
            ") RETURNING *), account AS (UPDATE credit_account AS a SET version = a.version + 1, \
             reserved = a.reserved + r.amount, update_time = greatest(a.update_time, r.update_time) \
             FROM reservation AS r WHERE a.customer = r.customer AND a.currency = r.currency AND NOT a.closed \
             AND a.credit_limit - a.reserved - a.confirmed >= r.amount RETURNING a.*), \
             entry AS (INSERT INTO credit_entry (customer, number, kind, currency, amount, credit_limit, reserved, \
             confirmed, approval, round, reason, actor, create_time) SELECT r.customer, a.version, 'RESERVED', \
             r.currency, r.amount, a.credit_limit, a.reserved, a.confirmed, r.approval, r.round, '', ",
        );
        out.push_bind_param::<Text, _>(&self.actor)?;
        out.push_sql(
            ", a.update_time FROM reservation AS r LEFT JOIN account AS a ON a.customer = r.customer RETURNING number), ",
        );
        self.ledger.walk_ast(out.reborrow())?;
        out.push_sql(" SELECT number FROM entry");
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for CreditReserve {}
