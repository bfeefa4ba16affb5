//! A filter's comparisons as conditions of a query. As macros, because each adds to a boxed query whose type nobody wants to name.

use diesel::{
    AppearsOnTable, Expression, QueryResult, SelectableExpression,
    expression::{ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::Bool,
};

/// Columns that are compared as equal or not.
macro_rules! equal {
    ($rows:ident, $column:expr, $operator:expr, $value:expr) => {
        match $operator {
            salient_paging::filter::Operator::NotEqual => $rows.filter($column.ne($value)),
            _ => $rows.filter($column.eq($value)),
        }
    };
}

/// Columns of text.
macro_rules! text {
    ($rows:ident, $column:expr, $operator:expr, $value:expr) => {
        match $operator {
            salient_paging::filter::Operator::Has => $rows.filter(diesel::PgTextExpressionMethods::ilike(
                $column,
                super::filter::containing(&$value),
            )),
            operator => super::filter::equal!($rows, $column, operator, $value),
        }
    };
}

/// Columns that have an order.
macro_rules! ordered {
    ($rows:ident, $column:expr, $operator:expr, $value:expr) => {
        match $operator {
            salient_paging::filter::Operator::Less => $rows.filter($column.lt($value)),
            salient_paging::filter::Operator::LessOrEqual => $rows.filter($column.le($value)),
            salient_paging::filter::Operator::Greater => $rows.filter($column.gt($value)),
            salient_paging::filter::Operator::GreaterOrEqual => $rows.filter($column.ge($value)),
            operator => super::filter::equal!($rows, $column, operator, $value),
        }
    };
}

pub(super) use {equal, ordered, text};

/// A condition as the statement says it, nothing in it bound: that of a partial index, which is then recognised as such whatever
/// the statement is run with, so that its plan can be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal(pub &'static str);

impl Expression for Literal {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for Literal {}

impl<Tables> SelectableExpression<Tables> for Literal {}

impl ValidGrouping<()> for Literal {
    type IsAggregate = is_aggregate::Never;
}

/// Told apart by its text.
impl QueryId for Literal {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Literal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// The pattern of texts that contain this one, every character of it meant literally.
pub(super) fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn what_means_something_to_like_is_escaped() {
        assert_eq!(containing(r"5%_\a"), r"%5\%\_\\a%");
    }
}
