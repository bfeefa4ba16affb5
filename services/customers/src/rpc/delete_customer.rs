use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::customers::v1::{self, CustomerDeleted, DeleteCustomerRequest};
use salient_values::{etag, name};

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{
        Query,
        accounts::{account_close, account_for_update},
        customers::{customer_for_update, customer_save, summary},
    },
};

/// Deletes a customer.
pub(super) async fn delete_customer(
    app: App,
    op: OpContext,
    request: DeleteCustomerRequest,
) -> Result<v1::Customer, Error> {
    let id = name::parse(COLLECTION, &request.name).map_err(|error| error.at("name"))?;
    let delete = async |tx: &mut Tx| {
        let found = customer_for_update(tx, id).await?;
        let mut customer = permitted(&op, id, found)?;
        etag::check(&request.etag, customer.version, &customer.name())?;
        // The account's lock keeps a reservation from coming in between; closed, it takes none afterwards.
        let account = account_for_update(tx, id).await?;
        customer.delete(account.as_ref().map(|account| &account.reserved), tx.now())?;
        customer_save(tx, &customer).await?;
        if account.is_some() {
            account_close(tx, id, true).await?;
        }
        let customer_name = customer.name();
        tx.announce(NewEvent::of(
            &customer_name,
            &CustomerDeleted {
                customer: customer_name.clone(),
            },
        ));
        let credit = account.as_ref().map(summary).transpose()?;
        Ok::<_, Error>(convert::customer(&customer, credit.as_ref()))
    };
    app.database.mutate(&op, Query::CustomerDelete, delete).await
}
