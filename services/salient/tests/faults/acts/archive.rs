//! The archive of customers (P5.1).

use salient_proto::customers::v1::{
    Customer, DeleteCustomerRequest, Grade, ImportCustomersHeader, ImportCustomersRequest,
    ImportCustomersRow, SetGradeRequest, UndeleteCustomerRequest, UpdateCustomerRequest,
};
use salient_tests::company::request_id;

use super::{Stage, unique};

pub async fn archive(stage: Stage<'_>) {
    let people = stage.department;
    let name = stage.customer(1_000_000).await;
    let request = UpdateCustomerRequest {
        customer: Some(Customer {
            name: name.clone(),
            needs: "注塑机".into(),
            ..Customer::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["needs".into()],
        }),
        request_id: request_id(),
    };
    let mut customers = people.director.customers.clone();
    customers.update_customer(request).await.unwrap();
    let request = SetGradeRequest {
        name: name.clone(),
        grade: Grade::A.into(),
        reason: "年度评定".into(),
        request_id: request_id(),
        ..SetGradeRequest::default()
    };
    customers.set_grade(request).await.unwrap();
    let request = DeleteCustomerRequest {
        name: name.clone(),
        request_id: request_id(),
        ..DeleteCustomerRequest::default()
    };
    customers.delete_customer(request).await.unwrap();
    let request = UndeleteCustomerRequest {
        name,
        request_id: request_id(),
        ..UndeleteCustomerRequest::default()
    };
    customers.undelete_customer(request).await.unwrap();
    let messages = vec![
        ImportCustomersRequest {
            header: Some(ImportCustomersHeader {
                request_id: request_id(),
                validate_only: false,
            }),
            rows: Vec::new(),
        },
        ImportCustomersRequest {
            header: None,
            rows: vec![ImportCustomersRow {
                row: 1,
                display_name: format!("客户 {}", unique()),
                owner: people.salesperson.employee.clone(),
                org_unit: people.team.clone(),
                ..ImportCustomersRow::default()
            }],
        },
    ];
    let mut customers = people.company.administrator().customers;
    let imported = customers.import_customers(tokio_stream::iter(messages)).await;
    let imported = imported.unwrap().into_inner();
    assert!(imported.imported, "{:?}", imported.problems);
}
