//! What sign-offs take from a customer's credit (P6.1.3).

use salient_proto::{
    approval::v1::{
        Fact, fact, participant_service_client::ParticipantServiceClient, reserve_response::Result as Answer,
    },
    customers::v1::{
        DeleteCustomerRequest, ListCreditEntriesRequest, UndeleteCustomerRequest, credit_entry::Kind,
    },
};
use tonic::Code;
use uuid::Uuid;

use crate::support::{
    Company, approval, confirm, info, is_reserved, money, reason, release, request_id, reserve, yuan,
};

#[tokio::test]
async fn a_reservation_is_confirmed_and_the_ledger_tells_the_story() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());

    let answer = participant
        .reserve(reserve(&approval, 1, &customer, yuan(400, 50)))
        .await;
    let Some(Answer::Reserved(reserved)) = answer.expect("answered").into_inner().result else {
        panic!("refused")
    };
    assert_eq!(reserved.amount, Some(yuan(400, 50)));
    let account = company.account(&customer).await;
    assert_eq!(
        (account.reserved, account.available),
        (Some(yuan(400, 50)), Some(yuan(599, 50)))
    );

    let confirmed = participant
        .confirm(confirm(&approval, 1))
        .await
        .expect("confirmed");
    assert_eq!(confirmed.into_inner().amount, Some(yuan(400, 50)));
    let account = company.account(&customer).await;
    assert_eq!(account.reserved, Some(yuan(0, 0)));
    assert_eq!(account.confirmed, Some(yuan(400, 50)));

    let request = ListCreditEntriesRequest {
        parent: customer.clone(),
        ..Default::default()
    };
    let entries = company.credit_as(&company.li).list_credit_entries(request).await;
    let entries = entries.expect("listed").into_inner().credit_entries;
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind()).collect();
    assert_eq!(kinds, [Kind::Confirmed, Kind::Reserved, Kind::LimitSet]);
    assert_eq!(entries[0].name, format!("{customer}/creditEntries/3"));
    assert_eq!(
        (entries[0].approval.as_str(), entries[0].round),
        (approval.as_str(), 1)
    );
    assert_eq!(entries[0].actor, "services/approval-orchestrator");
    assert_eq!(
        (&entries[1].reserved, &entries[0].reserved, &entries[0].confirmed),
        (&Some(yuan(400, 50)), &Some(yuan(0, 0)), &Some(yuan(400, 50)))
    );
}

#[tokio::test]
async fn asking_again_gives_the_first_answer_and_takes_nothing_more() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());

    let asked = reserve(&approval, 1, &customer, yuan(600, 0));
    let first = participant
        .reserve(asked.clone())
        .await
        .expect("answered")
        .into_inner();
    assert!(is_reserved(&first));
    // With the same key, and with another one after a restart of the orchestrator.
    for again in [asked.clone(), reserve(&approval, 1, &customer, yuan(600, 0))] {
        let again = participant.reserve(again).await.expect("answered").into_inner();
        assert_eq!(again, first);
    }
    assert_eq!(company.account(&customer).await.reserved, Some(yuan(600, 0)));

    let other = participant
        .reserve(reserve(&approval, 1, &customer, yuan(1, 0)))
        .await;
    let other = other.expect_err("another amount");
    assert_eq!(other.code(), Code::FailedPrecondition);
    assert_eq!(reason(&other), "ERROR_REASON_RESERVATION_MISMATCH");

    for _ in 0..2 {
        participant
            .release(release(&approval, 1))
            .await
            .expect("released");
    }
    assert_eq!(company.account(&customer).await.available, Some(yuan(1000, 0)));
    let second_round = participant
        .reserve(reserve(&approval, 2, &customer, yuan(600, 0)))
        .await;
    assert!(is_reserved(&second_round.expect("answered").into_inner()));
    for _ in 0..2 {
        let confirmed = participant
            .confirm(confirm(&approval, 2))
            .await
            .expect("confirmed");
        assert_eq!(confirmed.into_inner().amount, Some(yuan(600, 0)));
    }
    assert_eq!(company.account(&customer).await.confirmed, Some(yuan(600, 0)));
}

#[tokio::test]
async fn too_little_credit_is_refused_with_the_amounts_and_stays_refused() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());

    let asked = reserve(&approval, 1, &customer, yuan(1000, 1));
    let answer = participant
        .reserve(asked.clone())
        .await
        .expect("answered")
        .into_inner();
    let Some(Answer::Refused(refused)) = &answer.result else {
        panic!("reserved")
    };
    assert_eq!(refused.reason, "ERROR_REASON_CREDIT_INSUFFICIENT");
    for amount in ["1000.01", "1000.00"] {
        assert!(refused.message.contains(amount), "{}", refused.message);
        assert!(refused.message_zh.contains(amount), "{}", refused.message_zh);
    }
    assert!(refused.message_zh.contains("信用额度不足"));

    company.grant(&customer, 2000).await;
    let again = participant
        .reserve(reserve(&approval, 1, &customer, yuan(1000, 1)))
        .await;
    assert_eq!(
        again.expect("answered").into_inner(),
        answer,
        "for this round it is decided"
    );
    let confirmed = participant
        .confirm(confirm(&approval, 1))
        .await
        .expect_err("nothing reserved");
    assert_eq!(confirmed.code(), Code::NotFound);
    let released = participant
        .release(release(&approval, 1))
        .await
        .expect("nothing to do");
    assert_eq!(released.into_inner().amount, None);
    let next = participant
        .reserve(reserve(&approval, 2, &customer, yuan(1000, 1)))
        .await;
    assert!(is_reserved(&next.expect("answered").into_inner()));
}

#[tokio::test]
async fn what_has_no_credit_is_refused_and_says_why() {
    let company = Company::start().await;
    let granted = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&granted, 1000).await;
    let ungranted = company.create(&company.li, "钱塘实业").await.name;
    let unknown = format!("customers/{}", Uuid::now_v7());
    let mut participant = company.participant();
    for (customer, amount, expected) in [
        (
            &granted,
            money("USD", 1, 0),
            "ERROR_REASON_CREDIT_CURRENCY_MISMATCH",
        ),
        (&ungranted, yuan(1, 0), "ERROR_REASON_CREDIT_NOT_GRANTED"),
        (&unknown, yuan(1, 0), "ERROR_REASON_CREDIT_CUSTOMER_MISSING"),
    ] {
        let answer = participant
            .reserve(reserve(&approval(), 1, customer, amount))
            .await;
        let Some(Answer::Refused(refused)) = answer.expect("answered").into_inner().result else {
            panic!("reserved")
        };
        assert_eq!(refused.reason, expected);
    }
}

#[tokio::test]
async fn a_release_that_comes_first_keeps_the_reservation_from_taking_effect() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());

    let released = participant
        .release(release(&approval, 1))
        .await
        .expect("released");
    assert_eq!(released.into_inner().amount, None);
    let late = participant
        .reserve(reserve(&approval, 1, &customer, yuan(1, 0)))
        .await;
    let Some(Answer::Refused(refused)) = late.expect("answered").into_inner().result else {
        panic!("reserved")
    };
    assert_eq!(refused.reason, "ERROR_REASON_RESERVATION_RELEASED");
    assert_eq!(company.account(&customer).await.reserved, Some(yuan(0, 0)));
    let confirmed = participant
        .confirm(confirm(&approval, 1))
        .await
        .expect_err("released");
    assert_eq!(reason(&confirmed), "ERROR_REASON_RESERVATION_RELEASED");
}

#[tokio::test]
async fn what_is_final_cannot_be_released_and_what_was_never_asked_cannot_be_confirmed() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());
    let missing = participant
        .confirm(confirm(&approval, 1))
        .await
        .expect_err("never asked");
    assert_eq!(missing.code(), Code::NotFound);
    let reserved = participant
        .reserve(reserve(&approval, 1, &customer, yuan(1, 0)))
        .await;
    assert!(is_reserved(&reserved.expect("answered").into_inner()));
    participant
        .confirm(confirm(&approval, 1))
        .await
        .expect("confirmed");
    let released = participant
        .release(release(&approval, 1))
        .await
        .expect_err("final");
    assert_eq!(released.code(), Code::FailedPrecondition);
    assert_eq!(info(&released).metadata["approval"], approval);
}

#[tokio::test]
async fn a_customer_in_a_sign_off_stays_and_a_deleted_one_gets_no_credit() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let (approval, mut participant) = (approval(), company.participant());
    let reserved = participant
        .reserve(reserve(&approval, 1, &customer, yuan(10, 0)))
        .await;
    assert!(is_reserved(&reserved.expect("answered").into_inner()));

    let delete = || DeleteCustomerRequest {
        name: customer.clone(),
        etag: String::new(),
        request_id: request_id(),
    };
    let mut customers = company.customers_as(&company.director);
    let refused = customers
        .delete_customer(delete())
        .await
        .expect_err("in a sign-off");
    assert_eq!(reason(&refused), "ERROR_REASON_CUSTOMER_IN_SIGN_OFF");
    participant
        .release(release(&approval, 1))
        .await
        .expect("released");
    customers.delete_customer(delete()).await.expect("deleted");

    let answer = participant
        .reserve(reserve(&approval, 2, &customer, yuan(10, 0)))
        .await;
    let Some(Answer::Refused(refused)) = answer.expect("answered").into_inner().result else {
        panic!("reserved")
    };
    assert_eq!(refused.reason, "ERROR_REASON_CREDIT_CUSTOMER_MISSING");
    let undelete = UndeleteCustomerRequest {
        name: customer.clone(),
        etag: String::new(),
        request_id: request_id(),
    };
    customers.undelete_customer(undelete).await.expect("back");
    let answer = participant
        .reserve(reserve(&approval, 3, &customer, yuan(10, 0)))
        .await;
    assert!(is_reserved(&answer.expect("answered").into_inner()));
}

#[tokio::test]
async fn a_request_without_one_sensible_amount_is_invalid() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    company.grant(&customer, 1000).await;
    let asked = || reserve(&approval(), 1, &customer, yuan(1, 0));
    let mut none = asked();
    none.facts.clear();
    let mut twice = asked();
    twice.facts.push(twice.facts[0].clone());
    let mut text = asked();
    text.facts = vec![Fact {
        name: "amount".to_owned(),
        value: Some(fact::Value::Text("1 CNY".to_owned())),
    }];
    let negative = reserve(&approval(), 1, &customer, yuan(-1, 0));
    let too_fine = reserve(
        &approval(),
        1,
        &customer,
        salient_proto::google::r#type::Money {
            nanos: 1,
            ..yuan(1, 0)
        },
    );
    for request in [none, twice, text, negative, too_fine] {
        let refused = company.participant().reserve(request).await.expect_err("invalid");
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    }
}

#[tokio::test]
async fn only_the_orchestrator_reserves() {
    let company = Company::start().await;
    let customer = company.create(&company.li, "西湖商贸").await.name;
    let request = reserve(&approval(), 1, &customer, yuan(1, 0));
    for channel in [
        company.service.channel_as(&company.director),
        company.service.channel_as_service("contracts"),
    ] {
        let mut client = ParticipantServiceClient::new(channel);
        let refused = client.reserve(request.clone()).await.expect_err("not for them");
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}
