use async_trait::async_trait;
use salient_database::migrate::MigrationSet;
use salient_operation::Post;
use salient_proto::{
    access::v1::{
        GetProfileRequest, profile_service_client::ProfileServiceClient,
        profile_service_server::ProfileServiceServer,
    },
    events::v1::{ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
};
use salient_server::{Host, Routes, Service};
use salient_testkit::{People, TestService, held};
use tonic::Code;

use crate::databases::bare;

/// A service without methods of its own, named so that the feed and the profiles admit it.
struct Bare;

#[async_trait]
impl Service for Bare {
    const NAME: &'static str = "contracts";
    const SCHEMA: &'static str = "bare";
    const PORT: u16 = 0;
    type Settings = std::collections::BTreeMap<String, String>;

    fn migrations() -> MigrationSet {
        bare()
    }

    async fn start(host: Host, _: Self::Settings) -> anyhow::Result<Routes> {
        let channel = host.peers.channel("organization")?;
        let mut client = ProfileServiceClient::new(channel);
        let nobody = GetProfileRequest {
            name: format!("employees/{}/profile", uuid::Uuid::nil()),
        };
        let status = client.get_profile(nobody).await.expect_err("nobody");
        anyhow::ensure!(status.code() == Code::NotFound, "{status:?}");
        Ok(Routes::default().add_service(ProfileServiceServer::new(People::default())))
    }
}

#[tokio::test]
async fn a_service_is_called_as_whom_the_test_makes_up() {
    let service = TestService::<Bare>::start().await;
    let people = service.people().clone();
    let li = people.add("李娜", &[held(Post::Administrator, people.company())]);
    let gone = people.add("王伟", &[]);
    people.depart(&gone);
    let list = |channel| async move {
        let mut client = EventFeedServiceClient::new(channel);
        client
            .list_events(ListEventsRequest {
                parent: "services/contracts".into(),
                ..Default::default()
            })
            .await
            .map_err(|status| status.code())
    };
    assert_eq!(
        list(service.anonymous_channel()).await.err(),
        Some(Code::Unauthenticated)
    );
    assert!(list(service.channel_as(&gone)).await.is_err());
    assert!(list(service.channel_as_service("analytics")).await.is_ok());
    assert!(list(service.channel_as(&li)).await.is_ok());
    service.stop().await;
}
