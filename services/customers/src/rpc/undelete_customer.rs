use salient_database::{Connection, NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::customers::v1::{self, CustomerUndeleted, UndeleteCustomerRequest};
use salient_values::{etag, name};

use super::{convert, permitted::permitted, taken};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{
        Query,
        accounts::account_close,
        customers::{customer_find, customer_for_update, customer_save},
    },
};

/// Brings a deleted customer back.
pub(super) async fn undelete_customer(
    app: App,
    op: OpContext,
    request: UndeleteCustomerRequest,
) -> Result<v1::Customer, Error> {
    let id = name::parse(COLLECTION, &request.name).map_err(|error| error.at("name"))?;
    let read = async |connection: &mut Connection| Ok::<_, Error>(customer_find(connection, id).await?);
    let found = app.database.read(&op, Query::CustomerGet, read).await?;
    let found = match permitted(&op, id, found) {
        Ok(found) => found,
        // Done before, and out of the caller's reach since.
        Err(failure) => return app.database.or_answered(&op, Err(failure.into())).await,
    };
    let undelete = async |tx: &mut Tx| {
        let locked = customer_for_update(tx, id).await?;
        let mut customer = permitted(&op, id, locked)?;
        etag::check(&request.etag, customer.version, &customer.name())?;
        customer.undelete(tx.now())?;
        customer_save(tx, &customer).await?;
        account_close(tx, id, false).await?;
        let customer_name = customer.name();
        tx.announce(NewEvent::of(
            &customer_name,
            &CustomerUndeleted {
                customer: customer_name.clone(),
            },
        ));
        Ok::<_, Error>(convert::customer(&customer, found.credit.as_ref()))
    };
    match app.database.mutate(&op, Query::CustomerUndelete, undelete).await {
        Err(error) => Err(taken::explain(&app, &op, error, &found.customer.archive).await),
        undeleted => undeleted,
    }
}
