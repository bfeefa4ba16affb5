use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    rows::{AccountRow, malformed},
    schema::credit_account,
};
use crate::domain::credit::CreditAccount;

/// A customer's credit, if it was ever granted any.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn account_find(
    connection: &mut Connection,
    customer: Uuid,
) -> Result<Option<CreditAccount>, Error> {
    let query = credit_account::table
        .find(customer)
        .select(AccountRow::as_select());
    let row = query.first(connection).await.optional()?;
    row.map(CreditAccount::try_from).transpose()
}

/// The same with its row locked. Its row alone decides what can be taken, so whoever holds it decides alone.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn account_for_update(
    connection: &mut Connection,
    customer: Uuid,
) -> Result<Option<CreditAccount>, Error> {
    let query = credit_account::table
        .find(customer)
        .select(AccountRow::as_select());
    let row = query.for_update().first(connection).await.optional()?;
    row.map(CreditAccount::try_from).transpose()
}

/// Makes a customer's account.
///
/// # Errors
/// A unique violation where another made it first.
pub async fn account_insert(connection: &mut Connection, account: &CreditAccount) -> Result<(), Error> {
    diesel::insert_into(credit_account::table)
        .values((
            credit_account::customer.eq(account.customer),
            credit_account::version.eq(account.version),
            credit_account::currency.eq(account.limit.currency().as_str()),
            credit_account::credit_limit.eq(account.limit.amount()),
            credit_account::reserved.eq(account.reserved.amount()),
            credit_account::confirmed.eq(account.confirmed.amount()),
            credit_account::closed.eq(account.closed),
            credit_account::update_time.eq(jiff_diesel::Timestamp::from(account.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Saves an account whose row this transaction has locked.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn account_save(connection: &mut Connection, account: &CreditAccount) -> Result<(), Error> {
    let updated = diesel::update(credit_account::table)
        .filter(credit_account::customer.eq(account.customer))
        .filter(credit_account::version.eq(account.version - 1))
        .set((
            credit_account::version.eq(account.version),
            credit_account::currency.eq(account.limit.currency().as_str()),
            credit_account::credit_limit.eq(account.limit.amount()),
            credit_account::reserved.eq(account.reserved.amount()),
            credit_account::confirmed.eq(account.confirmed.amount()),
            credit_account::update_time.eq(jiff_diesel::Timestamp::from(account.update_time)),
        ))
        .execute(connection)
        .await?;
    if updated == 1 {
        Ok(())
    } else {
        Err(malformed("saved without its lock"))
    }
}

/// Closes the account of a deleted customer, or opens that of one that is brought back. No amount changes, so it makes no entry.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn account_close(connection: &mut Connection, customer: Uuid, closed: bool) -> Result<(), Error> {
    diesel::update(credit_account::table.find(customer))
        .set(credit_account::closed.eq(closed))
        .execute(connection)
        .await?;
    Ok(())
}
