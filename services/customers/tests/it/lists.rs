//! Lists and searches (P5.1.2).

use salient_proto::customers::v1::{
    Address, Contact, Customer, Grade, ListCustomersRequest, SetGradeRequest,
};
use tonic::Code;

use crate::support::{Company, create, named, reason, request_id};

async fn names(company: &Company, request: ListCustomersRequest) -> Vec<String> {
    let listed = company
        .customers_as(&company.director)
        .list_customers(request)
        .await;
    let customers = listed.expect("listed").into_inner().customers;
    customers
        .into_iter()
        .map(|customer| customer.display_name)
        .collect()
}

fn searching(text: &str) -> ListCustomersRequest {
    ListCustomersRequest {
        search: text.to_owned(),
        ..Default::default()
    }
}

fn filtering(text: &str) -> ListCustomersRequest {
    ListCustomersRequest {
        filter: text.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn pieces_of_what_people_remember_find_a_customer() {
    let company = Company::start().await;
    let west_lake = Customer {
        unified_social_credit_code: "91350100M000100Y43".to_owned(),
        contacts: vec![Contact {
            display_name: "刘洋".to_owned(),
            phone: "+86 571-8888 0001".to_owned(),
            ..Contact::default()
        }],
        ..named("西湖ABC商贸（集团）")
    };
    company
        .customers_as(&company.li)
        .create_customer(create(west_lake))
        .await
        .expect("recorded");
    company.create(&company.zhao, "南海商贸").await;
    for (text, expected) in [
        ("商贸", &["南海商贸", "西湖ABC商贸（集团）"] as &[_]),
        ("ａｂｃ 集团", &["西湖ABC商贸（集团）"]),
        ("湖", &["西湖ABC商贸（集团）"]),
        ("商贸集团", &["西湖ABC商贸（集团）"]),
        ("集团商贸", &[]),
        ("100y43", &["西湖ABC商贸（集团）"]),
        ("刘洋", &["西湖ABC商贸（集团）"]),
        ("8888-0001", &["西湖ABC商贸（集团）"]),
        ("团9", &[]),
        ("北京", &[]),
    ] {
        let mut found = names(&company, searching(text)).await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    let refused = company
        .customers_as(&company.li)
        .list_customers(searching("——"))
        .await;
    assert_eq!(
        refused.expect_err("nothing to search for").code(),
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn an_updated_customer_is_found_by_its_new_name_alone() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let renamed = salient_proto::customers::v1::UpdateCustomerRequest {
        customer: Some(Customer {
            name: created.name,
            ..named("钱塘实业")
        }),
        update_mask: None,
        request_id: request_id(),
    };
    company
        .customers_as(&company.li)
        .update_customer(renamed)
        .await
        .expect("renamed");
    assert_eq!(names(&company, searching("钱塘")).await, ["钱塘实业"]);
    assert!(names(&company, searching("西湖")).await.is_empty());
}

#[tokio::test]
async fn filters_choose_and_unknown_ones_are_refused() {
    let company = Company::start().await;
    let in_zhejiang = Customer {
        address: Some(Address {
            administrative_area: "浙江省".to_owned(),
            locality: "杭州市".to_owned(),
            ..Address::default()
        }),
        ..named("甲")
    };
    let first = company
        .customers_as(&company.li)
        .create_customer(create(in_zhejiang))
        .await
        .expect("recorded");
    company.create(&company.wang, "乙").await;
    company.create(&company.zhao, "丙").await;
    let grade = SetGradeRequest {
        name: first.into_inner().name,
        grade: Grade::A.into(),
        reason: "年度评估".to_owned(),
        etag: String::new(),
        request_id: request_id(),
    };
    company
        .customers_as(&company.director)
        .set_grade(grade)
        .await
        .expect("graded");

    let team = company.east_team.name();
    for (filter, expected) in [
        ("grade = GRADE_A".to_owned(), &["甲"] as &[&str]),
        ("grade != GRADE_A".to_owned(), &["丙", "乙"]),
        (format!("owner = {}", company.wang.name()), &["乙"]),
        (format!("org_unit = \"{team}\" AND grade = GRADE_D"), &["乙"]),
        (
            "administrative_area = \"浙江省\" AND locality : \"杭州\"".to_owned(),
            &["甲"],
        ),
        ("locality : \"%\"".to_owned(), &[]),
        (
            "create_time > \"2020-01-01T00:00:00Z\"".to_owned(),
            &["丙", "乙", "甲"],
        ),
        ("create_time < \"2020-01-01T00:00:00Z\"".to_owned(), &[]),
    ] {
        let mut found = names(&company, filtering(&filter)).await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
    for wrong in [
        "needs = x",
        "grade = GRADE_E",
        "grade = GRADE_A OR grade = GRADE_B",
    ] {
        let refused = company
            .customers_as(&company.director)
            .list_customers(filtering(wrong))
            .await;
        assert_eq!(reason(&refused.expect_err(wrong)), "ERROR_REASON_FILTER_INVALID");
    }
}

#[tokio::test]
async fn pages_meet_exactly_in_every_order() {
    let company = Company::start().await;
    for number in 0..9 {
        company
            .create(&company.li, &format!("客户{}", number * 7 % 9))
            .await;
    }
    for (order, ascending_by_name) in [
        ("", true),
        ("display_name desc", false),
        ("create_time", true),
        ("create_time desc", false),
    ] {
        let mut request = ListCustomersRequest {
            page_size: 4,
            order_by: order.to_owned(),
            ..Default::default()
        };
        let mut customers = company.customers_as(&company.li);
        let (mut listed, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let page = customers
                .list_customers(request.clone())
                .await
                .expect("listed")
                .into_inner();
            sizes.push(page.customers.len());
            listed.extend(page.customers);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(sizes, [4, 4, 1]);
        let key = |customer: &Customer| match order.starts_with("create_time") {
            true => format!(
                "{:?}",
                customer.create_time.map(|time| (time.seconds, time.nanos))
            ),
            false => customer.display_name.clone(),
        };
        let keys: Vec<_> = listed.iter().map(key).collect();
        let mut sorted = keys.clone();
        sorted.sort();
        sorted.dedup();
        if !ascending_by_name {
            sorted.reverse();
        }
        assert_eq!(sorted.len(), 9);
        if !order.starts_with("create_time") {
            assert_eq!(keys, sorted, "{order}");
        }
    }
}

#[tokio::test]
async fn a_page_token_is_good_for_its_query_and_its_caller_alone() {
    let company = Company::start().await;
    for name in ["甲", "乙", "丙"] {
        company.create(&company.li, name).await;
    }
    let first = ListCustomersRequest {
        page_size: 1,
        ..Default::default()
    };
    let page = company
        .customers_as(&company.li)
        .list_customers(first.clone())
        .await
        .expect("listed")
        .into_inner();
    let next = ListCustomersRequest {
        page_token: page.next_page_token,
        ..first
    };
    company
        .customers_as(&company.li)
        .list_customers(next.clone())
        .await
        .expect("its own");
    let other_query = ListCustomersRequest {
        search: "甲".to_owned(),
        ..next.clone()
    };
    let deleted_too = ListCustomersRequest {
        show_deleted: true,
        ..next.clone()
    };
    for (person, request) in [
        (&company.li, other_query),
        (&company.li, deleted_too),
        (&company.director, next),
    ] {
        let refused = company
            .customers_as(person)
            .list_customers(request)
            .await
            .expect_err("not of this query");
        assert_eq!(reason(&refused), "ERROR_REASON_PAGE_TOKEN_INVALID");
    }
}

#[tokio::test]
async fn deleted_customers_are_listed_only_where_asked_for() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let delete = salient_proto::customers::v1::DeleteCustomerRequest {
        name: created.name,
        etag: String::new(),
        request_id: request_id(),
    };
    company
        .customers_as(&company.director)
        .delete_customer(delete)
        .await
        .expect("deleted");
    assert!(names(&company, ListCustomersRequest::default()).await.is_empty());
    let all = ListCustomersRequest {
        show_deleted: true,
        ..Default::default()
    };
    assert_eq!(names(&company, all).await, ["西湖商贸"]);
}
