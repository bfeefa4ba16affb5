//! Credit limits (P6.1.3).

use salient_proto::customers::v1::{CreditAccount, ListCreditEntriesRequest};
use tonic::Code;
use uuid::Uuid;

use crate::support::{Company, approval, info, is_reserved, money, reason, reserve, set_limit, yuan};

#[tokio::test]
async fn a_customer_without_a_limit_has_an_empty_account() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    let expected = CreditAccount {
        name: format!("{customer}/credit"),
        etag: "\"0\"".to_owned(),
        ..CreditAccount::default()
    };
    assert_eq!(company.account(&customer).await, expected);

    let mut first = set_limit(&customer, yuan(100, 0));
    first.etag = expected.etag;
    let set = company
        .credit_as(&company.finance)
        .set_credit_limit(first.clone())
        .await
        .expect("set")
        .into_inner();
    assert_eq!(
        (set.limit, set.available, set.etag.as_str()),
        (Some(yuan(100, 0)), Some(yuan(100, 0)), "\"1\"")
    );
    first.request_id = crate::support::request_id();
    let stale = company
        .credit_as(&company.finance)
        .set_credit_limit(first)
        .await
        .expect_err("stale");
    assert_eq!(stale.code(), Code::Aborted);
}

#[tokio::test]
async fn a_limit_covers_what_is_taken_and_keeps_its_currency_meanwhile() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 100).await;
    let reserved = company
        .participant()
        .reserve(reserve(&approval(), 1, &customer, yuan(60, 0)))
        .await;
    assert!(is_reserved(&reserved.expect("answered").into_inner()));

    let mut credit = company.credit_as(&company.finance);
    let refused = credit
        .set_credit_limit(set_limit(&customer, yuan(59, 99)))
        .await
        .expect_err("too little");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let info = info(&refused);
    assert_eq!(info.reason, "ERROR_REASON_CREDIT_LIMIT_BELOW_EXPOSURE");
    assert_eq!(
        (
            info.metadata["exposure"].as_str(),
            info.metadata["requested"].as_str()
        ),
        ("CNY 60.00", "CNY 59.99")
    );
    let refused = credit
        .set_credit_limit(set_limit(&customer, money("USD", 500, 0)))
        .await
        .expect_err("in use");
    assert_eq!(reason(&refused), "ERROR_REASON_CREDIT_CURRENCY_IN_USE");
    credit
        .set_credit_limit(set_limit(&customer, yuan(60, 0)))
        .await
        .expect("exactly");
}

#[tokio::test]
async fn malformed_limits_are_refused() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    let mut credit = company.credit_as(&company.finance);
    for limit in [
        yuan(-1, 0),
        money("XXZ", 1, 0),
        money("JPY", 1, 50),
        salient_proto::google::r#type::Money {
            nanos: 1,
            ..yuan(1, 0)
        },
    ] {
        let refused = credit
            .set_credit_limit(set_limit(&customer, limit))
            .await
            .expect_err("malformed");
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    }
    let mut unexplained = set_limit(&customer, yuan(1, 0));
    unexplained.reason.clear();
    let refused = credit.set_credit_limit(unexplained).await.expect_err("no reason");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let nobody = set_limit(&format!("customers/{}", Uuid::now_v7()), yuan(1, 0));
    let refused = credit.set_credit_limit(nobody).await.expect_err("nobody");
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn the_ledger_is_read_page_by_page() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    for limit in 1..=5 {
        company.grant(&customer, limit).await;
    }
    let mut credit = company.credit_as(&company.li);
    let mut request = ListCreditEntriesRequest {
        parent: customer.clone(),
        page_size: 2,
        page_token: String::new(),
    };
    let mut limits = Vec::new();
    loop {
        let page = credit
            .list_credit_entries(request.clone())
            .await
            .expect("listed")
            .into_inner();
        limits.extend(
            page.credit_entries
                .iter()
                .map(|entry| entry.limit.as_ref().expect("a limit").units),
        );
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(limits, [5, 4, 3, 2, 1]);

    let other = company.create(&company.li, "钱塘实业").await.name;
    request.parent = other;
    let refused = credit
        .list_credit_entries(request)
        .await
        .expect_err("another query's token");
    assert_eq!(reason(&refused), "ERROR_REASON_PAGE_TOKEN_INVALID");
}
