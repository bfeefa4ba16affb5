//! The sample company's people and their posts.

use futures::stream;
use salient_proto::{
    access::v1::Post,
    google::r#type::Date,
    organization::v1::{
        ImportEmployeesHeader, ImportEmployeesRequest, ImportEmployeesRow, ListEmployeesRequest,
        employee_service_client::EmployeeServiceClient,
    },
};
use salient_values::date;

use super::{
    Founded,
    sample::{self, Name},
};
use crate::{
    client::{Session, refused, request_id},
    suite::Member,
};

/// Imports the people whose numbers are not there yet, with their posts.
pub(super) async fn make(administrator: &Session, founded: &Founded) -> anyhow::Result<()> {
    let mut client = EmployeeServiceClient::new(administrator.at(Member::Organization)?);
    let mut rows = rows(date::to_proto(founded.since));
    let mut request = ListEmployeesRequest::default();
    loop {
        let page = client
            .list_employees(request.clone())
            .await
            .map_err(refused("listing employees"))?
            .into_inner();
        rows.retain(|row| {
            page.employees
                .iter()
                .all(|employee| employee.number != row.number)
        });
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let header = ImportEmployeesHeader {
        request_id: request_id(),
        validate_only: false,
    };
    let import = ImportEmployeesRequest {
        header: Some(header),
        rows,
    };
    let import = client.import_employees(stream::iter([import])).await;
    let report = import.map_err(refused("importing employees"))?.into_inner();
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    anyhow::ensure!(
        report.imported,
        "employees were not imported: {}",
        problems.join("; ")
    );
    Ok(())
}

fn rows(since: Date) -> Vec<ImportEmployeesRow> {
    let mut rows = Vec::new();
    let mut add = |(number, display_name): Name, post: Post, unit: &str| {
        rows.push(ImportEmployeesRow {
            number: number.to_owned(),
            display_name: display_name.to_owned(),
            hire_date: Some(since),
            post: post.into(),
            unit: unit.to_owned(),
            ..Default::default()
        });
    };
    add(sample::MANAGEMENT, Post::CompanyManagement, sample::COMPANY_CODE);
    add(sample::DIRECTOR, Post::Director, sample::COMPANY_CODE);
    add(sample::FINANCE, Post::Finance, sample::COMPANY_CODE);
    for region in sample::REGIONS {
        add(region.manager, Post::RegionalManager, region.code);
        for team in region.teams {
            add(team.supervisor, Post::Supervisor, team.code);
            for salesperson in team.salespeople {
                add(*salesperson, Post::Salesperson, team.code);
            }
        }
    }
    for (row, number) in rows.iter_mut().zip(1..) {
        row.row = number;
    }
    rows
}
