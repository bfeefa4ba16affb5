use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_paging::{
    filter::{self, Field, Kind},
    order::{self, Direction},
};
use salient_proto::contracts::v1::{ListContractsRequest, ListContractsResponse};

use super::answer::{self, CUSTOMERS, EMPLOYEES, UNITS};
use crate::{
    App,
    error::Error,
    store::{ContractCursor, ContractQuery, Query, SortKey, contract_list},
};

/// The most contracts of a page.
pub(super) const LARGEST_PAGE: i32 = 200;

/// The states, as filters name them.
const STATES: [&str; 8] = [
    "STATE_DRAFT",
    "STATE_IN_APPROVAL",
    "STATE_RETURNED",
    "STATE_REJECTED",
    "STATE_APPROVED",
    "STATE_SIGNED",
    "STATE_ARCHIVED",
    "STATE_DELETED",
];

/// What contracts can be filtered by.
const FIELDS: [Field; 9] = [
    field("state", Kind::Enum(&STATES)),
    field("number", Kind::Text),
    field("customer", Kind::Name(CUSTOMERS)),
    field("owner", Kind::Name(EMPLOYEES)),
    field("unit", Kind::Name(UNITS)),
    field("region_code", Kind::Text),
    field("currency_code", Kind::Text),
    field("total", Kind::Decimal),
    field("create_time", Kind::Timestamp),
];

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

/// Lists the contracts that the caller may see (P6.1.4).
pub(super) async fn list_contracts(
    app: &App,
    op: OpContext,
    request: ListContractsRequest,
) -> Result<ListContractsResponse, Error> {
    let query_parts = [request.filter.as_bytes(), request.order_by.as_bytes()];
    let size = request.page_size.min(LARGEST_PAGE);
    let page = app
        .pages
        .open::<ContractCursor>(&op, size, &request.page_token, &query_parts)?;
    let (by, direction) = order(&request.order_by)?;
    let query = ContractQuery {
        reach: op.permit.reach().clone(),
        filter: filter::parse(&request.filter, &FIELDS)?,
        by,
        direction,
        after: page.after().cloned(),
        limit: page.limit(),
    };
    let read = async move |connection: &mut Connection| {
        Ok::<_, Error>(contract_list(connection, query.clone()).await?)
    };
    let rows = app.database.read(&op, Query::ContractList, read).await?;
    let (rows, next_page_token) = page.close(rows, |contract| ContractCursor::of(contract, by));
    let contracts = rows.iter().map(answer::contract_summary);
    Ok(ListContractsResponse {
        contracts: contracts.collect::<Result<_, _>>()?,
        next_page_token,
    })
}

fn order(order_by: &str) -> Result<(SortKey, Direction), Failure> {
    let newest_first = [("create_time", Direction::Descending)];
    let order = order::parse(order_by, &["create_time", "total"], &newest_first)?;
    match order.as_slice() {
        [("create_time", direction)] => Ok((SortKey::CreateTime, *direction)),
        [("total", direction)] => Ok((SortKey::Total, *direction)),
        _ => Err(Failure::invalid_field("order_by", "takes one field")),
    }
}

#[cfg(test)]
mod tests {
    use super::{STATES, order};
    use crate::{domain::State, error::state_name, store::SortKey};

    #[test]
    fn every_state_can_be_asked_for() {
        assert_eq!(State::ALL.map(state_name), STATES);
    }

    #[test]
    fn one_field_orders() {
        assert_eq!(order("").expect("default").0, SortKey::CreateTime);
        assert_eq!(order("total desc").expect("known").0, SortKey::Total);
        assert!(order("total, create_time").is_err());
    }
}
