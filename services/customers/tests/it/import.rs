//! Imports, all or nothing.

use futures::stream;
use salient_proto::customers::v1::{
    Grade, ImportCustomersHeader, ImportCustomersRequest, ImportCustomersResponse, ImportCustomersRow,
    ListCustomersRequest,
};
use salient_testkit::Person;
use tonic::{Code, Status};

use crate::support::{Company, reason, request_id};

fn row(number: i64, name: &str, owner: &Person) -> ImportCustomersRow {
    ImportCustomersRow {
        row: number,
        display_name: name.to_owned(),
        owner: owner.name(),
        ..ImportCustomersRow::default()
    }
}

fn messages(header: ImportCustomersHeader, rows: &[ImportCustomersRow]) -> Vec<ImportCustomersRequest> {
    let first = ImportCustomersRequest {
        header: Some(header),
        rows: Vec::new(),
    };
    let rest = rows.chunks(2).map(|rows| ImportCustomersRequest {
        header: None,
        rows: rows.to_vec(),
    });
    [first].into_iter().chain(rest).collect()
}

fn header() -> ImportCustomersHeader {
    ImportCustomersHeader {
        request_id: request_id(),
        validate_only: false,
    }
}

async fn import(
    company: &Company,
    person: &Person,
    messages: Vec<ImportCustomersRequest>,
) -> Result<ImportCustomersResponse, Status> {
    let answer = company
        .customers_as(person)
        .import_customers(stream::iter(messages))
        .await;
    answer.map(tonic::Response::into_inner)
}

async fn count(company: &Company) -> usize {
    let listed = company
        .customers_as(&company.director)
        .list_customers(ListCustomersRequest::default())
        .await;
    listed.expect("listed").into_inner().customers.len()
}

#[tokio::test]
async fn good_rows_are_all_recorded_and_a_repeat_gets_the_same_answer() {
    let company = Company::start().await;
    let mut rows: Vec<_> = (1..=5)
        .map(|number| row(number, &format!("客户{number}"), &company.li))
        .collect();
    rows[0].set_grade(Grade::A);
    rows[1].contact_name = "刘洋".to_owned();
    let sent = messages(header(), &rows);
    let done = import(&company, &company.administrator, sent.clone())
        .await
        .expect("answered");
    assert_eq!(
        (done.imported, done.customer_count, done.problems.len()),
        (true, 5, 0)
    );
    let again = import(&company, &company.administrator, sent.clone())
        .await
        .expect("answered");
    assert_eq!(again, done);
    assert_eq!(count(&company).await, 5);

    let mut other = sent;
    other.pop();
    let refused = import(&company, &company.administrator, other)
        .await
        .expect_err("another import");
    assert_eq!(reason(&refused), "ERROR_REASON_REQUEST_ID_REUSED");
    let listed = ListCustomersRequest {
        filter: "grade = GRADE_A".to_owned(),
        ..Default::default()
    };
    let listed = company
        .customers_as(&company.li)
        .list_customers(listed)
        .await
        .expect("listed")
        .into_inner();
    assert_eq!(listed.customers[0].display_name, "客户1");
}

#[tokio::test]
async fn every_bad_row_is_reported_and_nothing_is_recorded() {
    let company = Company::start().await;
    company.create(&company.li, "西湖商贸").await;
    let mut rows = vec![
        row(2, "好客户", &company.li),
        row(3, "", &company.li),
        row(4, "（西湖）商贸", &company.li),
        row(5, "好 客户", &company.li),
        row(6, "丙", &company.finance),
        row(7, "丁", &company.li),
        row(8, "戊", &company.li),
    ];
    rows[4].org_unit = company.east_team.name();
    rows[5].unified_social_credit_code = "91350100M000100Y44".to_owned();
    rows[6].contact_phone = "无".to_owned();
    let report = import(&company, &company.administrator, messages(header(), &rows))
        .await
        .expect("answered");
    assert!(!report.imported);
    let found: Vec<_> = report
        .problems
        .iter()
        .map(|problem| (problem.row, problem.field.as_str(), problem.reason.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (3, "display_name", "ERROR_REASON_IMPORT_VALUE_INVALID"),
            (4, "display_name", "ERROR_REASON_CUSTOMER_NAME_TAKEN"),
            (5, "display_name", "ERROR_REASON_IMPORT_ROW_REPEATED"),
            (6, "owner", "ERROR_REASON_OWNER_NOT_IN_UNIT"),
            (
                7,
                "unified_social_credit_code",
                "ERROR_REASON_CREDIT_CODE_INVALID"
            ),
            (8, "contact_name", "ERROR_REASON_IMPORT_VALUE_INVALID"),
            (8, "contact_phone", "ERROR_REASON_IMPORT_VALUE_INVALID"),
        ]
    );
    assert!(report.problems.iter().all(|problem| !problem.message.is_empty()));
    assert_eq!(count(&company).await, 1);
}

#[tokio::test]
async fn a_check_records_nothing() {
    let company = Company::start().await;
    let only_checking = ImportCustomersHeader {
        validate_only: true,
        ..header()
    };
    let rows = [row(1, "甲", &company.li), row(2, "乙", &company.zhao)];
    let report = import(&company, &company.administrator, messages(only_checking, &rows))
        .await
        .expect("answered");
    assert_eq!(
        (report.imported, report.customer_count, report.problems.len()),
        (false, 2, 0)
    );
    assert_eq!(count(&company).await, 0);
}

#[tokio::test]
async fn a_manager_imports_into_the_own_region_only_and_a_salesperson_not_at_all() {
    let company = Company::start().await;
    let rows = [row(1, "甲", &company.li), row(2, "乙", &company.zhao)];
    let report = import(&company, &company.manager, messages(header(), &rows))
        .await
        .expect("answered");
    assert_eq!(report.problems.len(), 1);
    assert_eq!(
        (report.problems[0].row, report.problems[0].reason.as_str()),
        (2, "ERROR_REASON_OUT_OF_SCOPE")
    );
    let refused = import(&company, &company.li, messages(header(), &rows[..1]))
        .await
        .expect_err("not theirs");
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn the_header_comes_first_and_once() {
    let company = Company::start().await;
    let rows = [row(1, "甲", &company.li)];
    let mut without = messages(header(), &rows);
    without.remove(0);
    let mut twice = messages(header(), &rows);
    twice.push(messages(header(), &[])[0].clone());
    for wrong in [without, twice, Vec::new()] {
        let refused = import(&company, &company.administrator, wrong)
            .await
            .expect_err("malformed");
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    assert_eq!(count(&company).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_rows_go_in_at_once() {
    let company = Company::start().await;
    let rows: Vec<_> = (0..5_000)
        .map(|number| row(number, &format!("客户{number}"), &company.li))
        .collect();
    let first = ImportCustomersRequest {
        header: Some(header()),
        rows: Vec::new(),
    };
    let rest = rows.chunks(500).map(|rows| ImportCustomersRequest {
        header: None,
        rows: rows.to_vec(),
    });
    let sent = [first].into_iter().chain(rest).collect();
    let done = import(&company, &company.administrator, sent)
        .await
        .expect("answered");
    assert_eq!((done.imported, done.customer_count), (true, 5_000));
}
