use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    rows::{AccountRow, CustomerRow, CustomerValues, malformed},
    schema::{credit_account, customer},
};
use crate::domain::{
    credit::CreditAccount,
    customer::{CreditSummary, Customer, Placement},
};

/// The unique index over the names of living customers.
pub const NAME_TAKEN: &str = "customer_name_taken";
/// The unique index over the unified social credit codes of living customers.
pub const CREDIT_CODE_TAKEN: &str = "customer_credit_code_taken";

/// The largest statement takes 65,535 values; a customer has 22.
const ROWS_PER_INSERT: usize = 500;

/// A customer with what its archive shows of its credit.
#[derive(Debug, Clone)]
pub struct Archived {
    /// The customer.
    pub customer: Customer,
    /// Its credit, where it was granted any.
    pub credit: Option<CreditSummary>,
}

impl AsRef<Customer> for Archived {
    fn as_ref(&self) -> &Customer {
        &self.customer
    }
}

/// A customer, if there is one, deleted or not.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn customer_find(connection: &mut Connection, id: Uuid) -> Result<Option<Archived>, Error> {
    let row = customer::table
        .left_join(credit_account::table.on(credit_account::customer.eq(customer::id)))
        .filter(customer::id.eq(id))
        .select((CustomerRow::as_select(), Option::<AccountRow>::as_select()))
        .first(connection)
        .await;
    row.optional()?.map(archived).transpose()
}

/// The customers of these ids that there are, in no order.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn customer_find_all(connection: &mut Connection, ids: &[Uuid]) -> Result<Vec<Archived>, Error> {
    let rows = customer::table
        .left_join(credit_account::table.on(credit_account::customer.eq(customer::id)))
        .filter(customer::id.eq_any(ids))
        .select((CustomerRow::as_select(), Option::<AccountRow>::as_select()))
        .load(connection)
        .await?;
    rows.into_iter().map(archived).collect()
}

/// A customer, if there is one, with its row locked: what it is decided on stays until the transaction ends.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn customer_for_update(connection: &mut Connection, id: Uuid) -> Result<Option<Customer>, Error> {
    let row = customer::table
        .find(id)
        .select(CustomerRow::as_select())
        .for_update()
        .first(connection)
        .await;
    row.optional()?.map(Customer::try_from).transpose()
}

/// Records customers.
///
/// # Errors
/// [`NAME_TAKEN`], [`CREDIT_CODE_TAKEN`].
pub async fn customer_insert(connection: &mut Connection, customers: &[Customer]) -> Result<(), Error> {
    for chunk in customers.chunks(ROWS_PER_INSERT) {
        let rows = chunk
            .iter()
            .map(CustomerValues::of)
            .collect::<Result<Vec<_>, _>>()?;
        diesel::insert_into(customer::table)
            .values(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Saves a customer whose row this transaction has locked.
///
/// # Errors
/// [`NAME_TAKEN`], [`CREDIT_CODE_TAKEN`].
pub async fn customer_save(connection: &mut Connection, saved: &Customer) -> Result<(), Error> {
    let updated = diesel::update(customer::table)
        .filter(
            customer::id
                .eq(saved.id)
                .and(customer::version.eq(saved.version - 1)),
        )
        .set(CustomerValues::of(saved)?)
        .execute(connection)
        .await?;
    if updated == 1 {
        Ok(())
    } else {
        Err(malformed("saved without its lock"))
    }
}

/// Whose customers the living ones with these normalised names or codes are: id, name, code, and placement.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn customer_taken(
    connection: &mut Connection,
    names: &[&str],
    codes: &[&str],
) -> Result<Vec<Taken>, Error> {
    let rows: Vec<(Uuid, String, Option<String>, Uuid, Uuid)> = customer::table
        .filter(customer::delete_time.is_null())
        .filter(
            customer::normalized_name
                .eq_any(names)
                .or(customer::credit_code.eq_any(codes)),
        )
        .select((
            customer::id,
            customer::normalized_name,
            customer::credit_code,
            customer::owner,
            customer::unit,
        ))
        .load(connection)
        .await?;
    let taken = rows
        .into_iter()
        .map(|(id, normalized_name, credit_code, owner, unit)| Taken {
            id,
            normalized_name,
            credit_code,
            placement: Placement { owner, unit },
        });
    Ok(taken.collect())
}

/// A customer that has a name or a code already.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The customer.
    pub id: Uuid,
    /// Its name, normalised.
    pub normalized_name: String,
    /// Its code.
    pub credit_code: Option<String>,
    /// Whose it is.
    pub placement: Placement,
}

pub(super) fn archived(row: (CustomerRow, Option<AccountRow>)) -> Result<Archived, Error> {
    let (customer, account) = row;
    let account = account.map(CreditAccount::try_from).transpose()?;
    let summary = account.map(|account| summary(&account)).transpose()?;
    Ok(Archived {
        customer: customer.try_into()?,
        credit: summary,
    })
}

/// What an account shows in its customer's archive.
///
/// # Errors
/// Where its sums are beyond range.
pub fn summary(account: &CreditAccount) -> Result<CreditSummary, Error> {
    Ok(CreditSummary {
        limit: account.limit,
        available: account.available().map_err(malformed)?,
    })
}
