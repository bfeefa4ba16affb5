use jiff::Timestamp;
use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_paging::{
    filter::{self, Comparison, Field, Kind, Value},
    order::{self, Direction},
};
use salient_proto::customers::v1::{self, ListCustomersRequest, ListCustomersResponse};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::convert::{self, grade_from_proto};
use crate::{
    app::App,
    domain::{customer::Customer, search::Search},
    error::Error,
    store::{
        Query,
        list::{Condition, CustomerQuery, Key, Order, Position, customer_list},
    },
};

/// What a list can be filtered by.
const FIELDS: [Field; 6] = [
    field("grade", Kind::Enum(&["GRADE_A", "GRADE_B", "GRADE_C", "GRADE_D"])),
    field("owner", Kind::Name("employees")),
    field("org_unit", Kind::Name("orgUnits")),
    field("administrative_area", Kind::Text),
    field("locality", Kind::Text),
    field("create_time", Kind::Timestamp),
];
const BY_NAME: &str = "display_name";
const BY_AGE: &str = "create_time";

/// Where a page ended.
#[derive(Serialize, Deserialize)]
enum Cursor {
    Name(String, Uuid),
    CreateTime(Timestamp, Uuid),
}

/// Lists and searches the customers that the caller may see.
pub(super) async fn list_customers(
    app: App,
    op: OpContext,
    request: ListCustomersRequest,
) -> Result<ListCustomersResponse, Error> {
    let order = order(&request.order_by)?;
    let conditions = filter::parse(&request.filter, &FIELDS)?
        .into_iter()
        .map(condition);
    let conditions = conditions.collect::<Result<_, Failure>>()?;
    let page = app.pages.open::<Cursor>(
        &op,
        request.page_size,
        &request.page_token,
        &[
            request.filter.as_bytes(),
            request.order_by.as_bytes(),
            request.search.as_bytes(),
            &[u8::from(request.show_deleted)],
        ],
    )?;
    let query = CustomerQuery {
        reach: op.permit.reach().clone(),
        conditions,
        search: search(&request.search)?,
        show_deleted: request.show_deleted,
        order,
        after: page.after().map(Cursor::position),
        limit: page.limit(),
    };
    let read = async |connection: &mut Connection| Ok::<_, Error>(customer_list(connection, query).await?);
    let rows = app.database.read(&op, Query::CustomerList, read).await?;
    let (rows, next_page_token) = page.close(rows, |row| Cursor::behind(&row.customer, order.by));
    let customers = rows
        .iter()
        .map(|row| convert::customer(&row.customer, row.credit.as_ref()));
    Ok(ListCustomersResponse {
        customers: customers.collect(),
        next_page_token,
    })
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

fn condition(comparison: Comparison) -> Result<Condition, Failure> {
    let Comparison {
        field,
        operator,
        value,
    } = comparison;
    let grade = |name: &str| v1::Grade::from_str_name(name).and_then(grade_from_proto);
    match (field, value) {
        ("grade", Value::Enum(name)) => grade(name).map(|grade| Condition::Grade(operator, grade)),
        ("owner", Value::Name(id)) => Some(Condition::Owner(operator, id)),
        ("org_unit", Value::Name(id)) => Some(Condition::Unit(operator, id)),
        ("administrative_area", Value::Text(text)) => Some(Condition::AdministrativeArea(operator, text)),
        ("locality", Value::Text(text)) => Some(Condition::Locality(operator, text)),
        ("create_time", Value::Timestamp(time)) => Some(Condition::CreateTime(operator, time)),
        _ => None,
    }
    .ok_or_else(|| Failure::internal(format!("no condition for the filter's field {field}")))
}

fn order(text: &str) -> Result<Order, Failure> {
    let default = [(BY_NAME, Direction::Ascending)];
    let fields = order::parse(text, &[BY_NAME, BY_AGE], &default)?;
    // What follows the first could only decide between equals, and the id does that.
    let (by, direction) = fields.first().copied().unwrap_or(default[0]);
    Ok(Order {
        by: if by == BY_AGE { Key::CreateTime } else { Key::Name },
        descending: direction == Direction::Descending,
    })
}

fn search(text: &str) -> Result<Option<Search>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let search = Search::parse(text);
    let search = search.ok_or_else(|| Failure::invalid_field("search", "must have a letter or a digit"))?;
    Ok(Some(search))
}

impl Cursor {
    fn behind(customer: &Customer, key: Key) -> Self {
        match key {
            Key::Name => Self::Name(customer.archive.name.normalized().to_owned(), customer.id),
            Key::CreateTime => Self::CreateTime(customer.create_time, customer.id),
        }
    }

    fn position(&self) -> Position {
        match self {
            Self::Name(name, id) => Position::Name(name.clone(), *id),
            Self::CreateTime(time, id) => Position::CreateTime(*time, *id),
        }
    }
}
