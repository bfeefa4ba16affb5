//! What goes wrong is told precisely, with the documented details.

use rust_decimal::Decimal;
use salient_proto::{
    contracts::v1::{
        Contract, CreateContractRequest, ListContractsRequest, UpdateContractRequest,
        contract_service_client::ContractServiceClient,
    },
    google::r#type::Money,
};
use salient_tests::{
    company::{Department, id_of, request_id},
    contract::{contract_over, money},
    refusal::{fields, reason},
};
use tonic::{Code, Request};

async fn department() -> (Department, String) {
    let department = Department::open().await;
    let customer = department
        .salesperson
        .customer("上海精工机械有限公司", &department.team)
        .await
        .name;
    department
        .finance
        .limit(&customer, money(Decimal::from(1_000_000), "CNY"))
        .await;
    (department, customer)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_a_client_is_named() {
    let (department, customer) = department().await;
    let salesperson = &department.salesperson;
    let good = contract_over(&customer, Decimal::from(100));

    // A wrong person: finance drafts no contracts.
    let refused = department.finance.draft(good.clone()).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::PermissionDenied, "ERROR_REASON_POST_REQUIRED")
    );

    // A repeated request id: the same body gets the same answer, another body is refused.
    let id = request_id();
    let create = async |contract: &Contract| {
        let request = CreateContractRequest {
            contract: Some(contract.clone()),
            request_id: id.clone(),
        };
        salesperson.contracts.clone().create_contract(request).await
    };
    let first = create(&good).await.unwrap().into_inner();
    assert_eq!(create(&good).await.unwrap().into_inner(), first);
    let refused = create(&contract_over(&customer, Decimal::from(200)))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_REQUEST_ID_REUSED")
    );

    // A stale etag.
    let update = async |etag: &str| {
        let contract = Contract {
            name: first.name.clone(),
            etag: etag.into(),
            ..contract_over(&customer, Decimal::from(300))
        };
        let request = UpdateContractRequest {
            contract: Some(contract),
            request_id: request_id(),
            ..Default::default()
        };
        salesperson.contracts.clone().update_contract(request).await
    };
    update(&first.etag).await.unwrap();
    let refused = update(&first.etag).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "ERROR_REASON_ETAG_MISMATCH")
    );

    // A malformed amount, an amount beyond range, a missing field: the field is named.
    let mut malformed = good.clone();
    malformed.lines[0].unit_price = Some(Money {
        currency_code: "CNY".into(),
        units: 1,
        nanos: -5,
    });
    let mut beyond = good.clone();
    beyond.lines[0].unit_price = Some(Money {
        currency_code: "CNY".into(),
        units: i64::MAX,
        nanos: 0,
    });
    let mut missing = good.clone();
    missing.lines[0].unit_price = None;
    for (what, contract) in [
        ("malformed", malformed),
        ("beyond range", beyond),
        ("missing", missing),
    ] {
        let refused = salesperson.draft(contract).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{what}: {refused:?}");
        assert!(
            fields(&refused).iter().any(|field| field.contains("lines[0]")),
            "{what}: {:?}",
            fields(&refused)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_belongs_to_its_query() {
    let (department, customer) = department().await;
    let salesperson = &department.salesperson;
    for _ in 0..3 {
        salesperson
            .draft(contract_over(&customer, Decimal::from(100)))
            .await
            .unwrap();
    }
    let list = async |filter: &str, page_token: &str| {
        let request = ListContractsRequest {
            page_size: 2,
            page_token: page_token.into(),
            filter: filter.into(),
            ..Default::default()
        };
        Ok::<_, tonic::Status>(
            salesperson
                .contracts
                .clone()
                .list_contracts(request)
                .await?
                .into_inner(),
        )
    };
    let first = list("", "").await.unwrap();
    assert_eq!(first.contracts.len(), 2);
    let second = list("", &first.next_page_token).await.unwrap();
    assert_eq!((second.contracts.len(), second.next_page_token.as_str()), (1, ""));
    for (filter, token) in [
        ("state = DRAFT", first.next_page_token.as_str()),
        ("", "nonsense"),
    ] {
        let refused = list(filter, token).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "ERROR_REASON_PAGE_TOKEN_INVALID")
        );
    }
    let refused = list("colour = red", "").await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_FILTER_INVALID")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_refused() {
    let (department, _) = department().await;
    let suite = department.company.suite();
    let employee = id_of(&department.salesperson.employee);
    let token = suite.person_token(employee, std::time::Duration::ZERO);
    // Past the few seconds by which clocks may differ.
    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{}", suite.address("contracts")));
    let mut contracts = ContractServiceClient::new(channel.unwrap().connect_lazy());
    let mut request = Request::new(ListContractsRequest::default());
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    let refused = contracts.list_contracts(request).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unauthenticated, "ERROR_REASON_TOKEN_EXPIRED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_outside_ones_posts_is_neither_seen_nor_known() {
    let (department, customer) = department().await;
    let contract = department
        .salesperson
        .draft(contract_over(&customer, Decimal::from(100)))
        .await
        .unwrap();
    let north = department.company.region("华北", "HB").await;
    let team = department.company.team("华北一组", &north).await;
    let stranger = department
        .company
        .employ("S-9", "郑爽", salient_proto::access::v1::Post::Salesperson, &team)
        .await;
    let stranger = department.company.desk(&stranger);
    let read = async |name: &str| {
        let request = salient_proto::contracts::v1::GetContractRequest { name: name.into() };
        stranger
            .contracts
            .clone()
            .get_contract(request)
            .await
            .unwrap_err()
    };
    let there = read(&contract.name).await;
    let nowhere = read(&format!("contracts/{}", uuid::Uuid::now_v7())).await;
    assert_eq!(
        (there.code(), reason(&there)),
        (nowhere.code(), reason(&nowhere)),
        "the same answer for both"
    );
    assert_eq!(there.code(), Code::PermissionDenied);
}
