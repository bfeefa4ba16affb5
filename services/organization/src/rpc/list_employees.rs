use jiff::Timestamp;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_paging::filter::{self, Field, Kind, Value};
use salient_proto::organization::v1::{ListEmployeesRequest, ListEmployeesResponse};
use uuid::Uuid;

use super::{
    list::{LARGEST, is_equality, order_by},
    wire,
};
use crate::{
    app::App,
    error::Error,
    store::{self, EmployeeOrder, EmployeeQuery, EmployeeState, Query},
};

const STATES: &[&str] = &["STATE_PENDING", "STATE_ACTIVE", "STATE_LEFT"];
const FIELDS: &[Field] = &[
    Field {
        name: "state",
        kind: Kind::Enum(STATES),
    },
    Field {
        name: "number",
        kind: Kind::Text,
    },
    Field {
        name: "display_name",
        kind: Kind::Text,
    },
];
const ORDERS: &[(&str, EmployeeOrder)] = &[
    ("number", EmployeeOrder::Number),
    ("create_time", EmployeeOrder::CreateTime),
];

/// Number, time and id of the last person of a page.
type Cursor = (String, Timestamp, Uuid);

/// Lists people (P2.1).
pub async fn list_employees(
    app: App,
    op: OpContext,
    request: ListEmployeesRequest,
) -> Result<ListEmployeesResponse, Error> {
    let parts = [request.filter.as_bytes(), request.order_by.as_bytes()];
    let page = app
        .pages
        .open::<Cursor>(&op, request.page_size.min(LARGEST), &request.page_token, &parts)?;
    let today = app.today.date();
    let mut query = EmployeeQuery {
        date: today,
        states: Vec::new(),
        numbers: Vec::new(),
        display_names: Vec::new(),
        order: order_by(&request.order_by, ORDERS)?,
        after: page.after().cloned(),
        limit: page.limit(),
    };
    for comparison in filter::parse(&request.filter, FIELDS)? {
        let equal = is_equality(&request.filter, &comparison)?;
        match (comparison.field, comparison.value) {
            ("state", Value::Enum("STATE_PENDING")) => query.states.push((EmployeeState::Pending, equal)),
            ("state", Value::Enum("STATE_ACTIVE")) => query.states.push((EmployeeState::Active, equal)),
            ("state", Value::Enum("STATE_LEFT")) => query.states.push((EmployeeState::Left, equal)),
            ("number", Value::Text(number)) => query.numbers.push((number, equal)),
            ("display_name", Value::Text(name)) => query.display_names.push((name, equal)),
            (field, other) => return Err(Failure::internal(format!("{other:?} for {field}")).into()),
        }
    }
    let list =
        async |connection: &mut salient_database::Connection| store::employee_list(connection, query).await;
    let people = app.database.read(&op, Query::EmployeeList, list).await?;
    let (people, next_page_token) = page.close(people, |last| {
        (last.value.number.clone(), last.create_time, last.value.id.0)
    });
    let employees = people
        .iter()
        .map(|person| wire::employee::to_proto(person, today))
        .collect();
    Ok(ListEmployeesResponse {
        employees,
        next_page_token,
    })
}
