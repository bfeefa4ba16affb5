//! The archive of one customer (P5.1.2).

use prost_types::FieldMask;
use salient_proto::customers::v1::{
    Address, BatchGetCustomersRequest, Contact, Customer, DeleteCustomerRequest, GetCustomerRequest,
    UpdateCustomerRequest,
};
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::support::{Company, create, info, named, reason, request_id, yuan};

fn full() -> Customer {
    Customer {
        unified_social_credit_code: "91350100M000100Y43".to_owned(),
        address: Some(Address {
            region_code: "CN".to_owned(),
            administrative_area: "浙江省".to_owned(),
            locality: "杭州市".to_owned(),
            postal_code: "310000".to_owned(),
            street_address: "西湖区文三路1号".to_owned(),
        }),
        contacts: vec![Contact {
            display_name: "刘洋".to_owned(),
            title: "采购经理".to_owned(),
            phone: "+86 571-8888 8888".to_owned(),
            email: "liu.yang@example.com".to_owned(),
            primary: true,
        }],
        needs: "每季度补货".to_owned(),
        preferences: "电话联系".to_owned(),
        ..named("西湖商贸（集团）有限公司")
    }
}

fn update(customer: Customer, paths: &[&str]) -> UpdateCustomerRequest {
    UpdateCustomerRequest {
        customer: Some(customer),
        update_mask: (!paths.is_empty()).then(|| FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        request_id: request_id(),
    }
}

#[tokio::test]
async fn what_was_recorded_is_what_is_read() {
    let company = Company::start().await;
    let mut customers = company.customers_as(&company.li);
    let created = customers
        .create_customer(create(full()))
        .await
        .expect("recorded")
        .into_inner();
    let expected = Customer {
        name: created.name.clone(),
        owner: company.li.name(),
        org_unit: company.east_team.name(),
        grade: 4,
        create_time: created.create_time,
        update_time: created.create_time,
        etag: "\"1\"".to_owned(),
        ..full()
    };
    assert_eq!(created, expected);
    let read = GetCustomerRequest {
        name: created.name.clone(),
    };
    assert_eq!(
        customers
            .get_customer(read.clone())
            .await
            .expect("read")
            .into_inner(),
        created
    );
    company.grant(&created.name, 500).await;
    let with_credit = customers.get_customer(read).await.expect("read").into_inner();
    assert_eq!(
        (with_credit.credit_limit, with_credit.credit_available),
        (Some(yuan(500, 0)), Some(yuan(500, 0)))
    );
}

#[tokio::test]
async fn a_request_id_is_answered_once() {
    let company = Company::start().await;
    let mut customers = company.customers_as(&company.li);
    let request = create(full());
    let first = customers
        .create_customer(request.clone())
        .await
        .expect("recorded")
        .into_inner();
    let again = customers
        .create_customer(request.clone())
        .await
        .expect("the same answer")
        .into_inner();
    assert_eq!(again, first);
    let mut other = request;
    other.customer = Some(named("另一家"));
    let refused = customers
        .create_customer(other)
        .await
        .expect_err("another request");
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(reason(&refused), "ERROR_REASON_REQUEST_ID_REUSED");

    let change = Customer {
        name: first.name.clone(),
        etag: first.etag.clone(),
        ..named("西湖实业")
    };
    let request = update(change, &["display_name"]);
    let updated = customers
        .update_customer(request.clone())
        .await
        .expect("updated")
        .into_inner();
    let again = customers
        .update_customer(request)
        .await
        .expect("the same answer")
        .into_inner();
    assert_eq!(again, updated, "though the etag is stale by now");
}

#[tokio::test]
async fn an_update_changes_what_the_mask_names() {
    let company = Company::start().await;
    let mut customers = company.customers_as(&company.li);
    let created = customers
        .create_customer(create(full()))
        .await
        .expect("recorded")
        .into_inner();
    let change = Customer {
        name: created.name.clone(),
        needs: "每月补货".to_owned(),
        preferences: "不会写入".to_owned(),
        ..Customer::default()
    };
    let updated = customers
        .update_customer(update(change, &["needs"]))
        .await
        .expect("updated")
        .into_inner();
    assert_eq!(
        (updated.needs.as_str(), updated.preferences.as_str()),
        ("每月补货", "电话联系")
    );
    assert_eq!(
        (updated.contacts, updated.address),
        (created.contacts, created.address)
    );
    assert_eq!(updated.etag, "\"2\"");

    let whole = Customer {
        name: created.name.clone(),
        ..named("西湖实业")
    };
    let replaced = customers
        .update_customer(update(whole, &[]))
        .await
        .expect("updated")
        .into_inner();
    assert_eq!(
        (
            replaced.needs.as_str(),
            replaced.unified_social_credit_code.as_str()
        ),
        ("", "")
    );
    assert!(replaced.contacts.is_empty());
    assert_eq!(
        replaced.owner,
        company.li.name(),
        "an owner that is not given stays"
    );

    let unknown = Customer {
        name: created.name,
        ..Customer::default()
    };
    let refused = customers
        .update_customer(update(unknown, &["grade"]))
        .await
        .expect_err("not so");
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_stale_etag_is_refused() {
    let company = Company::start().await;
    let mut customers = company.customers_as(&company.li);
    let created = company.create(&company.li, "西湖商贸").await;
    let change = |needs: &str| {
        let changed = Customer {
            needs: needs.to_owned(),
            ..created.clone()
        };
        update(changed, &["needs"])
    };
    customers.update_customer(change("一")).await.expect("current");
    let refused = customers.update_customer(change("二")).await.expect_err("stale");
    assert_eq!(refused.code(), Code::Aborted);
    assert_eq!(info(&refused).metadata["resource"], created.name);
    let delete = DeleteCustomerRequest {
        name: created.name.clone(),
        etag: created.etag.clone(),
        request_id: request_id(),
    };
    let refused = company
        .customers_as(&company.supervisor)
        .delete_customer(delete)
        .await;
    assert_eq!(refused.expect_err("stale").code(), Code::Aborted);
}

#[tokio::test]
async fn malformed_fields_are_named() {
    let company = Company::start().await;
    let mut customers = company.customers_as(&company.li);
    let contact = |change: fn(&mut Contact)| {
        let mut contacts = full().contacts;
        change(&mut contacts[0]);
        Customer { contacts, ..full() }
    };
    let mut two_first = full();
    two_first.contacts.push(two_first.contacts[0].clone());
    for (customer, field) in [
        (named("（）"), "customer.display_name"),
        (named("西湖\0商贸"), "customer.display_name"),
        (
            Customer {
                needs: "\0".to_owned(),
                ..full()
            },
            "customer.needs",
        ),
        (
            contact(|contact| contact.email = "nobody".to_owned()),
            "customer.contacts[0].email",
        ),
        (
            contact(|contact| contact.phone = "call me".to_owned()),
            "customer.contacts[0].phone",
        ),
        (
            contact(|contact| contact.title = "\0".to_owned()),
            "customer.contacts[0].title",
        ),
        (two_first, "customer.contacts"),
        (
            Customer {
                owner: "employees/1".to_owned(),
                ..full()
            },
            "customer.owner",
        ),
    ] {
        let refused = customers
            .create_customer(create(customer))
            .await
            .expect_err(field);
        assert_eq!(refused.code(), Code::InvalidArgument, "{field}: {refused:?}");
        let fields = refused
            .get_details_bad_request()
            .expect("BadRequest")
            .field_violations;
        assert_eq!(fields[0].field, field);
    }
}

#[tokio::test]
async fn many_are_read_at_once_in_the_order_asked_for() {
    let company = Company::start().await;
    let mut names = Vec::new();
    for name in ["甲", "乙", "丙"] {
        names.push(company.create(&company.li, name).await.name);
    }
    names.reverse();
    let mut customers = company.customers_as(&company.li);
    let request = BatchGetCustomersRequest { names: names.clone() };
    let read = customers
        .batch_get_customers(request)
        .await
        .expect("read")
        .into_inner();
    let read: Vec<_> = read.customers.into_iter().map(|customer| customer.name).collect();
    assert_eq!(read, names);

    names.push(format!("customers/{}", Uuid::now_v7()));
    let request = BatchGetCustomersRequest { names };
    let missing = company
        .customers_as(&company.director)
        .batch_get_customers(request)
        .await;
    assert_eq!(missing.expect_err("one is missing").code(), Code::NotFound);
}

#[tokio::test]
async fn a_deleted_customer_is_read_but_not_changed() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let delete = DeleteCustomerRequest {
        name: created.name.clone(),
        etag: created.etag.clone(),
        request_id: request_id(),
    };
    company
        .customers_as(&company.supervisor)
        .delete_customer(delete)
        .await
        .expect("deleted");
    let mut customers = company.customers_as(&company.li);
    let read = GetCustomerRequest {
        name: created.name.clone(),
    };
    let read = customers.get_customer(read).await.expect("read").into_inner();
    assert!(read.delete_time.is_some());
    let change = Customer {
        name: created.name,
        ..named("西湖实业")
    };
    let refused = customers
        .update_customer(update(change, &["display_name"]))
        .await
        .expect_err("deleted");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "ERROR_REASON_CUSTOMER_DELETED");
}
