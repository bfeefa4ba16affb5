use std::collections::HashMap;

use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::customers::v1::{BatchGetCustomersRequest, BatchGetCustomersResponse};
use salient_values::name;
use uuid::Uuid;

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{
        Query,
        customers::{Archived, customer_find_all},
    },
};

/// Returns customers in the order asked for.
pub(super) async fn batch_get_customers(
    app: App,
    op: OpContext,
    request: BatchGetCustomersRequest,
) -> Result<BatchGetCustomersResponse, Error> {
    let named = request.names.iter().enumerate();
    let ids = named.map(|(place, text)| {
        name::parse(COLLECTION, text).map_err(|error| error.at(format!("names[{place}]")))
    });
    let ids: Vec<Uuid> = ids.collect::<Result<_, Failure>>()?;
    let read = async |connection: &mut Connection| Ok::<_, Error>(customer_find_all(connection, &ids).await?);
    let found = app.database.read(&op, Query::CustomerBatchGet, read).await?;
    let found: HashMap<Uuid, Archived> = found
        .into_iter()
        .map(|found| (found.customer.id, found))
        .collect();
    let customers = ids.iter().map(|id| {
        let found = permitted(&op, *id, found.get(id))?;
        Ok(convert::customer(&found.customer, found.credit.as_ref()))
    });
    Ok(BatchGetCustomersResponse {
        customers: customers.collect::<Result<_, Failure>>()?,
    })
}
