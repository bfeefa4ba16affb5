use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{self as proto, CreateEmployeeRequest, EmployeeCreated};
use uuid::Uuid;

use super::{reaches_company, wire};
use crate::{
    app::App,
    domain::{Employee, EmployeeId, Period},
    error::Error,
    store::{self, Query, Record},
};

/// Records a person (P2.1).
pub async fn create_employee(
    app: App,
    op: OpContext,
    request: CreateEmployeeRequest,
) -> Result<proto::Employee, Error> {
    reaches_company(&op)?;
    let sent = request.employee.unwrap_or_default();
    if sent.number.is_empty() {
        return Err(Failure::invalid_field("employee.number", "must be set").into());
    }
    let hired = app.date_or_today(sent.hire_date.as_ref(), "employee.hire_date")?;
    let person = Employee {
        id: EmployeeId(Uuid::now_v7()),
        number: sent.number,
        display_name: wire::display_name(&sent.display_name, "employee.display_name")?,
        email: sent.email,
        employed: Period::since(hired),
    };
    let today = app.today.date();

    app.database
        .mutate(&op, Query::EmployeeCreate, async |tx: &mut Tx| {
            app.charts.locked(tx).await?;
            let record = Record::new(person.clone(), tx.now());
            let inserted = store::employee_insert(tx, std::slice::from_ref(&record)).await;
            inserted.map_err(|error| taken(error, &person))?;
            let made = wire::employee::to_proto(&record, today);
            tx.announce(NewEvent::of(
                person.id.to_string(),
                &EmployeeCreated {
                    employee: Some(made.clone()),
                },
            ));
            Ok(made)
        })
        .await
}

fn taken(error: salient_database::Error, person: &Employee) -> Error {
    if error.violates("employee_number_once") {
        Error::EmployeeNumberTaken {
            number: person.number.clone(),
        }
    } else {
        error.into()
    }
}
