//! The event feed, which every service serves beside its own methods.

use futures::future::ready;
use salient_outbox::feed::FeedService;
use salient_proto::events::v1::{
    Event, ListEventsRequest, ListEventsResponse, StreamEventsRequest,
    event_feed_service_server::{EventFeedService, EventFeedServiceServer},
};
use tonic::{Request, Response, Status};

use crate::{Answers, server_stream, unary};

/// Puts a feed on the wire.
pub(crate) fn server(feed: FeedService) -> EventFeedServiceServer<Feed> {
    EventFeedServiceServer::new(Feed(feed))
}

#[derive(Clone)]
pub(crate) struct Feed(FeedService);

#[tonic::async_trait]
impl EventFeedService for Feed {
    type StreamEventsStream = Answers<Event>;

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let feed = self.0.clone();
        unary(request, async move |op, message| {
            feed.list_events(&op, message).await
        })
        .await
    }

    async fn stream_events(
        &self,
        request: Request<StreamEventsRequest>,
    ) -> Result<Response<Answers<Event>>, Status> {
        let feed = self.0.clone();
        server_stream(request, move |_, message| ready(feed.stream_events(message))).await
    }
}
