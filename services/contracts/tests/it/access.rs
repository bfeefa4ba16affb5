use salient_operation::Post;
use salient_proto::contracts::v1::{GetContractRequest, ListContractsRequest, SubmitContractRequest};
use salient_testkit::held;

use crate::house::{House, answered, id, reason};

#[tokio::test]
async fn everyone_reads_as_far_as_their_posts_reach() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let people = house.service.people();
    let director = people.add("孙磊", &[held(Post::Director, people.company())]);
    let elsewhere = people.region("HB");
    let manager = people.add("周杰", &[held(Post::RegionalManager, elsewhere)]);
    let courier = people.add("吴刚", &[held(Post::CustomerService, house.team)]);
    for (person, expected) in [
        (&house.li, Ok(1)),
        (&house.wang, Ok(1)),
        (&director, Ok(1)),
        (&house.zhao, Err("ERROR_REASON_OUT_OF_SCOPE")),
        (&manager, Err("ERROR_REASON_OUT_OF_SCOPE")),
        (&courier, Err("ERROR_REASON_POST_REQUIRED")),
    ] {
        let mut contracts = house.contracts(person);
        let request = GetContractRequest {
            name: draft.name.clone(),
        };
        let read = contracts.get_contract(request).await;
        let outcome = read.map(|_| 1).map_err(|status| reason(&status));
        assert_eq!(
            outcome,
            expected.map_err(str::to_owned),
            "{}",
            person.display_name()
        );
        if expected != Err("ERROR_REASON_POST_REQUIRED") {
            let listed = contracts.list_contracts(ListContractsRequest::default()).await;
            let listed = answered(listed).contracts.len();
            assert_eq!(listed, expected.unwrap_or(0), "{}", person.display_name());
        }
    }
}

#[tokio::test]
async fn a_contract_that_does_not_exist_is_like_one_out_of_reach() {
    let house = House::new().await;
    let people = house.service.people();
    let director = people.add("孙磊", &[held(Post::Director, people.company())]);
    let request = GetContractRequest {
        name: format!("contracts/{}", id()),
    };
    let by_li = house.contracts(&house.li).get_contract(request.clone()).await;
    assert_eq!(reason(&by_li.expect_err("unknown")), "ERROR_REASON_OUT_OF_SCOPE");
    let by_director = house.contracts(&director).get_contract(request).await;
    assert_eq!(
        reason(&by_director.expect_err("unknown")),
        "ERROR_REASON_RESOURCE_NOT_FOUND"
    );
}

#[tokio::test]
async fn nobody_submits_for_another() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let request = SubmitContractRequest {
        name: draft.name,
        request_id: id(),
        ..SubmitContractRequest::default()
    };
    let refused = house
        .contracts(&house.zhao)
        .submit_contract(request.clone())
        .await;
    assert_eq!(
        reason(&refused.expect_err("another's")),
        "ERROR_REASON_OUT_OF_SCOPE"
    );
    let refused = house.contracts(&house.wang).submit_contract(request).await;
    assert_eq!(
        reason(&refused.expect_err("a supervisor")),
        "ERROR_REASON_POST_REQUIRED"
    );
}
