use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::{
    customers::v1::{self, CreditLimitSet, SetCreditLimitRequest},
    google::r#type as google,
};
use salient_values::{Money, etag};

use super::{convert, get_credit_account::customer_of, permitted::permitted};
use crate::{
    app::App,
    domain::credit::CreditAccount,
    error::Error,
    store::{
        Query,
        accounts::{account_for_update, account_insert, account_save},
        customers::customer_for_update,
        entries::{Cause, entry_insert},
    },
};

/// Sets a customer's credit limit.
pub(super) async fn set_credit_limit(
    app: App,
    op: OpContext,
    request: SetCreditLimitRequest,
) -> Result<v1::CreditAccount, Error> {
    let id = customer_of(&request.name)?;
    let limit =
        Money::try_from(&request.limit.clone().unwrap_or_default()).map_err(|error| error.at("limit"))?;
    if limit.amount().is_sign_negative() && !limit.amount().is_zero() {
        return Err(Failure::invalid_field("limit", "must not be negative").into());
    }
    let set = async |tx: &mut Tx| {
        // The customer's lock lets one at a time make an account that does not exist yet.
        let found = customer_for_update(tx, id).await?;
        let customer = permitted(&op, id, found)?;
        customer.living()?;
        let found = account_for_update(tx, id).await?;
        let version = found.as_ref().map_or(0, |account| account.version);
        etag::check(&request.etag, version, &request.name)?;
        let previous = found.as_ref().map(|account| account.limit);
        let account = match found {
            Some(mut account) => {
                account.set_limit(limit, tx.now())?;
                account_save(tx, &account).await?;
                account
            }
            None => {
                let account = CreditAccount::open(id, limit, tx.now());
                account_insert(tx, &account).await?;
                account
            }
        };
        entry_insert(tx, &account, Cause::Limit(&request.reason), &op.actor()).await?;
        let event = CreditLimitSet {
            customer: customer.name(),
            previous_limit: previous.as_ref().map(google::Money::from),
            limit: Some(google::Money::from(&limit)),
            reason: request.reason.clone(),
        };
        tx.announce(NewEvent::of(customer.name(), &event));
        Ok::<_, Error>(convert::account(&account)?)
    };
    app.database.mutate(&op, Query::CreditSetLimit, set).await
}
