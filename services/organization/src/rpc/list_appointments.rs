use jiff::{Timestamp, civil::Date};
use salient_failure::Failure;
use salient_operation::{OpContext, Post};
use salient_paging::filter::{self, Field, Kind, Value};
use salient_proto::organization::v1::{ListAppointmentsRequest, ListAppointmentsResponse};
use uuid::Uuid;

use super::{
    list::{LARGEST, is_equality, order_by},
    wire,
};
use crate::{
    app::App,
    domain::{AppointmentKind, EmployeeId, UnitId},
    error::Error,
    store::{self, AppointmentOrder, AppointmentQuery, Query},
};

const KINDS: &[&str] = &["KIND_PRIMARY", "KIND_ADDITIONAL", "KIND_ACTING", "KIND_DEPUTY"];
const POSTS: &[&str] = &[
    "POST_SALESPERSON",
    "POST_SUPERVISOR",
    "POST_REGIONAL_MANAGER",
    "POST_DIRECTOR",
    "POST_COMPANY_MANAGEMENT",
    "POST_FINANCE",
    "POST_ANALYST",
    "POST_PRODUCTION",
    "POST_LOGISTICS",
    "POST_CUSTOMER_SERVICE",
    "POST_ADMINISTRATOR",
];
const FIELDS: &[Field] = &[
    Field {
        name: "employee",
        kind: Kind::Name(EmployeeId::COLLECTION),
    },
    Field {
        name: "unit",
        kind: Kind::Name(UnitId::COLLECTION),
    },
    Field {
        name: "post",
        kind: Kind::Enum(POSTS),
    },
    Field {
        name: "kind",
        kind: Kind::Enum(KINDS),
    },
];
const ORDERS: &[(&str, AppointmentOrder)] = &[
    ("create_time", AppointmentOrder::CreateTime),
    ("start_date", AppointmentOrder::StartDate),
];

/// First day, time and id of the last appointment of a page.
type Cursor = (Date, Timestamp, Uuid);

/// Lists appointments (P2.1).
pub async fn list_appointments(
    app: App,
    op: OpContext,
    request: ListAppointmentsRequest,
) -> Result<ListAppointmentsResponse, Error> {
    let date = wire::optional_date(request.date.as_ref(), "date")?;
    let sent_date = date.map(|date| date.to_string()).unwrap_or_default();
    let parts = [
        request.filter.as_bytes(),
        request.order_by.as_bytes(),
        sent_date.as_bytes(),
    ];
    let page = app
        .pages
        .open::<Cursor>(&op, request.page_size.min(LARGEST), &request.page_token, &parts)?;
    let mut query = AppointmentQuery {
        date,
        employees: Vec::new(),
        units: Vec::new(),
        posts: Vec::new(),
        kinds: Vec::new(),
        order: order_by(&request.order_by, ORDERS)?,
        after: page.after().copied(),
        limit: page.limit(),
    };
    for comparison in filter::parse(&request.filter, FIELDS)? {
        let equal = is_equality(&request.filter, &comparison)?;
        match (comparison.field, comparison.value) {
            ("employee", Value::Name(employee)) => query.employees.push((employee, equal)),
            ("unit", Value::Name(unit)) => query.units.push((unit, equal)),
            ("post", Value::Enum(name)) => {
                query.posts.extend(
                    Post::ALL
                        .into_iter()
                        .find(|post| post.name() == name)
                        .map(|post| (post, equal)),
                );
            }
            ("kind", Value::Enum(name)) => {
                query
                    .kinds
                    .extend(AppointmentKind::named(name).map(|kind| (kind, equal)));
            }
            (field, other) => return Err(Failure::internal(format!("{other:?} for {field}")).into()),
        }
    }
    let list = async |connection: &mut salient_database::Connection| {
        store::appointment_list(connection, query).await
    };
    let held = app.database.read(&op, Query::AppointmentList, list).await?;
    let (held, next_page_token) = page.close(held, |last| {
        (last.value.period.start(), last.create_time, last.value.id.0)
    });
    let appointments = held.iter().map(wire::appointment::to_proto).collect();
    Ok(ListAppointmentsResponse {
        appointments,
        next_page_token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_and_kind_can_be_asked_for() {
        assert_eq!(Post::ALL.map(Post::name), POSTS);
        assert_eq!(AppointmentKind::ALL.map(AppointmentKind::name), KINDS);
    }
}
