use salient_proto::contracts::v1::{BatchGetContractsRequest, ListContractsRequest};
use tonic::Code;

use crate::house::{House, answered, id, reason, sample};

async fn names(house: &House, filter: &str, order_by: &str) -> Vec<String> {
    let request = ListContractsRequest {
        filter: filter.into(),
        order_by: order_by.into(),
        ..ListContractsRequest::default()
    };
    let page = answered(house.contracts(&house.li).list_contracts(request).await);
    page.contracts.into_iter().map(|contract| contract.name).collect()
}

#[tokio::test]
async fn contracts_are_listed_page_by_page_in_every_order() {
    let house = House::new().await;
    let mut drafted = Vec::new();
    for _ in 0..5 {
        drafted.push(house.drafted().await.name);
    }
    // All are worth the same: their ids, which follow their times, decide then.
    for (order_by, newest_first) in [
        ("", true),
        ("create_time", false),
        ("total", false),
        ("total desc", true),
    ] {
        let mut expected = drafted.clone();
        if newest_first {
            expected.reverse();
        }
        assert_eq!(by_pages_of_two(&house, order_by).await, expected, "{order_by}");
    }
}

async fn by_pages_of_two(house: &House, order_by: &str) -> Vec<String> {
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListContractsRequest {
            page_size: 2,
            page_token,
            order_by: order_by.into(),
            ..ListContractsRequest::default()
        };
        let page = answered(house.contracts(&house.li).list_contracts(request).await);
        assert!(page.contracts.iter().all(|contract| contract.lines.is_empty()));
        listed.extend(page.contracts.into_iter().map(|contract| contract.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return listed;
        }
    }
}

#[tokio::test]
async fn filters_compare_what_they_name() {
    let house = House::new().await;
    let draft = house.drafted().await.name;
    let submitted = house.submitted().await;
    assert_eq!(names(&house, "state = STATE_DRAFT", "").await, [draft.as_str()]);
    let by_number = format!("number = \"{}\"", submitted.number);
    assert_eq!(names(&house, &by_number, "").await, [submitted.name.as_str()]);
    let both = [submitted.name.clone(), draft.clone()];
    let by_customer = format!("customer = \"{}\"", sample().customer);
    for filter in [
        "total >= 100001",
        "region_code = HD AND currency_code = CNY",
        &by_customer,
    ] {
        assert_eq!(names(&house, filter, "total desc").await, both, "{filter}");
    }
    for filter in [
        "total > 100001",
        "owner = \"employees/00000000-0000-0000-0000-000000000000\"",
    ] {
        assert!(names(&house, filter, "").await.is_empty(), "{filter}");
    }
    let request = ListContractsRequest {
        filter: "colour = red".into(),
        ..ListContractsRequest::default()
    };
    let refused = house.contracts(&house.li).list_contracts(request).await;
    assert_eq!(refused.expect_err("no such field").code(), Code::InvalidArgument);
}

#[tokio::test]
async fn many_are_returned_in_the_order_asked_for() {
    let house = House::new().await;
    let (first, second) = (house.drafted().await, house.drafted().await);
    let request = |names: &[&str]| BatchGetContractsRequest {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut contracts = house.contracts(&house.li);
    let asked = request(&[&second.name, &first.name]);
    let found = answered(contracts.batch_get_contracts(asked).await).contracts;
    assert_eq!(found, [second, first.clone()]);
    let unknown = format!("contracts/{}", id());
    let refused = contracts
        .batch_get_contracts(request(&[&first.name, &unknown]))
        .await;
    assert_eq!(
        reason(&refused.expect_err("unknown")),
        "ERROR_REASON_OUT_OF_SCOPE"
    );
}
