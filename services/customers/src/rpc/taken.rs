//! What is told of a name or code that another customer has.

use salient_database::Connection;
use salient_operation::OpContext;
use uuid::Uuid;

use super::{convert::Problem, import_customers::field_of};
use crate::{
    app::App,
    domain::{
        archive::Archive,
        credit_code::CreditCode,
        import::{Row, Shared},
    },
    error::Error,
    store::{
        Query,
        customers::{CREDIT_CODE_TAKEN, NAME_TAKEN, Taken, customer_taken},
    },
};

/// How many rows are looked up at once.
const ROWS_PER_QUERY: usize = 1_000;

/// Makes the violation of a unique index the refusal that says which customer has it, if the caller may know that. Other errors
/// stay what they are.
pub(super) async fn explain(app: &App, op: &OpContext, error: Error, archive: &Archive) -> Error {
    let Error::Database(violation) = &error else {
        return error;
    };
    let name = archive.name.normalized();
    let code = archive.credit_code.as_ref().map(CreditCode::as_str);
    if violation.violates(NAME_TAKEN) {
        let other = find(app, op, &[name], &[], |taken| taken.normalized_name == name).await;
        return other.map_or_else(|error| error, |customer| Error::NameTaken { customer });
    }
    match code {
        Some(code) if violation.violates(CREDIT_CODE_TAKEN) => {
            let other = find(app, op, &[], &[code], |taken| {
                taken.credit_code.as_deref() == Some(code)
            })
            .await;
            other.map_or_else(
                |error| error,
                |customer| Error::CreditCodeTaken {
                    code: code.to_owned(),
                    customer,
                },
            )
        }
        _ => error,
    }
}

/// The customer that has it, if there still is one and the caller reaches it.
async fn find(
    app: &App,
    op: &OpContext,
    names: &[&str],
    codes: &[&str],
    is_it: impl Fn(&Taken) -> bool,
) -> Result<Option<Uuid>, Error> {
    let read =
        async |connection: &mut Connection| Ok::<_, Error>(customer_taken(connection, names, codes).await?);
    let taken = app.database.read(op, Query::CustomerTaken, read).await?;
    let visible = |taken: &&Taken| op.permit.covers(taken.placement.owner, taken.placement.unit);
    Ok(taken
        .iter()
        .filter(|taken| is_it(taken))
        .find(visible)
        .map(|taken| taken.id))
}

/// The rows of an import whose name or code another customer has.
pub(super) async fn rows(app: &App, op: &OpContext, rows: &[Row]) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for chunk in rows.chunks(ROWS_PER_QUERY) {
        let names: Vec<&str> = chunk.iter().map(|row| row.archive.name.normalized()).collect();
        let codes: Vec<&str> = chunk.iter().filter_map(code).collect();
        let read = async |connection: &mut Connection| {
            Ok::<_, Error>(customer_taken(connection, &names, &codes).await?)
        };
        let taken = app.database.read(op, Query::CustomerTaken, read).await?;
        for row in chunk {
            let visible = |taken: &Taken| {
                let placement = taken.placement;
                op.permit
                    .covers(placement.owner, placement.unit)
                    .then_some(taken.id)
            };
            let name = row.archive.name.normalized();
            if let Some(other) = taken.iter().find(|taken| taken.normalized_name == name) {
                let customer = visible(other);
                problems.push(problem(row, Shared::Name, Error::NameTaken { customer }));
            }
            let with_code = code(row).and_then(|code| {
                let other = taken
                    .iter()
                    .find(|taken| taken.credit_code.as_deref() == Some(code))?;
                Some((code.to_owned(), visible(other)))
            });
            if let Some((code, customer)) = with_code {
                problems.push(problem(
                    row,
                    Shared::CreditCode,
                    Error::CreditCodeTaken { code, customer },
                ));
            }
        }
    }
    Ok(problems)
}

fn code(row: &Row) -> Option<&str> {
    row.archive.credit_code.as_ref().map(CreditCode::as_str)
}

fn problem(row: &Row, shared: Shared, error: Error) -> Problem {
    Problem {
        row: row.number,
        field: field_of(shared),
        failure: error.into(),
    }
}
