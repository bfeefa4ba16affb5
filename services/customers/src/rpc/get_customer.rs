use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::customers::v1::{Customer, GetCustomerRequest};
use salient_values::name;

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{Query, customers::customer_find},
};

/// Returns a customer, also a deleted one.
pub async fn get_customer(app: App, op: OpContext, request: GetCustomerRequest) -> Result<Customer, Error> {
    let id = name::parse(COLLECTION, &request.name).map_err(|error| error.at("name"))?;
    let read = async |connection: &mut Connection| Ok::<_, Error>(customer_find(connection, id).await?);
    let found = app.database.read(&op, Query::CustomerGet, read).await?;
    let found = permitted(&op, id, found)?;
    Ok(convert::customer(&found.customer, found.credit.as_ref()))
}
