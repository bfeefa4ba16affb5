use jiff::Timestamp;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_paging::filter::{self, Field, Kind, Value};
use salient_proto::organization::v1::{ListOrgUnitsRequest, ListOrgUnitsResponse};
use uuid::Uuid;

use super::{
    list::{LARGEST, is_equality, order_by},
    wire,
};
use crate::{
    app::App,
    domain::{UnitId, UnitKind},
    error::Error,
    store::{self, Query, UnitOrder, UnitQuery},
};

const KINDS: &[&str] = &["KIND_COMPANY", "KIND_REGION", "KIND_TEAM"];
const FIELDS: &[Field] = &[
    Field {
        name: "kind",
        kind: Kind::Enum(KINDS),
    },
    Field {
        name: "code",
        kind: Kind::Text,
    },
    Field {
        name: "parent",
        kind: Kind::Name(UnitId::COLLECTION),
    },
];
const ORDERS: &[(&str, UnitOrder)] = &[
    ("create_time", UnitOrder::CreateTime),
    ("display_name", UnitOrder::DisplayName),
];

/// Name, time and id of the last unit of a page.
type Cursor = (String, Timestamp, Uuid);

/// Lists units, as they stand today or on a date (P2.1).
pub async fn list_org_units(
    app: App,
    op: OpContext,
    request: ListOrgUnitsRequest,
) -> Result<ListOrgUnitsResponse, Error> {
    // The date as sent: what is left out must not make yesterday's token another query's.
    let sent_date = wire::optional_date(request.date.as_ref(), "date")?;
    let date = sent_date.unwrap_or_else(|| app.today.date());
    let sent_date = sent_date.map(|date| date.to_string()).unwrap_or_default();
    let parts = [
        request.filter.as_bytes(),
        request.order_by.as_bytes(),
        sent_date.as_bytes(),
    ];
    let page = app
        .pages
        .open::<Cursor>(&op, request.page_size.min(LARGEST), &request.page_token, &parts)?;
    let mut query = UnitQuery {
        date,
        kinds: Vec::new(),
        codes: Vec::new(),
        parents: Vec::new(),
        order: order_by(&request.order_by, ORDERS)?,
        after: page.after().cloned(),
        limit: page.limit(),
    };
    for comparison in filter::parse(&request.filter, FIELDS)? {
        let equal = is_equality(&request.filter, &comparison)?;
        match comparison.value {
            Value::Enum(kind) => query
                .kinds
                .extend(UnitKind::named(kind).map(|kind| (kind, equal))),
            Value::Text(code) => query.codes.push((code, equal)),
            Value::Name(parent) => query.parents.push((parent, equal)),
            other => return Err(Failure::internal(format!("{other:?} for {}", comparison.field)).into()),
        }
    }
    let list = app.database.read(&op, Query::UnitList, async |connection| {
        store::unit_list(connection, query).await
    });
    let (units, next_page_token) = page.close(list.await?, |last| {
        (
            last.value.display_name.clone(),
            last.create_time,
            last.value.unit.id.0,
        )
    });
    let org_units = units
        .iter()
        .map(|unit| wire::unit::to_proto(unit, date))
        .collect();
    Ok(ListOrgUnitsResponse {
        org_units,
        next_page_token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_asked_for() {
        assert_eq!(UnitKind::ALL.map(UnitKind::name), KINDS);
    }
}
