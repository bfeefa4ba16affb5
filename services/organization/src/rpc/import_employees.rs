use prost::Message as _;
use salient_database::{NewEvent, Tx};
use salient_failure::{Failure, Kind};
use salient_operation::OpContext;
use salient_proto::{
    access::v1::ErrorReason,
    organization::v1::{
        AppointmentCreated, EmployeeCreated, ImportEmployeesHeader, ImportEmployeesRequest,
        ImportEmployeesResponse,
    },
};
use salient_server::{Messages, idempotency_key};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    reaches_company,
    wire::{self, import},
};
use crate::{
    app::App,
    domain::{Import, ImportRow, Problem, Roster},
    error::Error,
    store::{self, Query, Record},
};

/// The most rows of an import: as many as one transaction should hold the organisation's lock for.
const MOST_ROWS: usize = 20_000;

/// Records many people and their appointments, all or none (P2.1).
pub async fn import_employees(
    app: App,
    op: OpContext,
    mut messages: Messages<ImportEmployeesRequest>,
) -> Result<ImportEmployeesResponse, Error> {
    reaches_company(&op)?;
    let sent = receive(&mut messages).await?;
    let locale = op.locale;
    let answer = if sent.header.validate_only {
        let chart = app.chart(&op, app.today.date()).await?;
        check(&app, chart.roster(), &sent).map(|import| counted(&import, false))
    } else {
        let key = idempotency_key(&op, &sent.header.request_id, &[&sent.digest])?;
        record(&app, &op.keyed(key), &sent).await
    };
    match answer {
        Err(Error::ImportRefused(problems)) => Ok(ImportEmployeesResponse {
            problems: problems
                .iter()
                .map(|problem| import::problem_to_proto(problem, locale))
                .collect(),
            ..ImportEmployeesResponse::default()
        }),
        answer => answer,
    }
}

/// A whole import as it was sent.
struct Sent {
    header: ImportEmployeesHeader,
    rows: Vec<ImportRow>,
    /// What is wrong with rows before the organisation is looked at.
    problems: Vec<Problem>,
    /// Over all rows as sent: what makes a repeat the same request.
    digest: [u8; 32],
}

async fn receive(messages: &mut Messages<ImportEmployeesRequest>) -> Result<Sent, Error> {
    let first = messages.next().await?.unwrap_or_default();
    let missing = || Failure::invalid_field("header", "must be in the first message");
    let header = first.header.ok_or_else(missing)?;
    let (mut rows, mut problems, mut hash) = (Vec::new(), Vec::new(), Sha256::new());
    let (mut batch, mut count) = (first.rows, 0);
    loop {
        count += batch.len();
        if count > MOST_ROWS {
            let failure = Failure::new(Kind::ResourceExhausted, ErrorReason::TooLarge);
            return Err(failure.with("limit", format!("{MOST_ROWS} rows")).into());
        }
        for row in &batch {
            hash.update(row.encode_length_delimited_to_vec());
            let (read, wrong) = import::read(row);
            rows.extend(read);
            problems.extend(wrong);
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

/// What the import would do; everything that is wrong with it as the error.
fn check(app: &App, organization: &Roster, sent: &Sent) -> Result<Import, Error> {
    let mut import = Import::check(organization, app.today.date(), &sent.rows, Uuid::now_v7);
    let mut problems = sent.problems.clone();
    problems.append(&mut import.problems);
    if problems.is_empty() {
        return Ok(import);
    }
    problems.sort_by_key(|problem| problem.row);
    Err(Error::ImportRefused(problems))
}

async fn record(app: &App, op: &OpContext, sent: &Sent) -> Result<ImportEmployeesResponse, Error> {
    let today = app.today.date();
    app.database
        .mutate(op, Query::EmployeeImport, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            let import = check(app, &organization, sent)?;
            let now = tx.now();
            let people: Vec<_> = import
                .employees
                .iter()
                .map(|person| Record::new(person.clone(), now))
                .collect();
            let held: Vec<_> = import
                .appointments
                .iter()
                .map(|held| Record::new(held.clone(), now))
                .collect();
            store::employee_insert(tx, &people).await?;
            store::appointment_insert(tx, &held).await?;
            for record in &people {
                let employee = Some(wire::employee::to_proto(record, today));
                tx.announce(NewEvent::of(
                    record.value.id.to_string(),
                    &EmployeeCreated { employee },
                ));
            }
            for record in &held {
                let appointment = Some(wire::appointment::to_proto(record));
                tx.announce(NewEvent::of(
                    record.value.id.to_string(),
                    &AppointmentCreated { appointment },
                ));
            }
            Ok(counted(&import, true))
        })
        .await
}

fn counted(import: &Import, imported: bool) -> ImportEmployeesResponse {
    let count = |rows: usize| i32::try_from(rows).unwrap_or(i32::MAX);
    ImportEmployeesResponse {
        imported,
        employee_count: count(import.employees.len()),
        appointment_count: count(import.appointments.len()),
        problems: Vec::new(),
    }
}
