use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{rows::EntryRow, schema::credit_entry};
use crate::domain::credit::{CreditAccount, CreditEntry, EntryKind};
use crate::domain::reservation::Round;

/// What made an account what it is now.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    /// The limit was set, for this reason.
    Limit(&'a str),
    /// A round of an approval reserved this amount.
    Reserved(Round, &'a salient_values::Money),
}

/// Records what made an account what it is now.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn entry_insert(
    connection: &mut Connection,
    account: &CreditAccount,
    cause: Cause<'_>,
    actor: &str,
) -> Result<(), Error> {
    let (kind, amount, round, reason) = match cause {
        Cause::Limit(reason) => (EntryKind::LimitSet, account.limit, None, reason),
        Cause::Reserved(round, amount) => (EntryKind::Reserved, *amount, Some(round), ""),
    };
    diesel::insert_into(credit_entry::table)
        .values((
            credit_entry::customer.eq(account.customer),
            credit_entry::number.eq(account.version),
            credit_entry::kind.eq(kind.as_str()),
            credit_entry::currency.eq(amount.currency().as_str()),
            credit_entry::amount.eq(amount.amount()),
            credit_entry::credit_limit.eq(account.limit.amount()),
            credit_entry::reserved.eq(account.reserved.amount()),
            credit_entry::confirmed.eq(account.confirmed.amount()),
            credit_entry::approval.eq(round.map(|round| round.approval)),
            credit_entry::round.eq(round.map(|round| round.number)),
            credit_entry::reason.eq(reason),
            credit_entry::actor.eq(actor),
            credit_entry::create_time.eq(jiff_diesel::Timestamp::from(account.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// A page of what changed a customer's credit, the newest first, below a number.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn entry_list(
    connection: &mut Connection,
    customer: Uuid,
    below: Option<i64>,
    limit: i64,
) -> Result<Vec<CreditEntry>, Error> {
    let rows = credit_entry::table
        .filter(credit_entry::customer.eq(customer))
        .filter(credit_entry::number.lt(below.unwrap_or(i64::MAX)))
        .order(credit_entry::number.desc())
        .limit(limit)
        .select(EntryRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(CreditEntry::try_from).collect()
}
