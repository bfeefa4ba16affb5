use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http_body::Body as HttpBody;
use salient_failure::{Failure, Kind, Result};
use salient_operation::Profile;
use salient_proto::access::v1::{
    ErrorReason, GetProfileRequest, profile_service_client::ProfileServiceClient,
};
use tokio::time::timeout;
use tonic::{Code, Request, body::Body, client::GrpcService};
use tower::BoxError;
use uuid::Uuid;

use super::Directory;

/// How long the answer may take. Several calls may wait for it, so it is the directory's own and no caller's.
const TIME: Duration = Duration::from_secs(2);
/// When a caller should come back where nobody could be asked.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Asks the service that offers `salient.access.v1.ProfileService`.
pub struct RemoteDirectory<C> {
    client: ProfileServiceClient<C>,
}

impl<C> RemoteDirectory<C>
where
    C: GrpcService<
            Body,
            Error: Into<BoxError>,
            ResponseBody: HttpBody<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
        >,
{
    /// Asks over this channel.
    pub fn new(channel: C) -> Self {
        Self {
            client: ProfileServiceClient::new(channel),
        }
    }
}

#[async_trait]
impl<C> Directory for RemoteDirectory<C>
where
    C: GrpcService<
            Body,
            Error: Into<BoxError>,
            Future: Send,
            ResponseBody: HttpBody<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        let mut request = Request::new(GetProfileRequest {
            name: format!("employees/{person}/profile"),
        });
        request.set_timeout(TIME);
        // Clients are clones of one channel and cheap.
        let mut client = self.client.clone();
        let answered = timeout(TIME, client.get_profile(request))
            .await
            .map_err(unavailable)?;
        match answered {
            Ok(profile) => {
                let profile = Profile::try_from(profile.into_inner()).map_err(Failure::internal)?;
                Ok(Arc::new(profile))
            }
            Err(status) if status.code() == Code::NotFound => {
                Err(Failure::not_found(format!("employees/{person}")))
            }
            Err(status) => Err(unavailable(status)),
        }
    }
}

fn unavailable(cause: impl Into<BoxError>) -> Failure {
    Failure::new(Kind::Unavailable, ErrorReason::Unavailable)
        .retry_after(RETRY_AFTER)
        .because(cause)
}

#[cfg(test)]
mod tests {
    use salient_failure::Kind;
    use salient_operation::Profile;
    use salient_proto::access::v1::{
        self, GetProfileRequest,
        profile_service_server::{ProfileService, ProfileServiceServer},
    };
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::{
        Request, Response, Status,
        transport::{Channel, Endpoint, Server},
    };
    use uuid::Uuid;

    use super::{Directory as _, RemoteDirectory};

    const KNOWN: Uuid = Uuid::from_u128(1);
    const BROKEN: Uuid = Uuid::from_u128(2);

    struct Organization;

    #[tonic::async_trait]
    impl ProfileService for Organization {
        async fn get_profile(
            &self,
            request: Request<GetProfileRequest>,
        ) -> Result<Response<v1::Profile>, Status> {
            let name = request.into_inner().name;
            if name == format!("employees/{KNOWN}/profile") {
                let person = format!("employees/{KNOWN}");
                Ok(Response::new(v1::Profile {
                    person,
                    active: true,
                    ..Default::default()
                }))
            } else if name == format!("employees/{BROKEN}/profile") {
                Ok(Response::new(v1::Profile::default()))
            } else {
                Err(Status::not_found(""))
            }
        }
    }

    async fn directory() -> RemoteDirectory<Channel> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = Server::builder().add_service(ProfileServiceServer::new(Organization));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        RemoteDirectory::new(endpoint.connect_lazy())
    }

    #[tokio::test]
    async fn the_organisations_answer_is_the_profile() {
        let profile = directory().await.profile(KNOWN).await.expect("known");
        assert_eq!(
            Profile {
                person: KNOWN,
                active: true,
                ..(*profile).clone()
            },
            *profile
        );
    }

    #[tokio::test]
    async fn somebody_unknown_and_an_answer_that_is_none_are_told_apart() {
        let directory = directory().await;
        let unknown = directory.profile(Uuid::from_u128(9)).await.expect_err("unknown");
        assert_eq!(unknown.kind(), Kind::NotFound);
        let broken = directory.profile(BROKEN).await.expect_err("no profile");
        assert_eq!(broken.kind(), Kind::Internal);
    }

    #[tokio::test]
    async fn nobody_to_ask_is_unavailable() {
        // Port 1 on loopback: nothing listens there.
        let directory = RemoteDirectory::new(Endpoint::from_static("http://127.0.0.1:1").connect_lazy());
        let failure = directory.profile(KNOWN).await.expect_err("nobody there");
        assert_eq!(failure.kind(), Kind::Unavailable);
    }
}
