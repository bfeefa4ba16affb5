//! What all lists have in common.

use salient_failure::{Failure, Kind};
use salient_paging::{
    filter::{Comparison, Operator},
    order::{self, Direction},
};
use salient_proto::access::v1::ErrorReason;

use crate::{error::Error, store::Order};

/// The most rows of a page.
pub const LARGEST: i32 = 200;

/// The one field that a list is ordered by, out of these; the first of them where none is named.
pub fn order_by<B: Copy>(text: &str, fields: &[(&'static str, B)]) -> Result<Order<B>, Error> {
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    let default: Vec<_> = names
        .iter()
        .take(1)
        .map(|name| (*name, Direction::Ascending))
        .collect();
    let order = order::parse(text, &names, &default)?;
    let [(name, direction)] = order.as_slice() else {
        return Err(Failure::invalid_field("order_by", "must name one field").into());
    };
    let column = fields
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, column)| *column);
    let by = column.ok_or_else(|| Failure::internal("an order by a field that was not allowed"))?;
    Ok(Order {
        by,
        descending: *direction == Direction::Descending,
    })
}

/// Whether a comparison is `=`; if not, it is `!=`. Nothing else is offered in these lists.
pub fn is_equality(filter: &str, comparison: &Comparison) -> Result<bool, Error> {
    match comparison.operator {
        Operator::Equal => Ok(true),
        Operator::NotEqual => Ok(false),
        Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Has => {
            let before = filter.split(comparison.field).next().unwrap_or_default();
            Err(Failure::new(Kind::InvalidArgument, ErrorReason::FilterInvalid)
                .with("position", before.chars().count())
                .field(
                    "filter",
                    format!("{} can be compared with = and != only", comparison.field),
                )
                .into())
        }
    }
}
