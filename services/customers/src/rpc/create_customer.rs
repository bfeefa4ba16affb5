use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::customers::v1::{self, CreateCustomerRequest, CustomerCreated};
use uuid::Uuid;

use super::{
    convert::{self, optional_name},
    taken,
};
use crate::{
    app::App,
    domain::{customer::Customer, grade::Grade},
    error::Error,
    placement,
    store::{Query, customers::customer_insert, grades::grade_insert},
};

/// Records a customer.
pub(super) async fn create_customer(
    app: App,
    op: OpContext,
    request: CreateCustomerRequest,
) -> Result<v1::Customer, Error> {
    let message = request
        .customer
        .ok_or_else(|| Failure::invalid_field("customer", "is needed"))?;
    let owner = optional_name("employees", &message.owner, "customer.owner")?;
    let unit = optional_name("orgUnits", &message.org_unit, "customer.org_unit")?;
    let archive = convert::archive(message)?;
    let placement = match placement::resolve(&app, &op, owner, unit).await {
        Ok(placement) => placement,
        // Done before, when people's posts were others.
        Err(error) => return app.database.or_answered(&op, Err(error)).await,
    };

    let id = Uuid::now_v7();
    let record = async |tx: &mut Tx| {
        let customer = Customer::record(id, archive.clone(), placement, Grade::D, tx.now());
        let recorded = std::slice::from_ref(&customer);
        customer_insert(tx, recorded).await?;
        grade_insert(tx, recorded, "", &op.actor()).await?;
        let message = convert::customer(&customer, None);
        tx.announce(NewEvent::of(
            customer.name(),
            &CustomerCreated {
                customer: Some(message.clone()),
            },
        ));
        Ok::<_, Error>(message)
    };
    match app.database.mutate(&op, Query::CustomerCreate, record).await {
        Err(error) => Err(taken::explain(&app, &op, error, &archive).await),
        created => created,
    }
}
