use salient_proto::contracts::v1::{CreateContractRequest, contract::State};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::house::{House, answered, cny, decimal, id, reason, sample};

#[tokio::test]
async fn a_draft_is_what_was_sent_with_its_sums() {
    let house = House::new().await;
    let draft = house.drafted().await;
    assert_eq!(draft.state(), State::Draft);
    assert_eq!(draft.total, cny(100_001, 0));
    assert_eq!(draft.lines[1].total, cny(1, 0));
    assert_eq!(draft.owner, house.li.name());
    assert_eq!(
        (draft.unit.clone(), draft.region_code.as_str()),
        (house.team.name(), "HD")
    );
    assert_eq!((draft.revision, draft.number.as_str()), (1, ""));
    assert_eq!(draft.digest.len(), 32);
    // What is answered is what is kept.
    assert_eq!(house.read(&draft.name).await, draft);
}

#[tokio::test]
async fn a_repeated_request_makes_no_second_contract() {
    let house = House::new().await;
    let request = CreateContractRequest {
        contract: Some(sample()),
        request_id: id(),
    };
    let mut contracts = house.contracts(&house.li);
    let first = answered(contracts.create_contract(request.clone()).await);
    assert_eq!(answered(contracts.create_contract(request.clone()).await), first);
    let mut other = request;
    other.contract = Some(salient_proto::contracts::v1::Contract {
        title: "另一份".into(),
        ..sample()
    });
    let refused = contracts
        .create_contract(other)
        .await
        .expect_err("another request");
    assert_eq!(reason(&refused), "ERROR_REASON_REQUEST_ID_REUSED");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let house = House::new().await;
    let refusal = async |change: fn(&mut salient_proto::contracts::v1::Contract)| {
        let mut contract = sample();
        change(&mut contract);
        let request = CreateContractRequest {
            contract: Some(contract),
            request_id: id(),
        };
        let refused = house.contracts(&house.li).create_contract(request).await;
        let refused = refused.expect_err("wrong");
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        let fields = refused.get_details_bad_request().map(|bad| bad.field_violations);
        let field = fields.and_then(|fields| fields.first().map(|field| field.field.clone()));
        (reason(&refused), field.unwrap_or_default())
    };
    let named = |reason: &str, field: &str| (format!("ERROR_REASON_{reason}"), field.to_owned());
    assert_eq!(
        refusal(|contract| contract.payments[1].amount = cny(70_000, 990_000_000)).await,
        named("PAYMENTS_MISMATCH", "contract.payments")
    );
    assert_eq!(
        refusal(|contract| contract.lines[0].quantity = decimal("two")).await,
        named("REQUEST_INVALID", "contract.lines[0].quantity")
    );
    assert_eq!(
        refusal(|contract| contract.lines[0].unit_price = cny(1, 5_000_000)).await,
        named("AMOUNT_INVALID", "contract.lines[0].unit_price")
    );
    assert_eq!(
        refusal(|contract| contract.lines[0].unit_price = cny(9_000_000_000_000, 0)).await,
        named("AMOUNT_INVALID", "contract.lines[0].unit_price")
    );
    assert_eq!(
        refusal(|contract| contract.customer.clear()).await,
        named("REQUEST_INVALID", "contract.customer")
    );
    assert_eq!(
        refusal(|contract| contract.liability = "违约\0".into()).await,
        named("REQUEST_INVALID", "contract.liability")
    );
}

#[tokio::test]
async fn only_a_salesperson_drafts() {
    let house = House::new().await;
    let request = CreateContractRequest {
        contract: Some(sample()),
        request_id: id(),
    };
    let refused = house.contracts(&house.wang).create_contract(request).await;
    assert_eq!(
        reason(&refused.expect_err("a supervisor")),
        "ERROR_REASON_POST_REQUIRED"
    );
}
