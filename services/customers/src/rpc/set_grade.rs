use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::customers::v1::{self, CustomerGraded, SetGradeRequest};
use salient_values::{etag, name};

use super::{
    convert::{self, grade_from_proto, grade_to_proto},
    permitted::permitted,
};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{
        Query,
        accounts::account_find,
        customers::{customer_for_update, customer_save, summary},
        grades::{grade_end, grade_insert},
    },
};

/// Grades a customer anew, from now on.
pub(super) async fn set_grade(
    app: App,
    op: OpContext,
    request: SetGradeRequest,
) -> Result<v1::Customer, Error> {
    let id = name::parse(COLLECTION, &request.name).map_err(|error| error.at("name"))?;
    let grade =
        grade_from_proto(request.grade()).ok_or_else(|| Failure::invalid_field("grade", "is needed"))?;
    let set = async |tx: &mut Tx| {
        let found = customer_for_update(tx, id).await?;
        let mut customer = permitted(&op, id, found)?;
        etag::check(&request.etag, customer.version, &customer.name())?;
        let previous = customer.grade;
        if customer.regrade(grade, tx.now())? {
            customer_save(tx, &customer).await?;
            // The next one begins at the very instant at which this one ends.
            grade_end(tx, id, customer.update_time).await?;
            grade_insert(tx, std::slice::from_ref(&customer), &request.reason, &op.actor()).await?;
            let customer_name = customer.name();
            let graded = CustomerGraded {
                customer: customer_name.clone(),
                previous_grade: grade_to_proto(previous).into(),
                grade: grade_to_proto(grade).into(),
                reason: request.reason.clone(),
            };
            tx.announce(NewEvent::of(customer_name, &graded));
        }
        let account = account_find(tx, id).await?;
        let credit = account.as_ref().map(summary).transpose()?;
        Ok::<_, Error>(convert::customer(&customer, credit.as_ref()))
    };
    app.database.mutate(&op, Query::GradeSet, set).await
}
