use salient_proto::{
    access::v1::Post,
    organization::v1::{
        ImportEmployeesHeader, ImportEmployeesRequest, ImportEmployeesResponse, ImportEmployeesRow,
        ListEmployeesRequest, LookupSuperiorsRequest,
    },
};
use tonic::{Code, Status};

use crate::harness::{Company, FOUNDED, proto_date, request_id};

fn row(row: i64, number: &str, post: Post, unit: &str) -> ImportEmployeesRow {
    ImportEmployeesRow {
        row,
        number: number.into(),
        display_name: format!("Person {number}"),
        hire_date: Some(proto_date(FOUNDED)),
        post: post.into(),
        unit: unit.into(),
        ..ImportEmployeesRow::default()
    }
}

fn header(request_id: &str) -> ImportEmployeesHeader {
    ImportEmployeesHeader {
        request_id: request_id.into(),
        validate_only: false,
    }
}

async fn import(
    company: &Company,
    header: ImportEmployeesHeader,
    rows: Vec<ImportEmployeesRow>,
) -> Result<ImportEmployeesResponse, Status> {
    let first = ImportEmployeesRequest {
        header: Some(header),
        rows: Vec::new(),
    };
    let rest = rows.chunks(500).map(|rows| ImportEmployeesRequest {
        header: None,
        rows: rows.to_vec(),
    });
    let messages: Vec<_> = std::iter::once(first).chain(rest).collect();
    Ok(company
        .people()
        .import_employees(tokio_stream::iter(messages))
        .await?
        .into_inner())
}

async fn count(company: &Company) -> usize {
    let list = company
        .people()
        .list_employees(ListEmployeesRequest::default())
        .await
        .unwrap();
    list.into_inner().employees.len()
}

#[tokio::test]
async fn a_good_import_is_recorded_once_however_often_it_is_sent() {
    let company = Company::start().await;
    let team = company.team(&company.region("HD").await).await;
    let mut li = row(3, "S-1", Post::Salesperson, &team);
    li.reports_to_number = "M-1".into();
    let rows = vec![
        li,
        row(4, "M-1", Post::RegionalManager, "HD"),
        row(5, "D-1", Post::Director, "BF"),
    ];
    let checked = ImportEmployeesHeader {
        validate_only: true,
        ..header(&request_id())
    };
    let answer = import(&company, checked, rows.clone()).await.unwrap();
    assert_eq!(
        (answer.imported, answer.employee_count, answer.appointment_count),
        (false, 3, 3)
    );
    assert_eq!((answer.problems.len(), count(&company).await), (0, 1));

    let id = request_id();
    let answer = import(&company, header(&id), rows.clone()).await.unwrap();
    assert_eq!(
        (answer.imported, answer.employee_count, answer.appointment_count),
        (true, 3, 3)
    );
    assert_eq!(import(&company, header(&id), rows.clone()).await.unwrap(), answer);
    assert_eq!(count(&company).await, 4);
    let other = import(&company, header(&id), rows[1..].to_vec())
        .await
        .unwrap_err();
    assert_eq!(
        other.code(),
        Code::InvalidArgument,
        "the same id for another import"
    );

    let people = company
        .people()
        .list_employees(ListEmployeesRequest::default())
        .await
        .unwrap()
        .into_inner();
    let li = people
        .employees
        .iter()
        .find(|person| person.number == "S-1")
        .unwrap()
        .name
        .clone();
    let superiors = LookupSuperiorsRequest {
        employee: li,
        date: None,
    };
    let superiors = company
        .lookups()
        .lookup_superiors(superiors)
        .await
        .unwrap()
        .into_inner()
        .superiors;
    assert_eq!(superiors[0].holders[0].display_name, "Person M-1");
}

#[tokio::test]
async fn one_bad_row_keeps_all_out_and_every_bad_row_is_told() {
    let company = Company::start().await;
    company.region("HD").await;
    let unknown_manager = ImportEmployeesRow {
        reports_to_number: "X-9".into(),
        ..row(5, "S-3", Post::Salesperson, "HD")
    };
    let other_name = ImportEmployeesRow {
        display_name: "另一人".into(),
        ..row(6, "S-1", Post::Finance, "HD")
    };
    let rows = vec![
        row(2, "S-1", Post::Salesperson, "HD"),
        row(3, "S-2", Post::Salesperson, "NOWHERE"),
        row(4, "no spaces", Post::Salesperson, "HD"),
        unknown_manager,
        other_name,
        row(7, "S-1", Post::Supervisor, "HD"),
        row(8, "S-4", Post::Director, "HD"),
    ];
    let answer = import(&company, header(&request_id()), rows).await.unwrap();
    assert!(!answer.imported);
    let told: Vec<_> = answer
        .problems
        .iter()
        .map(|problem| {
            (
                problem.row,
                problem.field.as_str(),
                problem.reason.trim_start_matches("ERROR_REASON_"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (3, "unit", "IMPORT_REFERENCE_UNKNOWN"),
            (4, "number", "IMPORT_VALUE_INVALID"),
            (5, "reports_to_number", "IMPORT_REFERENCE_UNKNOWN"),
            (6, "display_name", "IMPORT_ROW_CONTRADICTS"),
            (7, "", "PRIMARY_APPOINTMENT_OVERLAPS"),
            (8, "", "POST_NOT_IN_UNIT"),
        ]
    );
    assert!(answer.problems.iter().all(|problem| !problem.message.is_empty()));
    assert_eq!(count(&company).await, 1, "nobody was recorded");
}

#[tokio::test]
async fn thousands_are_imported_at_once_and_more_than_the_limit_are_not() {
    let company = Company::start().await;
    company.region("HD").await;
    let rows = |count: i64| {
        (0..count)
            .map(|n| row(n, &format!("S-{n}"), Post::Salesperson, "HD"))
            .collect::<Vec<_>>()
    };
    let answer = import(&company, header(&request_id()), rows(6_000))
        .await
        .unwrap();
    assert_eq!((answer.imported, answer.employee_count), (true, 6_000));
    let refused = import(&company, header(&request_id()), rows(20_001))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn an_import_without_a_header_is_none() {
    let company = Company::start().await;
    let rows = vec![row(1, "S-1", Post::Salesperson, "HD")];
    let message = ImportEmployeesRequest { header: None, rows };
    let refused = company
        .people()
        .import_employees(tokio_stream::iter([message]))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
