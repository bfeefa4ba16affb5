//! A finished approval reaches a collector as one trace, with the times that it really took.
//!
//! Where spans go is set for a process, so the approval runs in one of its own: this binary again, with the test named that runs it.

use std::{collections::HashMap, net::SocketAddr, process::Command, time::Duration};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
    trace::v1::Span,
};
use salient_config::{LogFormat, Telemetry};
use salient_proto::approval::v1::{RequestApprovalRequest, ReturnTaskRequest, approval::State};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

use crate::house::{House, approve_request, id};

/// What the approval's process says of it, line by line.
const SAID: &str = "said: ";

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

/// A call that belongs to the trace of this number.
fn in_trace<T>(number: u8, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let traceparent = format!("00-{}-{:016x}-01", trace(number), 1);
    request
        .metadata_mut()
        .insert("traceparent", traceparent.parse().unwrap());
    request
}

fn trace(number: u8) -> String {
    format!("{number:02x}").repeat(16)
}

fn nanos(time: Option<&prost_types::Timestamp>) -> i64 {
    let time = time.unwrap();
    time.seconds * 1_000_000_000 + i64::from(time.nanos)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test below, in a process with a collector set"]
async fn an_approval_of_two_rounds() {
    let settings = Telemetry {
        format: LogFormat::Json,
        ..Telemetry::default()
    };
    let guard = salient_telemetry::init(&settings, "salient-test").unwrap();
    let house = House::open().await;
    let returning = |name: &str, step: &str| ReturnTaskRequest {
        name: name.to_owned(),
        step: step.to_owned(),
        comment: "请修改".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let first = house.request();
    let approval = first.approval.clone();
    let submit = in_trace(1, first.clone());
    house.intake().request_approval(submit).await.unwrap();
    let task = house.task_of(&house.zhang, &approval).await;
    let back = in_trace(2, returning(&task.name, ""));
    house.tasks(&house.zhang).return_task(back).await.unwrap();
    // So that the waterfall has something to show.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = RequestApprovalRequest {
        round: 2,
        request_id: id(),
        ..first
    };
    house
        .intake()
        .request_approval(in_trace(3, second))
        .await
        .unwrap();
    for (person, number) in [
        (&house.zhang, 4),
        (&house.wang, 5),
        (&house.zhang, 6),
        (&house.wang, 7),
    ] {
        let task = house.task_of(person, &approval).await;
        if number == 5 {
            let back = in_trace(number, returning(&task.name, "review"));
            house.tasks(person).return_task(back).await.unwrap();
        } else {
            let yes = in_trace(number, approve_request(&task));
            house.tasks(person).approve_task(yes).await.unwrap();
        }
    }
    let ended = house.until(&approval, State::Approved).await;
    let id = approval.strip_prefix("approvals/").unwrap();
    let (start, end) = (nanos(ended.create_time.as_ref()), nanos(ended.end_time.as_ref()));
    println!("{SAID}{id} sign-off|contract - {start} {end}");
    for visit in &ended.visits {
        let (start, end) = (nanos(visit.start_time.as_ref()), nanos(visit.end_time.as_ref()));
        println!("{SAID}- step|{} {} {start} {end}", visit.step, visit.visit);
        for task in &visit.tasks {
            let (start, end) = (nanos(task.create_time.as_ref()), nanos(task.end_time.as_ref()));
            println!("{SAID}{} task {} {start} {end}", task.name, visit.visit);
        }
    }
    drop(house);
    drop(guard);
}

fn attribute(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(Value::StringValue(value)) => value,
        _ => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn times(span: &Span) -> String {
    format!("{} {}", span.start_time_unix_nano, span.end_time_unix_nano)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_approval_is_one_trace_with_true_times_parents_and_links() {
    let (address, mut received) = collector().await;
    let run = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "waterfall::an_approval_of_two_rounds",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))
            .output()
            .unwrap()
    });
    let output = run.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<Vec<&str>> = said
        .lines()
        .filter_map(|line| line.split_once(SAID))
        .map(|(_, said)| said.split(' ').collect())
        .collect();

    received.close();
    let mut batches = Vec::new();
    while let Some(request) = received.recv().await {
        for spans in request
            .resource_spans
            .into_iter()
            .flat_map(|resource| resource.scope_spans)
        {
            batches.push(spans.spans);
        }
    }
    let waterfalls: Vec<_> = batches
        .iter()
        .filter(|batch| batch.iter().any(|span| span.name.starts_with("sign-off")))
        .collect();
    let [waterfall] = waterfalls.as_slice() else {
        panic!("exported once, in one batch: {waterfalls:?}");
    };
    let trace_id = said[0][0].replace('-', "");
    assert!(
        waterfall
            .iter()
            .all(|span| hex(&span.trace_id) == trace_id && span.flags & 1 == 1)
    );
    assert_eq!(waterfall.len(), said.len(), "{said:?}");
    let by_id: HashMap<_, _> = waterfall.iter().map(|span| (hex(&span.span_id), span)).collect();
    assert_eq!(by_id.len(), waterfall.len());
    let root = &waterfall[0];
    assert!(root.parent_span_id.is_empty());
    let mut steps = 0;
    let mut step = "";
    for said in &said {
        let [name, what, visit, start, end] = said[..] else {
            panic!("{said:?}");
        };
        let what = what.replace('|', " ");
        let found = waterfall.iter().find(|span| {
            span.name == what
                && (name == "-" || what.starts_with("sign-off") || attribute(span, "salient.task") == name)
                && (name != "-" || attribute(span, "salient.step.visit") == visit)
        });
        let span = found.unwrap_or_else(|| panic!("{what} {visit} is not there"));
        assert_eq!(times(span), format!("{start} {end}"), "{what}");
        if name == "-" {
            (steps, step) = (steps + 1, said[1].split_once('|').unwrap().1);
            assert_eq!(span.parent_span_id, root.span_id);
        } else if what == "task" {
            let parent = by_id[&hex(&span.parent_span_id)];
            assert_eq!(
                (
                    attribute(parent, "salient.step"),
                    attribute(parent, "salient.step.visit")
                ),
                (step.to_owned(), visit.to_owned())
            );
        }
    }
    assert_eq!(steps, 5, "a return to the submitter, and one to the first step");

    // Each task is linked to the call that decided it, the root to those that moved it otherwise.
    let links = |span: &Span| {
        let links: Vec<_> = span.links.iter().map(|link| hex(&link.trace_id)).collect();
        links
    };
    let mut tasks: Vec<_> = waterfall.iter().filter(|span| span.name == "task").collect();
    tasks.sort_by_key(|span| span.start_time_unix_nano);
    let deciding: Vec<_> = tasks.into_iter().flat_map(links).collect();
    assert_eq!(deciding, [2, 4, 5, 6, 7].map(trace));
    let others = links(root);
    assert!(
        others.contains(&trace(1)) && others.contains(&trace(3)),
        "submitted twice: {others:?}"
    );
}
