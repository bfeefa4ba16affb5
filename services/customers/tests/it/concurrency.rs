//! Many at once.

use std::{collections::HashMap, sync::Arc};

use diesel_async::RunQueryDsl as _;
use futures::future::join_all;
use prost::Message as _;
use salient_proto::customers::v1::{
    CreateCustomerRequest, CreditConfirmed, CreditReserved, Customer, ListCreditEntriesRequest,
    SetGradeRequest, credit_entry::Kind,
};
use tonic::Code;
use uuid::Uuid;

use crate::support::{
    Company, approval, confirm, create, is_reserved, named, reason, release, request_id, reserve, set_limit,
    yuan,
};

const CLIENTS: u64 = 64;
const CUSTOMERS: usize = 10;
const ROUNDS_PER_CLIENT: u64 = 24;
const LIMIT: i64 = 1_000;

/// Numbers that look random and are the same each time.
fn scattered(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// 64 clients reserve, confirm, release and repeat on ten customers whose credit covers a small part of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn credit_is_never_overspent_and_sums_are_exact() {
    let company = Arc::new(Company::start().await);
    let mut customers = Vec::new();
    for number in 0..CUSTOMERS {
        let customer = company.create(&company.li, &format!("客户{number}")).await.name;
        company.grant(&customer, LIMIT).await;
        customers.push(customer);
    }
    let customers = Arc::new(customers);
    let clients = (0..CLIENTS).map(|client| {
        let (company, customers) = (Arc::clone(&company), Arc::clone(&customers));
        tokio::spawn(async move {
            let (mut participant, mut below) = (company.participant(), scattered(client + 1));
            let mut kept: HashMap<String, [i64; 2]> = HashMap::new();
            for _ in 0..ROUNDS_PER_CLIENT {
                let customer = &customers[below(CUSTOMERS as u64) as usize];
                let fen = 1 + below(20_000) as i64;
                let (approval, amount) = (approval(), yuan(fen / 100, (fen % 100) as i32));
                let asked = reserve(&approval, 1, customer, amount);
                let answer = participant
                    .reserve(asked.clone())
                    .await
                    .expect("answered")
                    .into_inner();
                if below(4) == 0 {
                    let again = participant.reserve(asked).await.expect("answered").into_inner();
                    assert_eq!(again, answer);
                }
                if !is_reserved(&answer) {
                    continue;
                }
                let [reserved, confirmed] = kept.entry(customer.clone()).or_default();
                match below(3) {
                    0 => *reserved += fen,
                    1 => {
                        participant
                            .confirm(confirm(&approval, 1))
                            .await
                            .expect("confirmed");
                        *confirmed += fen;
                    }
                    _ => drop(
                        participant
                            .release(release(&approval, 1))
                            .await
                            .expect("released"),
                    ),
                }
            }
            kept
        })
    });
    let mut expected: HashMap<String, [i64; 2]> = HashMap::new();
    for kept in join_all(clients).await {
        for (customer, [reserved, confirmed]) in kept.expect("a client") {
            let sums = expected.entry(customer).or_default();
            sums[0] += reserved;
            sums[1] += confirmed;
        }
    }
    let mut refused_somewhere = false;
    for customer in customers.iter() {
        let account = company.account(customer).await;
        let [reserved, confirmed] = expected[customer];
        let fen = |money: &Option<salient_proto::google::r#type::Money>| {
            let money = money.as_ref().expect("an amount");
            money.units * 100 + i64::from(money.nanos / 10_000_000)
        };
        assert_eq!(fen(&account.reserved), reserved);
        assert_eq!(fen(&account.confirmed), confirmed);
        assert!(reserved + confirmed <= LIMIT * 100, "overspent");
        refused_somewhere |= fen(&account.available) < 20_000;
    }
    assert!(refused_somewhere, "the credit was never scarce");
    assert_ledger_adds_up(&company).await;
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// Each account is the sum of its entries, which are numbered without gaps; so are open reservations.
async fn assert_ledger_adds_up(company: &Company) {
    let mut owner = company.service.owner().await;
    for (what, query) in [
        (
            "entries that do not add up to the account",
            "SELECT count(*) FROM credit_account a, LATERAL (
                SELECT coalesce(sum(amount) FILTER (WHERE kind = 'RESERVED'), 0)
                       - coalesce(sum(amount) FILTER (WHERE kind IN ('CONFIRMED', 'RELEASED')), 0) AS reserved,
                    coalesce(sum(amount) FILTER (WHERE kind = 'CONFIRMED'), 0) AS confirmed, count(*) AS version
                FROM credit_entry e WHERE e.customer = a.customer) e
             WHERE a.reserved <> e.reserved OR a.confirmed <> e.confirmed OR a.version <> e.version",
        ),
        (
            "entries that were over the limit",
            "SELECT count(*) FROM credit_entry WHERE reserved + confirmed > credit_limit OR reserved < 0",
        ),
        (
            "accounts that their reservations do not add up to",
            "SELECT count(*) FROM credit_account a WHERE a.reserved <> (
                SELECT coalesce(sum(amount), 0) FROM credit_reservation r
                WHERE r.customer = a.customer AND r.state = 'RESERVED')",
        ),
    ] {
        let count: Count = diesel::sql_query(query).get_result(&mut owner).await.expect("asked");
        assert_eq!(count.count, 0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn confirm_against_release_one_wins() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1_000_000).await;
    let (mut confirmed_count, participant) = (0, company.participant());
    for _ in 0..100 {
        let approval = approval();
        let [mut first, mut second, mut third] = [(); 3].map(|()| participant.clone());
        first
            .reserve(reserve(&approval, 1, &customer, yuan(1, 0)))
            .await
            .expect("answered");
        let (confirmed, released) = tokio::join!(
            second.confirm(confirm(&approval, 1)),
            third.release(release(&approval, 1)),
        );
        match (confirmed, released) {
            (Ok(_), Err(status)) => {
                assert_eq!(reason(&status), "ERROR_REASON_RESERVATION_CONFIRMED");
                confirmed_count += 1;
            }
            (Err(status), Ok(_)) => assert_eq!(reason(&status), "ERROR_REASON_RESERVATION_RELEASED"),
            both => panic!("{both:?}"),
        }
    }
    let account = company.account(&customer).await;
    assert_eq!(
        (account.reserved, account.confirmed),
        (Some(yuan(0, 0)), Some(yuan(confirmed_count, 0)))
    );
    assert_ledger_adds_up(&company).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reserve_against_release_ends_released() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1_000).await;
    let participant = company.participant();
    for _ in 0..100 {
        let approval = approval();
        let [mut first, mut second, mut third] = [(); 3].map(|()| participant.clone());
        let (reserved, again, released) = tokio::join!(
            first.reserve(reserve(&approval, 1, &customer, yuan(1, 0))),
            second.reserve(reserve(&approval, 1, &customer, yuan(1, 0))),
            third.release(release(&approval, 1)),
        );
        reserved.expect("answered");
        again.expect("answered");
        released.expect("released");
    }
    assert_eq!(company.account(&customer).await.reserved, Some(yuan(0, 0)));
    assert_ledger_adds_up(&company).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_record_the_same_customer_one_does() {
    let company = Company::start().await;
    for number in 0..10 {
        let spellings = ["客户（{}）", "客户({})", "客户 {}", "客户{}。"];
        let requests = spellings.iter().cycle().take(12).map(|spelling| {
            let mut customers = company.customers_as(&company.li);
            let request = create(named(&spelling.replace("{}", &number.to_string())));
            async move { customers.create_customer(request).await }
        });
        let (created, refused): (Vec<_>, Vec<_>) =
            join_all(requests).await.into_iter().partition(Result::is_ok);
        assert_eq!(created.len(), 1);
        let created = created
            .into_iter()
            .next()
            .expect("one")
            .expect("recorded")
            .into_inner();
        for refused in refused {
            let status = refused.expect_err("refused");
            assert_eq!(status.code(), Code::AlreadyExists);
            assert_eq!(crate::support::info(&status).metadata["customer"], created.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_many_times_at_once_has_one_effect_and_one_answer() {
    let company = Company::start().await;
    let request = CreateCustomerRequest {
        customer: Some(named("西湖商贸")),
        request_id: request_id(),
    };
    let calls = (0..16).map(|_| {
        let (mut customers, request) = (company.customers_as(&company.li), request.clone());
        async move { customers.create_customer(request).await }
    });
    let answers: Vec<Customer> = join_all(calls)
        .await
        .into_iter()
        .map(|answer| answer.expect("the same answer").into_inner())
        .collect();
    assert!(answers.iter().all(|answer| answer == &answers[0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grades_given_at_once_follow_each_other_without_gaps() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    let calls = (0..24).map(|number| {
        let (mut customers, name) = (company.customers_as(&company.supervisor), customer.clone());
        let request = SetGradeRequest {
            name,
            grade: number % 4 + 1,
            reason: "复评".to_owned(),
            etag: String::new(),
            request_id: Uuid::now_v7().to_string(),
        };
        async move { customers.set_grade(request).await }
    });
    for answer in join_all(calls).await {
        answer.expect("graded");
    }
    let mut owner = company.service.owner().await;
    let gaps = "SELECT count(*) FROM grade_period a LEFT JOIN grade_period b \
                ON b.customer = a.customer AND b.number = a.number + 1 WHERE a.end_time IS DISTINCT FROM b.start_time";
    let gaps: Count = diesel::sql_query(gaps)
        .get_result(&mut owner)
        .await
        .expect("asked");
    assert_eq!(gaps.count, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_set_while_credit_is_taken_always_covers_it() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 100).await;
    let reserving = (0..40).map(|_| {
        let (mut participant, customer) = (company.participant(), customer.clone());
        async move {
            let asked = reserve(&approval(), 1, &customer, yuan(5, 0));
            participant.reserve(asked).await.map(drop).expect("answered");
        }
    });
    let limiting = (0..20).map(|number| {
        let mut credit = company.credit_as(&company.finance);
        let request = set_limit(&customer, yuan(50 + number * 5, 0));
        async move {
            if let Err(status) = credit.set_credit_limit(request).await {
                assert_eq!(reason(&status), "ERROR_REASON_CREDIT_LIMIT_BELOW_EXPOSURE");
            }
        }
    });
    tokio::join!(join_all(reserving), join_all(limiting));
    assert_ledger_adds_up(&company).await;
}

/// Whoever rebuilds the credit from the feed must see it grow as the ledger did, though a reservation and its event are one statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn events_come_in_the_order_of_the_ledger() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1_000_000).await;
    let clients = (0..8).map(|_| {
        let (mut participant, customer) = (company.participant(), customer.clone());
        tokio::spawn(async move {
            for _ in 0..25 {
                let approval = approval();
                let asked = reserve(&approval, 1, &customer, yuan(1, 0));
                participant.reserve(asked).await.expect("answered");
                participant
                    .confirm(confirm(&approval, 1))
                    .await
                    .expect("confirmed");
            }
        })
    });
    for client in join_all(clients).await {
        client.expect("a client");
    }

    let request = ListCreditEntriesRequest {
        parent: customer.clone(),
        page_size: 1_000,
        page_token: String::new(),
    };
    let entries = company
        .credit_as(&company.finance)
        .list_credit_entries(request)
        .await
        .expect("listed");
    let mut ledger: Vec<_> = entries
        .into_inner()
        .credit_entries
        .into_iter()
        .filter(|entry| entry.round == 1)
        .map(|entry| (entry.kind() == Kind::Reserved, entry.approval))
        .collect();
    ledger.reverse();
    assert_eq!(ledger.len(), 400);

    let mut owner = company.service.owner().await;
    let rows: Vec<EventRow> = diesel::sql_query("SELECT type, payload FROM event ORDER BY seq")
        .load(&mut owner)
        .await
        .expect("read");
    let told: Vec<_> = rows.iter().filter_map(EventRow::credit).collect();
    assert_eq!(told, ledger);
}

#[derive(diesel::QueryableByName)]
struct EventRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    r#type: String,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    payload: Vec<u8>,
}

impl EventRow {
    /// Whether something was reserved or confirmed, and for which approval.
    fn credit(&self) -> Option<(bool, String)> {
        let payload = prost_types::Any::decode(self.payload.as_slice()).expect("an Any");
        match self.r#type.rsplit('.').next() {
            Some("CreditReserved") => {
                let event = CreditReserved::decode(payload.value.as_slice()).expect("the event");
                Some((true, event.approval))
            }
            Some("CreditConfirmed") => {
                let event = CreditConfirmed::decode(payload.value.as_slice()).expect("the event");
                Some((false, event.approval))
            }
            _ => None,
        }
    }
}
