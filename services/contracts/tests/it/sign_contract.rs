use salient_proto::{
    contracts::v1::{ArchiveContractRequest, SignContractRequest, contract::State},
    google::r#type::Date,
};
use tonic::Code;

use crate::{
    files::{PDF, upload},
    house::{House, answered, id, reason},
};

#[tokio::test]
async fn only_what_is_approved_is_signed() {
    let house = House::new().await;
    let submitted = house.submitted().await;
    let refused = house.sign(&submitted).await.expect_err("not approved");
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_STATE_FORBIDS")
    );
    let signed = house.sign(&house.approved().await).await.expect("approved");
    assert_eq!(signed.state(), State::Signed);
    let signing = signed.signing.clone().expect("signed");
    assert_eq!(
        (
            signing.company_signatory.as_str(),
            signing.customer_signatory.as_str()
        ),
        ("王伟", "陈静")
    );
    assert!(signing.sign_date.is_some());
    assert_eq!(house.read(&signed.name).await, signed);
}

#[tokio::test]
async fn nothing_is_signed_before_its_approval() {
    let house = House::new().await;
    let approved = house.approved().await;
    let request = SignContractRequest {
        name: approved.name.clone(),
        sign_date: Some(Date {
            year: 2020,
            month: 1,
            day: 1,
        }),
        company_signatory: "王伟".into(),
        customer_signatory: "陈静".into(),
        etag: String::new(),
        request_id: id(),
    };
    let refused = house.contracts(&house.li).sign_contract(request).await;
    assert_eq!(
        reason(&refused.expect_err("too early")),
        "ERROR_REASON_SIGN_DATE_INVALID"
    );
}

#[tokio::test]
async fn a_company_may_want_the_file_before_the_signature_counts() {
    let house = House::with(&[("services.contracts.settings.sign_requires_file", "true")]).await;
    let approved = house.approved().await;
    let refused = house.sign(&approved).await.expect_err("no file");
    assert_eq!(reason(&refused), "ERROR_REASON_SIGNED_FILE_MISSING");
    upload(&house, &approved.name, PDF).await.expect("taken");
    house
        .sign(&house.read(&approved.name).await)
        .await
        .expect("filed");
}

#[tokio::test]
async fn a_contract_is_archived_with_its_file() {
    let house = House::new().await;
    let signed = house.sign(&house.approved().await).await.expect("approved");
    let archive = async || {
        let request = ArchiveContractRequest {
            name: signed.name.clone(),
            etag: String::new(),
            request_id: id(),
        };
        house.contracts(&house.wang).archive_contract(request).await
    };
    let refused = archive().await.expect_err("no file");
    assert_eq!(reason(&refused), "ERROR_REASON_SIGNED_FILE_MISSING");
    let file = upload(&house, &signed.name, PDF).await.expect("taken");
    let archived = answered(archive().await);
    assert_eq!(archived.state(), State::Archived);
    assert_eq!(archived.signed_file, file.name);
    assert!(archived.archive_time.is_some());
    let late = upload(&house, &signed.name, b"%PDF-1.7 another")
        .await
        .expect_err("archived");
    assert_eq!(reason(&late), "ERROR_REASON_STATE_FORBIDS");
}
