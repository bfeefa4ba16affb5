use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Request, header::AUTHORIZATION};
use salient_failure::Failure;
use salient_operation::{Caller, Deadline, Profile, Reach};
use salient_proto::POOL;
use tempfile::{TempDir, tempdir};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{Authentication, Gate};
use crate::{
    Admission, Rules,
    directory::Directory,
    token::{Algorithm, Expected, Issuer, KeySource, Verifier},
};

const METHOD: &str = "/salient.access.v1.ProfileService/GetProfile";
const ACTIVE: Uuid = Uuid::from_u128(1);
const INACTIVE: Uuid = Uuid::from_u128(2);
const UNKNOWN: Uuid = Uuid::from_u128(3);
const UNREACHABLE: Uuid = Uuid::from_u128(4);
const HOUR: Duration = Duration::from_secs(3600);

/// An organisation of the people above.
struct Organization;

#[async_trait]
impl Directory for Organization {
    async fn profile(&self, person: Uuid) -> salient_failure::Result<Arc<Profile>> {
        match person {
            UNKNOWN => Err(Failure::not_found("employees/3")),
            UNREACHABLE => Err(Failure::internal("relation \"employee\" does not exist")),
            _ => Ok(Arc::new(Profile {
                person,
                display_name: "李娜".into(),
                active: person == ACTIVE,
                posts: Vec::new(),
                organization_revision: 1,
            })),
        }
    }
}

/// A gate, and the tokens for it.
struct Setting {
    issuer: Issuer,
    gate: Gate,
    _folder: TempDir,
}

async fn setting() -> Setting {
    let folder = tempdir().expect("a folder");
    let issuer = Issuer::open(folder.path(), "salient", "salient").expect("made");
    let expected = Expected {
        issuer: "salient".into(),
        audience: "salient".into(),
        algorithm: Algorithm::EdDSA,
    };
    let source = KeySource::File(issuer.jwks().to_owned());
    let verifier = Verifier::start(source, expected).await.expect("keys");
    let rules = Rules::from_pool(&POOL, &["salient.access.v1.ProfileService"]).expect("rules");
    Setting {
        issuer,
        gate: Gate::new(
            Authentication::new(Arc::new(verifier), Arc::new(Organization)),
            Arc::new(rules),
        ),
        _folder: folder,
    }
}

impl Setting {
    fn person(&self, person: Uuid) -> Request<()> {
        call(&self.issuer.issue_person(person, HOUR).expect("signed"))
    }

    fn service(&self, name: &str) -> Request<()> {
        call(&self.issuer.issue_service(name, HOUR).expect("signed"))
    }

    async fn answer(&self, request: Request<()>) -> Result<Admission, Status> {
        let deadline = Deadline::within(HOUR);
        self.gate
            .admit(request.uri().path(), request.headers(), deadline)
            .await
    }

    async fn admitted(&self, request: Request<()>) -> Admission {
        self.answer(request).await.expect("admitted")
    }

    async fn refused(&self, request: Request<()>) -> (Code, String) {
        let status = self.answer(request).await.expect_err("refused");
        (
            status.code(),
            status.get_details_error_info().expect("ErrorInfo").reason,
        )
    }
}

fn call(token: &str) -> Request<()> {
    let request = Request::post(METHOD).header(AUTHORIZATION, format!("Bearer {token}"));
    request.body(()).expect("a request")
}

#[tokio::test]
async fn a_person_is_admitted_as_far_as_the_rule_says() {
    let setting = setting().await;
    let admission = setting.admitted(setting.person(ACTIVE)).await;
    assert!(matches!(admission.caller, Caller::Person(profile) if profile.person == ACTIVE));
    assert_eq!(admission.permit.reach(), &Reach::Own(ACTIVE));
    assert_eq!((admission.method, admission.rule.method), (METHOD, METHOD));
    assert!(!admission.deadline.expired());
}

#[tokio::test]
async fn a_service_is_admitted_as_itself() {
    let setting = setting().await;
    let admission = setting.admitted(setting.service("contracts")).await;
    assert_eq!(admission.caller.actor(), "services/contracts");
    assert_eq!(admission.permit.reach(), &Reach::Service);
    let (code, reason) = setting.refused(setting.service("planning")).await;
    assert_eq!(
        (code, reason.as_str()),
        (Code::PermissionDenied, "ERROR_REASON_POST_REQUIRED")
    );
}

#[tokio::test]
async fn without_a_bearer_token_nobody_gets_in() {
    let setting = setting().await;
    let bare = Request::post(METHOD).body(()).expect("a request");
    let mut basic = setting.person(ACTIVE);
    basic
        .headers_mut()
        .insert(AUTHORIZATION, "Basic dXNlcjpwYXNz".parse().expect("a header"));
    let mut binary = setting.person(ACTIVE);
    let bytes = http::HeaderValue::from_bytes(b"Bearer \xff").expect("a header");
    binary.headers_mut().insert(AUTHORIZATION, bytes);
    for request in [bare, basic, binary] {
        let (code, reason) = setting.refused(request).await;
        assert_eq!(
            (code, reason.as_str()),
            (Code::Unauthenticated, "ERROR_REASON_TOKEN_MISSING")
        );
    }
    let (code, reason) = setting.refused(call("nonsense")).await;
    assert_eq!(
        (code, reason.as_str()),
        (Code::Unauthenticated, "ERROR_REASON_TOKEN_INVALID")
    );
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    let setting = setting().await;
    let token = setting.issuer.issue_person(ACTIVE, HOUR).expect("signed");
    let request = Request::post(METHOD)
        .header(AUTHORIZATION, format!("bearer {token}"))
        .body(());
    setting.admitted(request.expect("a request")).await;
}

#[tokio::test]
async fn whoever_is_no_active_employee_may_do_nothing() {
    let setting = setting().await;
    for person in [INACTIVE, UNKNOWN] {
        let status = setting.answer(setting.person(person)).await.expect_err("refused");
        let info = status.get_details_error_info().expect("ErrorInfo");
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(info.reason, "ERROR_REASON_PERSON_INACTIVE");
        assert_eq!(info.metadata["person"], format!("employees/{person}"));
    }
}

#[tokio::test]
async fn a_directory_that_fails_is_a_reason_to_come_back_and_tells_nothing() {
    let setting = setting().await;
    let status = setting
        .answer(setting.person(UNREACHABLE))
        .await
        .expect_err("refused");
    let details = status.get_error_details();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(
        details.error_info().expect("ErrorInfo").metadata["outcome"],
        "NOT_DONE"
    );
    assert!(details.retry_info().is_some());
    assert!(!format!("{status:?}").contains("relation"));
}

#[tokio::test]
async fn a_method_without_a_rule_does_not_exist() {
    let setting = setting().await;
    let mut request = setting.person(ACTIVE);
    *request.uri_mut() = "/salient.access.v1.ProfileService/DropTables"
        .parse()
        .expect("a path");
    let (code, reason) = setting.refused(request).await;
    assert_eq!(
        (code, reason.as_str()),
        (Code::Unimplemented, "ERROR_REASON_METHOD_UNKNOWN")
    );
}

#[tokio::test]
async fn refusals_speak_the_callers_language() {
    let setting = setting().await;
    let request = Request::post(METHOD)
        .header("accept-language", "zh-CN,zh;q=0.9")
        .body(());
    let status = setting
        .answer(request.expect("a request"))
        .await
        .expect_err("refused");
    let message = status.get_details_localized_message().expect("LocalizedMessage");
    assert_eq!(
        (message.locale.as_str(), message.message.as_str()),
        ("zh-CN", "请先登录。")
    );
}

#[tokio::test]
async fn only_a_well_formed_trace_context_is_taken() {
    let setting = setting().await;
    let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (sent, taken) in [
        (good, Some(good)),
        ("00-4bf9-00f0-01", None),
        ("'; drop table event; --", None),
    ] {
        let mut request = setting.person(ACTIVE);
        request
            .headers_mut()
            .insert("traceparent", sent.parse().expect("a header"));
        assert_eq!(setting.admitted(request).await.traceparent.as_deref(), taken);
    }
}
