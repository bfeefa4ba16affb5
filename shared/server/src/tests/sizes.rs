//! Messages beyond the limit.

use salient_config::Limits;
use salient_proto::events::v1::ListEventsRequest;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{Methods, Server};

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_with_the_limit() {
    let limits = Limits {
        message_bytes: 1000,
        ..Limits::default()
    };
    let server = Server::start_with(Methods::default(), limits).await;
    let mut feed = server.feed().await;
    for (types, code) in [(4, None), (10, Some(Code::ResourceExhausted))] {
        let types = vec!["t".repeat(200); types];
        let request = ListEventsRequest {
            parent: "services/test".into(),
            types,
            ..Default::default()
        };
        let answer = feed.list_events(server.by_director(request)).await;
        assert_eq!(answer.as_ref().err().map(tonic::Status::code), code);
        if let Err(status) = answer {
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.reason, "ERROR_REASON_TOO_LARGE");
            assert_eq!(info.metadata["limit"], "1000 bytes");
        }
    }
}
