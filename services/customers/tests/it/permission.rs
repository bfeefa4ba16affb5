//! Who may do what with whose customers.

use prost_types::FieldMask;
use salient_operation::Post;
use salient_proto::customers::v1::{
    Customer, DeleteCustomerRequest, GetCreditAccountRequest, GetCustomerRequest, ListCustomersRequest,
    UpdateCustomerRequest, customer_service_client::CustomerServiceClient,
};
use salient_testkit::held;
use tonic::Code;
use uuid::Uuid;

use crate::support::{Company, create, named, reason, request_id, set_limit, yuan};

#[tokio::test]
async fn each_post_sees_as_far_as_it_reaches() {
    let company = Company::start().await;
    let of_li = company.create(&company.li, "李娜的客户").await.name;
    let of_wang = company.create(&company.wang, "王伟的客户").await.name;
    let of_zhao = company.create(&company.zhao, "赵敏的客户").await.name;
    for (person, sees) in [
        (&company.li, [true, false, false]),
        (&company.wang, [false, true, false]),
        (&company.zhao, [false, false, true]),
        (&company.supervisor, [true, true, false]),
        (&company.manager, [true, true, false]),
        (&company.director, [true, true, true]),
        (&company.finance, [true, true, true]),
        (&company.administrator, [true, true, true]),
    ] {
        let mut customers = company.customers_as(person);
        for (name, sees) in [&of_li, &of_wang, &of_zhao].into_iter().zip(sees) {
            let read = customers
                .get_customer(GetCustomerRequest { name: name.clone() })
                .await;
            match read {
                Ok(_) => assert!(sees, "{} sees {name}", person.display_name()),
                Err(status) => {
                    assert!(!sees, "{} does not see {name}", person.display_name());
                    assert_eq!(reason(&status), "ERROR_REASON_OUT_OF_SCOPE");
                }
            }
        }
        let listed = customers.list_customers(ListCustomersRequest::default()).await;
        let listed = listed.expect("listed").into_inner().customers.len();
        assert_eq!(listed, sees.into_iter().filter(|sees| *sees).count());
    }
    let mut as_service = CustomerServiceClient::new(company.service.channel_as_service("contracts"));
    as_service
        .get_customer(GetCustomerRequest { name: of_li })
        .await
        .expect("a service may");
}

#[tokio::test]
async fn what_does_not_exist_looks_like_what_may_not_be_seen() {
    let company = Company::start().await;
    let nothing = GetCustomerRequest {
        name: format!("customers/{}", Uuid::now_v7()),
    };
    let hidden = company
        .customers_as(&company.li)
        .get_customer(nothing.clone())
        .await
        .expect_err("nothing");
    assert_eq!(reason(&hidden), "ERROR_REASON_OUT_OF_SCOPE");
    let missing = company
        .customers_as(&company.director)
        .get_customer(nothing)
        .await
        .expect_err("nothing");
    assert_eq!(missing.code(), Code::NotFound);
}

#[tokio::test]
async fn a_customer_is_given_only_to_whom_the_giver_reaches() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let give = |owner: String, org_unit: String| UpdateCustomerRequest {
        customer: Some(Customer {
            name: created.name.clone(),
            owner,
            org_unit,
            ..Customer::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["owner".to_owned(), "org_unit".to_owned()],
        }),
        request_id: request_id(),
    };
    let to_wang = || give(company.wang.name(), String::new());
    let refused = company
        .customers_as(&company.li)
        .update_customer(to_wang())
        .await
        .expect_err("not theirs to give");
    assert_eq!(reason(&refused), "ERROR_REASON_OUT_OF_SCOPE");
    let to_zhao = || give(company.zhao.name(), String::new());
    let refused = company
        .customers_as(&company.supervisor)
        .update_customer(to_zhao())
        .await
        .expect_err("too far");
    assert_eq!(reason(&refused), "ERROR_REASON_OUT_OF_SCOPE");

    let given = company
        .customers_as(&company.supervisor)
        .update_customer(to_wang())
        .await
        .expect("given");
    assert_eq!(given.into_inner().owner, company.wang.name());
    let given = company
        .customers_as(&company.director)
        .update_customer(to_zhao())
        .await
        .expect("given");
    assert_eq!(
        given.into_inner().org_unit,
        company.south_team.name(),
        "the new owner's only unit"
    );

    let wrong_unit = give(company.li.name(), company.south_team.name());
    let refused = company
        .customers_as(&company.director)
        .update_customer(wrong_unit)
        .await
        .expect_err("no post there");
    assert_eq!(reason(&refused), "ERROR_REASON_OWNER_NOT_IN_UNIT");
    let nobody = give(format!("employees/{}", Uuid::now_v7()), String::new());
    let refused = company
        .customers_as(&company.director)
        .update_customer(nobody)
        .await
        .expect_err("nobody");
    assert_eq!(reason(&refused), "ERROR_REASON_OWNER_NOT_IN_UNIT");
}

#[tokio::test]
async fn an_owner_with_posts_in_several_units_has_to_name_one() {
    let company = Company::start().await;
    let posts = [
        held(Post::Salesperson, company.east_team),
        held(Post::Salesperson, company.south_team),
    ];
    let both = company.service.people().add("钱多多", &posts);
    let mut customers = company.customers_as(&both);
    let refused = customers
        .create_customer(create(named("西湖商贸")))
        .await
        .expect_err("which one?");
    assert_eq!(reason(&refused), "ERROR_REASON_OWNER_NOT_IN_UNIT");
    let in_south = Customer {
        org_unit: company.south_team.name(),
        ..named("西湖商贸")
    };
    let created = customers
        .create_customer(create(in_south))
        .await
        .expect("recorded")
        .into_inner();
    assert_eq!(created.org_unit, company.south_team.name());
}

#[tokio::test]
async fn salespeople_neither_delete_nor_set_limits_and_finance_changes_no_archive() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let delete = DeleteCustomerRequest {
        name: created.name.clone(),
        etag: String::new(),
        request_id: request_id(),
    };
    for person in [&company.li, &company.finance] {
        let refused = company
            .customers_as(person)
            .delete_customer(delete.clone())
            .await
            .expect_err("not theirs");
        assert_eq!(reason(&refused), "ERROR_REASON_POST_REQUIRED");
    }
    for person in [
        &company.li,
        &company.supervisor,
        &company.manager,
        &company.director,
        &company.administrator,
    ] {
        let limit = set_limit(&created.name, yuan(1, 0));
        let refused = company
            .credit_as(person)
            .set_credit_limit(limit)
            .await
            .expect_err("not theirs");
        assert_eq!(reason(&refused), "ERROR_REASON_POST_REQUIRED");
    }
    let refused = company
        .customers_as(&company.finance)
        .create_customer(create(named("钱塘实业")))
        .await;
    assert_eq!(
        reason(&refused.expect_err("not theirs")),
        "ERROR_REASON_POST_REQUIRED"
    );
    let account = GetCreditAccountRequest {
        name: format!("{}/credit", created.name),
    };
    let refused = company
        .credit_as(&company.wang)
        .get_credit_account(account)
        .await
        .expect_err("not theirs");
    assert_eq!(reason(&refused), "ERROR_REASON_OUT_OF_SCOPE");
}

#[tokio::test]
async fn who_repeats_what_put_a_customer_out_of_their_reach_gets_the_first_answer() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let posts = [
        held(Post::Supervisor, company.east_team),
        held(Post::Supervisor, company.south_team),
    ];
    let both = company.service.people().add("钱多多", &posts);
    let request = UpdateCustomerRequest {
        customer: Some(Customer {
            name: created.name,
            owner: company.zhao.name(),
            ..Customer::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["owner".to_owned()],
        }),
        request_id: request_id(),
    };
    let first = company
        .customers_as(&both)
        .update_customer(request.clone())
        .await
        .expect("given")
        .into_inner();
    company.service.people().appoint(&both, &posts[..1]);
    // Profiles are kept for a few seconds; what was answered is, whether they are old or new.
    for _ in 0..2 {
        let again = company
            .customers_as(&both)
            .update_customer(request.clone())
            .await
            .expect("the same answer");
        assert_eq!(again.into_inner(), first);
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    }
}
