use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::customers::v1::{CreditAccount, GetCreditAccountRequest};
use salient_values::name;
use uuid::Uuid;

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{Query, accounts::account_find, customers::customer_find},
};

/// Returns a customer's credit.
pub(super) async fn get_credit_account(
    app: App,
    op: OpContext,
    request: GetCreditAccountRequest,
) -> Result<CreditAccount, Error> {
    let id = customer_of(&request.name)?;
    let read = async |connection: &mut Connection| {
        permitted(&op, id, customer_find(connection, id).await?)?;
        Ok::<_, Error>(account_find(connection, id).await?)
    };
    match app.database.read(&op, Query::CreditGet, read).await? {
        Some(account) => Ok(convert::account(&account)?),
        None => Ok(convert::untouched_account(id)),
    }
}

/// The customer of an account's name, `customers/{customer}/credit`.
pub(super) fn customer_of(account: &str) -> Result<Uuid, Failure> {
    let customer = account.strip_suffix("/credit").unwrap_or(account);
    name::parse(COLLECTION, customer).map_err(|error| error.at("name"))
}
