//! Traces leave the process when, and only when, the standard variables ask for it.
//!
//! Variables and the subscriber belong to a process, so each case runs in one of its own: this binary again, with the one
//! test named that does the work.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::{
    net::SocketAddr,
    process::Command,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
};
use salient_config::{LogFormat, Telemetry};
use salient_telemetry::FinishedSpan;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const NO_SUCH_VARIABLE: &str = "OTEL_NOTHING";

struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

async fn collector() -> (SocketAddr, mpsc::UnboundedReceiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = mpsc::unbounded_channel();
    let server = Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (address, received)
}

/// Runs one of the ignored tests below in a process of its own and returns what it logged.
async fn in_a_process(test: &'static str, variable: &'static str, value: String) -> String {
    let run = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--ignored", "--nocapture"])
            .env_remove(ENDPOINT)
            .env(variable, value)
            .output()
            .unwrap()
    });
    let output = run.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn json() -> Telemetry {
    Telemetry {
        format: LogFormat::Json,
        ..Telemetry::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the tests below, in a process with a collector set"]
async fn traced() {
    let guard = salient_telemetry::init(&json(), "salient-test").unwrap();
    assert!(salient_telemetry::exporting());
    let span = tracing::info_span!("work", "otel.kind" = "server");
    let traceparent = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    salient_telemetry::adopt(
        &span,
        &HeaderMap::from_iter([("traceparent".parse().unwrap(), traceparent)]),
    );
    assert_eq!(salient_telemetry::trace_id(&span), TRACE);
    let onwards = salient_telemetry::traceparent(&span).unwrap();
    assert!(
        onwards.starts_with(&format!("00-{TRACE}-")) && !onwards.contains(PARENT),
        "{onwards}"
    );
    drop(span);
    drop(guard);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the tests below, in a process with a collector set"]
async fn finished() {
    let guard = salient_telemetry::init(&json(), "salient-test").unwrap();
    let at = |second| SystemTime::UNIX_EPOCH + Duration::from_secs(second);
    let span = |id, parent, start, end| FinishedSpan {
        trace_id: [7; 16],
        span_id: [id; 8],
        parent,
        name: "work".to_owned(),
        start: at(start),
        end: at(end),
        attributes: vec![("kind", "contract".to_owned())],
        links: vec![format!("00-{TRACE}-{PARENT}-01"), "not a traceparent".to_owned()],
    };
    salient_telemetry::export_finished(vec![
        span(1, None, 1_000, 900_000),
        // A clock that went back in between.
        span(2, Some([1; 8]), 2_000, 1_500),
    ]);
    drop(guard);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the tests below, in a process without a collector"]
async fn untraced() {
    let _guard = salient_telemetry::init(&json(), "salient-test").unwrap();
    assert!(!salient_telemetry::exporting());
    let span = tracing::info_span!("work");
    assert_eq!(salient_telemetry::traceparent(&span), None);
    // Still something by which the answer and the log find each other, each time another.
    let trace_id = salient_telemetry::trace_id(&span);
    assert_eq!(trace_id.len(), 32);
    assert_ne!(trace_id, salient_telemetry::trace_id(&span));
    let call = tracing::info_span!(
        "rpc",
        rpc.method = "Get",
        secret = "s",
        trace_id = tracing::field::Empty
    );
    call.record("trace_id", &trace_id);
    let below = tracing::info_span!(parent: &call, "query");
    below.in_scope(|| tracing::info!(answer = 42, trace_id, "logged"));
    tracing::debug!("not logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_the_spans_with_the_callers_trace() {
    let (address, mut received) = collector().await;
    in_a_process("traced", ENDPOINT, format!("http://{address}")).await;
    let request = timeout(Duration::from_secs(10), received.recv())
        .await
        .unwrap()
        .unwrap();
    let resource = &request.resource_spans[0];
    let attributes = &resource.resource.as_ref().unwrap().attributes;
    let name = attributes
        .iter()
        .find(|attribute| attribute.key == "service.name")
        .unwrap();
    let Some(Value::StringValue(name)) = name.value.clone().and_then(|value| value.value) else {
        panic!("no name: {name:?}");
    };
    assert_eq!(name, "salient-test");
    let span = &resource.scope_spans[0].spans[0];
    assert_eq!(span.name, "work");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        (hex(&span.trace_id), hex(&span.parent_span_id)),
        (TRACE.to_owned(), PARENT.to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_spans_leave_in_one_batch_with_their_own_ids_and_times() {
    let (address, mut received) = collector().await;
    in_a_process("finished", ENDPOINT, format!("http://{address}")).await;
    let request = timeout(Duration::from_secs(10), received.recv())
        .await
        .unwrap()
        .unwrap();
    let spans = &request.resource_spans[0].scope_spans[0].spans;
    let [root, part] = spans.as_slice() else {
        panic!("{spans:?}");
    };
    assert_eq!(
        (&root.trace_id[..], &root.span_id[..]),
        (&[7; 16][..], &[1; 8][..])
    );
    assert_eq!(
        (root.start_time_unix_nano, root.end_time_unix_nano),
        (1_000_000_000_000, 900_000_000_000_000)
    );
    assert!(root.parent_span_id.is_empty());
    assert_eq!(root.flags & 1, 1, "sampled");
    assert_eq!(part.parent_span_id, [1; 8]);
    assert_eq!(part.end_time_unix_nano, part.start_time_unix_nano);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let links: Vec<_> = root.links.iter().map(|link| hex(&link.trace_id)).collect();
    assert_eq!(links, [TRACE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_collector_holds_nobody() {
    // Port 1 on loopback: nothing listens there.
    let run = in_a_process("traced", ENDPOINT, "http://127.0.0.1:1".into());
    timeout(Duration::from_secs(20), run).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_there_are_logs_only() {
    let logged = in_a_process("untraced", NO_SUCH_VARIABLE, String::new()).await;
    let lines: Vec<_> = logged.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(lines.len(), 1, "{logged}");
    let line: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(line["answer"], 42, "{logged}");
    let call = &line["spans"][0];
    assert_eq!(
        (&call["name"], &call["rpc.method"]),
        (&"rpc".into(), &"Get".into()),
        "{logged}"
    );
    assert_eq!(call["trace_id"], line["trace_id"], "recorded later: {logged}");
    assert_eq!(call["secret"], serde_json::Value::Null, "{logged}");
}
