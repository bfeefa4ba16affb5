use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    SelectableHelper as _, dsl::IntoBoxed, pg::Pg,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use salient_database::{Connection, Error};
use salient_operation::Reach;
use salient_paging::{
    filter::{Comparison, Operator, Value},
    order::Direction,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    contract::current,
    row::{ContentRow, ContractRow},
    schema::contract,
};
use crate::domain::{Contract, State};

/// Which contracts to list.
#[derive(Debug, Clone)]
pub(crate) struct ContractQuery {
    /// As far as the caller reaches.
    pub reach: Reach,
    /// Only those for which all of these hold.
    pub filter: Vec<Comparison>,
    /// By what.
    pub by: SortKey,
    /// Which way.
    pub direction: Direction,
    /// Behind this one.
    pub after: Option<ContractCursor>,
    /// At most so many.
    pub limit: i64,
}

/// What contracts can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortKey {
    /// When they were drafted.
    CreateTime,
    /// What they are worth, whatever the currency.
    Total,
}

/// Where a page of contracts ended: the last one's sort key and id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum ContractCursor {
    /// Of a list by time.
    CreateTime(Timestamp, Uuid),
    /// Of a list by worth.
    Total(Decimal, Uuid),
}

impl ContractCursor {
    /// The cursor of a contract.
    pub(crate) fn of(contract: &Contract, by: SortKey) -> Self {
        let head = &contract.head;
        match by {
            SortKey::CreateTime => Self::CreateTime(head.create_time, head.id),
            SortKey::Total => Self::Total(head.amounts.total, head.id),
        }
    }
}

type Boxed = IntoBoxed<'static, current, Pg>;

/// A page of contracts. Those given up are left out unless the filter asks for a state.
pub(crate) async fn contract_list(
    connection: &mut Connection,
    query: ContractQuery,
) -> Result<Vec<Contract>, Error> {
    let mut rows = within(current().into_boxed(), &query.reach);
    if !query.filter.iter().any(|comparison| comparison.field == "state") {
        rows = rows.filter(contract::state.ne(State::Deleted.name()));
    }
    for comparison in query.filter {
        rows = filtered(rows, comparison);
    }
    let rows: Vec<(ContractRow, ContentRow)> = sorted(rows, query.by, query.direction, query.after)
        .limit(query.limit)
        .select((ContractRow::as_select(), ContentRow::as_select()))
        .load(connection)
        .await?;
    rows.into_iter().map(|row| Ok(Contract::try_from(row)?)).collect()
}

fn within(rows: Boxed, reach: &Reach) -> Boxed {
    match reach {
        Reach::Company | Reach::Service => rows,
        Reach::Own(own) => rows.filter(contract::owner.eq(*own)),
        Reach::Units { units, own } => {
            let units: Vec<Uuid> = units.iter().copied().collect();
            rows.filter(contract::unit.eq_any(units).or(contract::owner.eq(*own)))
        }
    }
}

/// Fields and kinds are those that `rpc` declares to the filter's parser, which lets no others pass.
fn filtered(rows: Boxed, comparison: Comparison) -> Boxed {
    macro_rules! equality {
        ($column:expr, $value:expr) => {
            match comparison.operator {
                Operator::NotEqual => rows.filter($column.ne($value)),
                _ => rows.filter($column.eq($value)),
            }
        };
    }
    macro_rules! comparison {
        ($column:expr, $value:expr) => {
            match comparison.operator {
                Operator::Less => rows.filter($column.lt($value)),
                Operator::LessOrEqual => rows.filter($column.le($value)),
                Operator::Greater => rows.filter($column.gt($value)),
                Operator::GreaterOrEqual => rows.filter($column.ge($value)),
                Operator::NotEqual => rows.filter($column.ne($value)),
                Operator::Equal | Operator::Has => rows.filter($column.eq($value)),
            }
        };
    }
    match (comparison.field, comparison.value) {
        ("state", Value::Enum(state)) => {
            equality!(contract::state, state.trim_start_matches("STATE_"))
        }
        ("number", Value::Text(number)) => equality!(contract::number.assume_not_null(), number),
        ("region_code", Value::Text(code)) => equality!(contract::region_code, code),
        ("currency_code", Value::Text(code)) => equality!(contract::currency, code),
        ("customer", Value::Name(id)) => equality!(contract::customer, id),
        ("owner", Value::Name(id)) => equality!(contract::owner, id),
        ("unit", Value::Name(id)) => equality!(contract::unit, id),
        ("total", Value::Decimal(total)) => comparison!(contract::total, total),
        ("create_time", Value::Timestamp(time)) => {
            comparison!(contract::create_time, jiff_diesel::Timestamp::from(time))
        }
        // A field that nobody gave a column lists nothing, rather than everything.
        _ => rows.filter(contract::version.lt(0)),
    }
}

/// Sorted, and from behind the cursor on: the row's key, or the same key and a greater or smaller id. The key is compared by itself
/// first, because that is what an index can begin at; with the `or` alone, PostgreSQL reads every row before the page.
fn sorted(rows: Boxed, by: SortKey, direction: Direction, after: Option<ContractCursor>) -> Boxed {
    use contract::{create_time, id, total};
    let rows = match (after, direction) {
        (Some(ContractCursor::CreateTime(time, last)), Direction::Ascending) => {
            let time = jiff_diesel::Timestamp::from(time);
            rows.filter(create_time.ge(time))
                .filter(create_time.gt(time).or(id.gt(last)))
        }
        (Some(ContractCursor::CreateTime(time, last)), Direction::Descending) => {
            let time = jiff_diesel::Timestamp::from(time);
            rows.filter(create_time.le(time))
                .filter(create_time.lt(time).or(id.lt(last)))
        }
        (Some(ContractCursor::Total(worth, last)), Direction::Ascending) => rows
            .filter(total.ge(worth))
            .filter(total.gt(worth).or(id.gt(last))),
        (Some(ContractCursor::Total(worth, last)), Direction::Descending) => rows
            .filter(total.le(worth))
            .filter(total.lt(worth).or(id.lt(last))),
        (None, _) => rows,
    };
    match (by, direction) {
        (SortKey::CreateTime, Direction::Ascending) => rows.order((create_time.asc(), id.asc())),
        (SortKey::CreateTime, Direction::Descending) => rows.order((create_time.desc(), id.desc())),
        (SortKey::Total, Direction::Ascending) => rows.order((total.asc(), id.asc())),
        (SortKey::Total, Direction::Descending) => rows.order((total.desc(), id.desc())),
    }
}
