//! A real sample company, which nobody here made, works through the public API alone: 830 orders become signed contracts.

use std::time::Duration;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use futures::{StreamExt as _, stream};
use rust_decimal::Decimal;
use salient_proto::approval::v1::VerifyAuditTrailRequest;
use salient_tests::{company::Company, contract::amount, desk::approval_name, journey::Journey};

const AT_ONCE: usize = 16;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_hundred_and_thirty_orders_become_signed_contracts() {
    let journey = Journey::start(Company::found().await).await;
    let signed = journey.play(AT_ONCE).await;

    assert_eq!(signed.len(), 830);
    assert_eq!(
        signed.iter().map(|contract| contract.lines.len()).sum::<usize>(),
        2_155
    );
    let total: Decimal = signed
        .iter()
        .map(|contract| amount(contract.total.as_ref().unwrap()))
        .sum();
    assert_eq!(total, journey.northwind.total());
    // Written down once, so that a mistake shared by the test and the service would show.
    assert_eq!(total.to_string(), "1265793.29");

    nothing_is_left(&journey).await;
    let approvals = &journey.management.approvals;
    stream::iter(&signed)
        .for_each_concurrent(AT_ONCE, async |contract| {
            let request = VerifyAuditTrailRequest {
                name: approval_name(contract),
            };
            let verified = approvals
                .clone()
                .verify_audit_trail(request)
                .await
                .unwrap()
                .into_inner();
            assert!(verified.intact, "{verified:?}");
        })
        .await;
    let mut confirmed = Decimal::ZERO;
    for customer in journey.customers.values() {
        let credit = journey.management.credit_of(customer).await;
        confirmed += credit.confirmed.as_ref().map(amount).unwrap_or_default();
        assert_eq!(
            credit.reserved.as_ref().map(amount).unwrap_or_default(),
            Decimal::ZERO
        );
    }
    assert_eq!(confirmed, total);
}

/// No open task and no undelivered call, in any schema.
async fn nothing_is_left(journey: &Journey) {
    for desk in journey.employees.values().chain([&journey.management]) {
        assert!(
            desk.inbox().await.is_empty(),
            "{} has nothing left to decide",
            desk.employee
        );
    }
    for schema in ["organization", "customers", "contracts", "approval"] {
        let mut owner = journey.company.suite().test_database().owner(schema).await;
        for attempt in 0.. {
            let left: Count = diesel::sql_query("SELECT count(*) AS count FROM outbox")
                .get_result(&mut owner)
                .await
                .unwrap();
            if left.count == 0 {
                break;
            }
            assert!(
                attempt < 200,
                "{} calls of {schema} were never delivered",
                left.count
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
