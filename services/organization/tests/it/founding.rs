use salient_organization::{Founded, bootstrap};
use salient_proto::{
    access::v1::{GetProfileRequest, Post, profile_service_client::ProfileServiceClient},
    organization::v1::{LookupPostHoldersRequest, lookup_service_client::LookupServiceClient},
};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Company, founding};

#[tokio::test]
async fn it_is_founded_once() {
    let company = Company::start().await;
    assert!(company.founded.created);
    let again = bootstrap(company.service.database(), &founding()).await.unwrap();
    assert_eq!(
        again,
        Founded {
            created: false,
            ..company.founded
        }
    );

    let mut other = founding();
    other.administrator_number = "A002".into();
    assert!(bootstrap(company.service.database(), &other).await.is_err());
}

#[tokio::test]
async fn two_that_found_at_once_found_one_company() {
    let service = salient_testkit::TestService::<salient_organization::Organization>::start().await;
    let founding = founding();
    let (one, other) = tokio::join!(
        bootstrap(service.database(), &founding),
        bootstrap(service.database(), &founding)
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(
        (one.company, one.administrator),
        (other.company, other.administrator)
    );
    assert_ne!(one.created, other.created);
}

#[tokio::test]
async fn the_first_administrator_holds_the_post() {
    let company = Company::start().await;
    let person = format!("employees/{}", company.founded.administrator);
    let unit = format!("orgUnits/{}", company.founded.company);

    let mut profiles = ProfileServiceClient::new(company.administrator());
    let request = GetProfileRequest {
        name: format!("{person}/profile"),
    };
    let profile = profiles.get_profile(request.clone()).await.unwrap().into_inner();
    assert!(profile.active);
    assert_eq!(profile.posts.len(), 1);
    assert_eq!(
        (profile.posts[0].post(), &profile.posts[0].unit),
        (Post::Administrator, &unit)
    );
    assert_eq!(profile.posts[0].team_units, std::slice::from_ref(&unit));

    let mut as_service = ProfileServiceClient::new(company.service.channel_as_service("contracts"));
    assert_eq!(
        as_service.get_profile(request).await.unwrap().into_inner(),
        profile
    );
    let nobody = GetProfileRequest {
        name: format!("employees/{}/profile", Uuid::nil()),
    };
    assert_eq!(
        as_service.get_profile(nobody.clone()).await.unwrap_err().code(),
        Code::NotFound
    );
    // A person asks for their own only, and learns nothing about who else there is.
    assert_eq!(
        profiles.get_profile(nobody).await.unwrap_err().code(),
        Code::PermissionDenied
    );

    let mut lookup = LookupServiceClient::new(company.administrator());
    let request = LookupPostHoldersRequest {
        unit,
        post: Post::Administrator.into(),
        date: None,
    };
    let rung = lookup
        .lookup_post_holders(request)
        .await
        .unwrap()
        .into_inner()
        .rung
        .unwrap();
    assert_eq!(rung.holders.len(), 1);
    assert_eq!(
        (&rung.holders[0].employee, rung.holders[0].display_name.as_str()),
        (&person, "管理员")
    );
}

#[tokio::test]
async fn a_stranger_is_let_nowhere() {
    let company = Company::start().await;
    let mut profiles = ProfileServiceClient::new(company.service.channel_as_employee(Uuid::now_v7()));
    let request = GetProfileRequest {
        name: format!("employees/{}/profile", company.founded.administrator),
    };
    assert_eq!(
        profiles.get_profile(request).await.unwrap_err().code(),
        Code::PermissionDenied
    );
}
