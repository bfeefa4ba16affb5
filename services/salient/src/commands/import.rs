use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use futures::stream;
use jiff::civil::Date;
use salient_access::token::Issuer;
use salient_config::Settings;
use salient_proto::{
    access::v1::Post,
    organization::v1::{
        ImportEmployeesHeader, ImportEmployeesRequest, ImportEmployeesRow, appointment::Kind,
        employee_service_client::EmployeeServiceClient,
    },
};
use salient_values::date;
use serde::Deserialize;

use crate::{
    cli::Common,
    client::{Connections, refused, request_id},
    data_dir::DataDir,
    installation::{Installation, person_meant},
    output,
    suite::Member,
};

/// Rows in one message of the stream.
const ROWS: usize = 500;

/// What `import` takes.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file: UTF-8, with a header of `number,display_name` and any of `email`, `hire_date`, `post`, `unit`, `kind`,
    /// `start_date`, `end_date`, `reports_to_number`.
    file: PathBuf,
    /// Who imports: a name, a personnel number, or `employees/<id>`.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// Checks only, and records nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where `organization` answers; the address of the last `salient up` by default.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The data directory whose issuer signs; the user's own by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// A row as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    hire_date: Option<Date>,
    #[serde(default)]
    post: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    start_date: Option<Date>,
    #[serde(default)]
    end_date: Option<Date>,
    #[serde(default)]
    reports_to_number: String,
}

pub(crate) async fn run(common: &Common, import: &Import) -> anyhow::Result<()> {
    let settings = Settings::load(&common.config)?;
    let dir = DataDir::open(import.data_dir.as_deref())?;
    let rows = read(&import.file)?;
    let count = rows.len();
    let address = match &import.address {
        Some(address) => address.clone(),
        None => address(&dir)?,
    };
    let issuer = Issuer::open(&dir.issuer(), &settings.auth.issuer, &settings.auth.audience)?;
    let connections = Connections::new([(Member::Organization, address)])?;
    let session = connections.sign_in(&issuer, person_meant(&dir, &import.person)?)?;
    let mut client = EmployeeServiceClient::new(session.at(Member::Organization)?);
    let header = ImportEmployeesHeader {
        request_id: request_id(),
        validate_only: import.dry_run,
    };
    let report = client
        .import_employees(stream::iter(messages(header, rows)))
        .await;
    let report = report.map_err(refused("importing"))?.into_inner();
    for problem in &report.problems {
        let field = if problem.field.is_empty() {
            String::new()
        } else {
            format!(" {}:", problem.field)
        };
        output::line(&format!(
            "line {}:{field} {} [{}]",
            problem.row, problem.message, problem.reason
        ))?;
    }
    anyhow::ensure!(
        report.problems.is_empty(),
        "{} problems; nothing was imported",
        report.problems.len()
    );
    let done = if report.imported {
        "imported"
    } else {
        "checked, nothing was recorded"
    };
    output::line(&format!(
        "{count} rows {done}: {} employees, {} appointments",
        report.employee_count, report.appointment_count
    ))?;
    Ok(())
}

fn address(dir: &DataDir) -> anyhow::Result<String> {
    let kept = Installation::kept(dir)?;
    let address = kept.and_then(|kept| kept.addresses.get(Member::Organization.name()).cloned());
    address.with_context(|| format!("--address is not given, and {} knows none", dir.path().display()))
}

/// Reads the whole file first, so that every row that is not one is reported at once.
fn read(path: &Path) -> anyhow::Result<Vec<ImportEmployeesRow>> {
    let reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(false)
        .from_path(path);
    let mut reader = reader.with_context(|| format!("cannot read {}", path.display()))?;
    let headers = reader.headers()?.clone();
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let row = record
                    .deserialize::<Row>(Some(&headers))
                    .map_err(anyhow::Error::from);
                match row.and_then(|row| message(line, row)) {
                    Ok(row) => rows.push(row),
                    Err(error) => problems.push(format!("line {line}: {error}")),
                }
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    anyhow::ensure!(
        problems.is_empty(),
        "{} cannot be read:\n{}",
        path.display(),
        problems.join("\n")
    );
    Ok(rows)
}

fn message(line: u64, row: Row) -> anyhow::Result<ImportEmployeesRow> {
    Ok(ImportEmployeesRow {
        row: line.try_into()?,
        number: row.number,
        display_name: row.display_name,
        email: row.email,
        hire_date: row.hire_date.map(date::to_proto),
        post: named(&row.post, "POST_", Post::from_str_name)?.map_or(0, Into::into),
        unit: row.unit,
        kind: named(&row.kind, "KIND_", Kind::from_str_name)?.map_or(0, Into::into),
        start_date: row.start_date.map(date::to_proto),
        end_date: row.end_date.map(date::to_proto),
        reports_to_number: row.reports_to_number,
    })
}

/// Reads a value of an enumeration as people write it: `POST_SALESPERSON`, `salesperson`, `regional manager`.
fn named<T>(text: &str, prefix: &str, read: impl Fn(&str) -> Option<T>) -> anyhow::Result<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = text.to_uppercase().replace([' ', '-'], "_");
    let name = if name.starts_with(prefix) {
        name
    } else {
        format!("{prefix}{name}")
    };
    read(&name)
        .map(Some)
        .with_context(|| format!("{text:?} is not known"))
}

/// The header with the first rows, then the others.
fn messages(header: ImportEmployeesHeader, rows: Vec<ImportEmployeesRow>) -> Vec<ImportEmployeesRequest> {
    let mut messages: Vec<_> = rows
        .chunks(ROWS)
        .map(|rows| ImportEmployeesRequest {
            header: None,
            rows: rows.to_vec(),
        })
        .collect();
    if messages.is_empty() {
        messages.push(ImportEmployeesRequest::default());
    }
    if let Some(first) = messages.first_mut() {
        first.header = Some(header);
    }
    messages
}

#[cfg(test)]
mod tests {
    use std::fs;

    use salient_proto::access::v1::Post;

    use super::{ROWS, messages, read};

    fn file(content: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("employees.csv");
        fs::write(&path, content).expect("written");
        (folder, path)
    }

    #[test]
    fn rows_keep_the_numbers_of_their_lines() {
        let (_folder, path) = file(
            "number,display_name,post,unit,hire_date\n7,李娜,salesperson,HD1,2026-01-05\n\n8,王伟,regional manager,HD,\n",
        );
        let rows = read(&path).expect("two rows");
        assert_eq!(
            rows.iter().map(|row| row.post()).collect::<Vec<_>>(),
            [Post::Salesperson, Post::RegionalManager]
        );
        assert_eq!(rows[0].row, 2);
        assert_eq!(rows[0].hire_date.map(|date| date.year), Some(2026));
    }

    #[test]
    fn every_row_that_is_none_is_reported() {
        let (_folder, path) =
            file("number,display_name,post,hire_date\n7,李娜,wizard,\n8,王伟,,yesterday\n9,张三\n");
        let error = read(&path).expect_err("three problems").to_string();
        for said in ["wizard", "line 3", "line: 4"] {
            assert!(error.contains(said), "{said} in {error}");
        }
    }

    #[test]
    fn only_the_first_message_has_the_header() {
        let rows = vec![Default::default(); ROWS + 1];
        let messages = messages(Default::default(), rows);
        let headers: Vec<_> = messages.iter().map(|message| message.header.is_some()).collect();
        assert_eq!(headers, [true, false]);
    }
}
