//! No customer twice (P5.1.2).

use salient_proto::customers::v1::{
    Customer, DeleteCustomerRequest, UndeleteCustomerRequest, UpdateCustomerRequest,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Company, create, info, named, reason, request_id};

const CODE: &str = "91350100M000100Y43";

fn coded(name: &str, code: &str) -> Customer {
    Customer {
        unified_social_credit_code: code.to_owned(),
        ..named(name)
    }
}

#[tokio::test]
async fn a_name_is_taken_however_it_is_written() {
    let company = Company::start().await;
    let first = company.create(&company.li, "杭州ABC（集团）有限公司").await;
    for same in ["杭州ＡＢＣ(集团)有限公司", " 杭州 abc 集团 有限公司 "] {
        let refused = company
            .customers_as(&company.li)
            .create_customer(create(named(same)))
            .await;
        let refused = refused.expect_err("taken");
        assert_eq!(refused.code(), Code::AlreadyExists);
        assert_eq!(reason(&refused), "ERROR_REASON_CUSTOMER_NAME_TAKEN");
        assert_eq!(info(&refused).metadata["customer"], first.name);
    }
}

#[tokio::test]
async fn the_other_customer_is_named_only_to_those_who_may_see_it() {
    let company = Company::start().await;
    let first = company
        .customers_as(&company.li)
        .create_customer(create(coded("西湖商贸", CODE)))
        .await;
    let first = first.expect("recorded").into_inner();
    for (person, sees) in [
        (&company.wang, false),
        (&company.zhao, false),
        (&company.supervisor, true),
        (&company.director, true),
    ] {
        for (customer, expected) in [
            (named("西湖 商贸"), "ERROR_REASON_CUSTOMER_NAME_TAKEN"),
            (
                coded("另一家", &CODE.to_lowercase()),
                "ERROR_REASON_CREDIT_CODE_TAKEN",
            ),
        ] {
            let refused = company
                .customers_as(person)
                .create_customer(create(customer))
                .await;
            let refused = refused.expect_err("taken");
            assert_eq!(reason(&refused), expected);
            let named = info(&refused).metadata.get("customer").cloned();
            assert_eq!(named, sees.then(|| first.name.clone()));
        }
    }
}

#[tokio::test]
async fn a_code_with_a_wrong_check_digit_is_refused() {
    let company = Company::start().await;
    for wrong in ["91350100M000100Y44", "91350100M000100Y4", "91350100M0001O0Y43"] {
        let refused = company
            .customers_as(&company.li)
            .create_customer(create(coded("西湖商贸", wrong)))
            .await;
        let refused = refused.expect_err("wrong");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(reason(&refused), "ERROR_REASON_CREDIT_CODE_INVALID");
        let fields = refused
            .get_details_bad_request()
            .expect("BadRequest")
            .field_violations;
        assert_eq!(fields[0].field, "customer.unified_social_credit_code");
    }
}

#[tokio::test]
async fn customers_without_a_code_do_not_share_one() {
    let company = Company::start().await;
    company.create(&company.li, "西湖商贸").await;
    company.create(&company.li, "钱塘实业").await;
}

#[tokio::test]
async fn a_deleted_customer_leaves_its_name_free_and_cannot_come_back_to_it() {
    let company = Company::start().await;
    let first = company.create(&company.li, "西湖商贸").await.name;
    let mut customers = company.customers_as(&company.supervisor);
    let delete = DeleteCustomerRequest {
        name: first.clone(),
        etag: String::new(),
        request_id: request_id(),
    };
    let deleted = customers
        .delete_customer(delete)
        .await
        .expect("deleted")
        .into_inner();
    assert!(deleted.delete_time.is_some());
    let second = company.create(&company.li, "西湖商贸").await;
    let undelete = UndeleteCustomerRequest {
        name: first,
        etag: String::new(),
        request_id: request_id(),
    };
    let refused = customers.undelete_customer(undelete).await.expect_err("taken");
    assert_eq!(info(&refused).metadata["customer"], second.name);
}

#[tokio::test]
async fn renaming_into_another_customer_is_refused_and_into_itself_is_not() {
    let company = Company::start().await;
    company.create(&company.li, "西湖商贸").await;
    let second = company.create(&company.li, "钱塘实业").await;
    let renamed = |name: &str| UpdateCustomerRequest {
        customer: Some(Customer {
            name: second.name.clone(),
            ..named(name)
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["display_name".to_owned()],
        }),
        request_id: request_id(),
    };
    let mut customers = company.customers_as(&company.li);
    let refused = customers
        .update_customer(renamed("西湖（商贸）"))
        .await
        .expect_err("taken");
    assert_eq!(reason(&refused), "ERROR_REASON_CUSTOMER_NAME_TAKEN");
    let updated = customers
        .update_customer(renamed("钱塘（实业）"))
        .await
        .expect("its own");
    assert_eq!(updated.into_inner().display_name, "钱塘（实业）");
}
