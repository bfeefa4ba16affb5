use std::collections::HashMap;

use prost::Message as _;
use salient_database::{NewEvent, Tx};
use salient_failure::{Failure, Kind};
use salient_operation::OpContext;
use salient_proto::{
    access::v1::ErrorReason,
    customers::v1::{
        CustomerCreated, ErrorReason as OwnReason, ImportCustomersHeader, ImportCustomersRequest,
        ImportCustomersResponse,
    },
};
use salient_server::{Messages, idempotency_key};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    convert::{self, Problem},
    taken,
};
use crate::{
    app::App,
    domain::{
        customer::{Customer, Placement},
        import::{Row, Shared, repeated},
    },
    error::Error,
    placement,
    store::{
        Query,
        customers::{CREDIT_CODE_TAKEN, NAME_TAKEN, customer_insert},
        grades::grade_insert,
    },
};

/// The most rows of an import: one transaction holds them all.
const MOST_ROWS: usize = 20_000;
/// How often rows are checked again because somebody recorded one of the customers in the meantime.
const ATTEMPTS: usize = 3;

/// Records many customers, all or none.
pub(super) async fn import_customers(
    app: App,
    op: OpContext,
    mut messages: Messages<ImportCustomersRequest>,
) -> Result<ImportCustomersResponse, Error> {
    let sent = receive(&mut messages).await?;
    let key = idempotency_key(&op, &sent.header.request_id, &[&sent.digest])?;
    let op = op.keyed(key);
    let placements = placements(&app, &op, &sent.rows).await?;
    let mut attempt = 1;
    loop {
        let mut problems = sent.problems.clone();
        problems.extend(placements.problems.clone());
        problems.extend(repeated(&sent.rows).into_iter().map(repeats));
        problems.extend(taken::rows(&app, &op, &sent.rows).await?);
        if sent.header.validate_only {
            return Ok(report(&op, &sent, problems));
        }
        match record(&app, &op, &sent, &placements, problems.is_empty()).await {
            Ok(Some(imported)) => return Ok(imported),
            Ok(None) => return Ok(report(&op, &sent, problems)),
            Err(Error::Database(error))
                if (error.violates(NAME_TAKEN) || error.violates(CREDIT_CODE_TAKEN))
                    && attempt < ATTEMPTS =>
            {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// A whole import as it was sent.
struct Sent {
    header: ImportCustomersHeader,
    /// The rows that are sound by themselves.
    rows: Vec<Row>,
    /// What is wrong with the others.
    problems: Vec<Problem>,
    /// Over all rows as sent: what makes a repeat the same request.
    digest: [u8; 32],
}

/// Whose customers the rows become, by the owner and unit that they give.
struct Placements {
    of: HashMap<(Option<Uuid>, Option<Uuid>), Placement>,
    problems: Vec<Problem>,
}

async fn receive(messages: &mut Messages<ImportCustomersRequest>) -> Result<Sent, Error> {
    let first = messages.next().await?.unwrap_or_default();
    let header = first
        .header
        .ok_or_else(|| Failure::invalid_field("header", "must be in the first message"))?;
    let (mut rows, mut problems, mut hash) = (Vec::new(), Vec::new(), Sha256::new());
    hash.update([u8::from(header.validate_only)]);
    let (mut batch, mut count) = (first.rows, 0);
    loop {
        count += batch.len();
        if count > MOST_ROWS {
            let failure = Failure::new(Kind::ResourceExhausted, ErrorReason::TooLarge);
            return Err(failure.with("limit", format!("{MOST_ROWS} rows")).into());
        }
        for row in batch {
            hash.update(row.encode_length_delimited_to_vec());
            match convert::row(row) {
                Ok(row) => rows.push(row),
                Err(wrong) => problems.extend(wrong),
            }
        }
        let Some(next) = messages.next().await? else { break };
        if next.header.is_some() {
            return Err(Failure::invalid_field("header", "must be in the first message only").into());
        }
        batch = next.rows;
    }
    Ok(Sent {
        header,
        rows,
        problems,
        digest: hash.finalize().into(),
    })
}

/// Resolves each owner and unit once. That one does not fit is a problem of its rows; that nobody can be asked fails the call.
async fn placements(app: &App, op: &OpContext, rows: &[Row]) -> Result<Placements, Error> {
    let (mut of, mut refused) = (HashMap::new(), HashMap::new());
    let mut problems = Vec::new();
    for row in rows {
        let key = (row.owner, row.unit);
        if !of.contains_key(&key) && !refused.contains_key(&key) {
            match placement::resolve(app, op, row.owner, row.unit).await {
                Ok(placement) => drop(of.insert(key, placement)),
                Err(error) => {
                    let failure = Failure::from(error);
                    match failure.kind() {
                        Kind::PermissionDenied | Kind::FailedPrecondition => {
                            drop(refused.insert(key, failure))
                        }
                        _ => return Err(failure.into()),
                    }
                }
            }
        }
        if let Some(failure) = refused.get(&key) {
            problems.push(Problem {
                row: row.number,
                field: "owner",
                failure: failure.clone(),
            });
        }
    }
    Ok(Placements { of, problems })
}

/// Records all rows if they are sound. `None` where they are not and this is no repeat of an import that has been done: that has its
/// answer stored, though its rows are no longer free by now.
async fn record(
    app: &App,
    op: &OpContext,
    sent: &Sent,
    placements: &Placements,
    sound: bool,
) -> Result<Option<ImportCustomersResponse>, Error> {
    let record = async |tx: &mut Tx| {
        if !sound {
            return Err(Error::ImportUnsound);
        }
        let placed = sent.rows.iter().filter_map(|row| {
            let placement = *placements.of.get(&(row.owner, row.unit))?;
            Some(Customer::record(
                Uuid::now_v7(),
                row.archive.clone(),
                placement,
                row.grade,
                tx.now(),
            ))
        });
        let customers: Vec<Customer> = placed.collect();
        customer_insert(tx, &customers).await?;
        grade_insert(tx, &customers, "", &op.actor()).await?;
        for customer in &customers {
            let event = CustomerCreated {
                customer: Some(convert::customer(customer, None)),
            };
            tx.announce(NewEvent::of(customer.name(), &event));
        }
        Ok(ImportCustomersResponse {
            imported: true,
            customer_count: count(&customers),
            problems: Vec::new(),
        })
    };
    match app.database.mutate(op, Query::CustomerImport, record).await {
        Err(Error::ImportUnsound) => Ok(None),
        recorded => recorded.map(Some),
    }
}

fn report(op: &OpContext, sent: &Sent, mut problems: Vec<Problem>) -> ImportCustomersResponse {
    problems.sort_by_key(|problem| problem.row);
    let would_be = if problems.is_empty() { count(&sent.rows) } else { 0 };
    let told = problems
        .into_iter()
        .map(|problem| convert::problem(problem, op.locale));
    ImportCustomersResponse {
        imported: false,
        customer_count: would_be,
        problems: told.collect(),
    }
}

fn repeats((row, shared): (i64, Shared)) -> Problem {
    Problem {
        row,
        field: field_of(shared),
        failure: Failure::new(Kind::InvalidArgument, OwnReason::ImportRowRepeated),
    }
}

/// What rows call what they share.
pub(super) const fn field_of(shared: Shared) -> &'static str {
    match shared {
        Shared::Name => "display_name",
        Shared::CreditCode => "unified_social_credit_code",
    }
}

fn count<T>(rows: &[T]) -> i32 {
    i32::try_from(rows.len()).unwrap_or(i32::MAX)
}
