//! Who is let in, with real tokens and the rules of the proto.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use salient_access::{
    Authentication, Rules,
    directory::Directory,
    token::{Algorithm, Expected, Issuer, KeySource, Verifier},
};
use salient_failure::{Failure, Result};
use salient_operation::{HeldPost, Post, Profile};
use salient_proto::POOL;
use tempfile::TempDir;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::harness::{Methods, Server, with_token};

const DIRECTOR: Uuid = Uuid::from_u128(1);
const SALESPERSON: Uuid = Uuid::from_u128(2);
const COMPANY: Uuid = Uuid::from_u128(100);
const HOUR: Duration = Duration::from_secs(3600);

/// An issuer, and an organisation of a director and a salesperson.
pub(super) struct Identities {
    issuer: Issuer,
    authentication: Authentication,
    _folder: TempDir,
}

struct Organization;

#[async_trait]
impl Directory for Organization {
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        let post = match person {
            DIRECTOR => Post::Director,
            SALESPERSON => Post::Salesperson,
            _ => return Err(Failure::not_found(format!("employees/{person}"))),
        };
        let units = Arc::new(HashSet::from([COMPANY]));
        Ok(Arc::new(Profile {
            person,
            display_name: "李娜".into(),
            active: true,
            posts: vec![HeldPost {
                post,
                unit: COMPANY,
                team_units: units,
                region: None,
                region_code: String::new(),
                region_units: Arc::default(),
                substitute: false,
            }],
            organization_revision: 1,
        }))
    }
}

impl Identities {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(folder.path(), "salient", "salient").unwrap();
        let expected = Expected {
            issuer: "salient".into(),
            audience: "salient".into(),
            algorithm: Algorithm::EdDSA,
        };
        let verifier = Verifier::start(KeySource::File(issuer.jwks().to_owned()), expected)
            .await
            .unwrap();
        Self {
            authentication: Authentication::new(Arc::new(verifier), Arc::new(Organization)),
            issuer,
            _folder: folder,
        }
    }

    pub(super) fn rules(&self, services: &[&'static str]) -> Arc<Rules> {
        Arc::new(Rules::from_pool(&POOL, services).unwrap())
    }

    pub(super) fn authentication(&self) -> Authentication {
        self.authentication.clone()
    }

    pub(super) fn director(&self) -> String {
        self.issuer.issue_person(DIRECTOR, HOUR).unwrap()
    }

    pub(super) fn service(&self, name: &str) -> String {
        self.issuer.issue_service(name, HOUR).unwrap()
    }

    fn salesperson(&self) -> String {
        self.issuer.issue_person(SALESPERSON, HOUR).unwrap()
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn a_call_without_a_valid_token_is_not_authenticated() {
    let server = Server::start(Methods::default()).await;
    let mut feed = server.feed().await;
    let anonymous = tonic::Request::new(server.list().into_inner());
    let status = feed.list_events(anonymous).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(reason(&status), "ERROR_REASON_TOKEN_MISSING");
    let forged = with_token("no.token.at-all", server.list().into_inner());
    let status = feed.list_events(forged).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(reason(&status), "ERROR_REASON_TOKEN_INVALID");
}

#[tokio::test]
async fn the_methods_rule_says_which_posts_may_call() {
    let server = Server::start(Methods::default()).await;
    let mut feed = server.feed().await;
    assert!(feed.list_events(server.list()).await.is_ok());
    let request = with_token(&server.identities.salesperson(), server.list().into_inner());
    let status = feed.list_events(request).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), "ERROR_REASON_POST_REQUIRED");
    let info = status.get_details_error_info().unwrap();
    assert!(info.metadata["posts"].contains("POST_DIRECTOR"), "{info:?}");
}

#[tokio::test]
async fn the_methods_rule_says_which_services_may_call() {
    let server = Server::start(Methods::default()).await;
    let mut participant = server.participant().await;
    assert!(participant.confirm(server.confirm()).await.is_ok());
    for stranger in [
        server.identities.service("analytics"),
        server.identities.director(),
    ] {
        let request = with_token(&stranger, server.confirm().into_inner());
        let status = participant.confirm(request).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(reason(&status), "ERROR_REASON_POST_REQUIRED");
    }
}
