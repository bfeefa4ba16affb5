//! An approval as one trace, however long it took: a root from submission to outcome, a span for each visit of a step in it, one
//! for each task in that, with their true times, linked to the calls that moved it.
//!
//! The trace's id is the approval's own, and each span's id the end of what it is about: a trace that is exported twice is the same
//! trace, and who knows the approval knows its trace. It is exported by the replica whose change ended the approval, after that is
//! saved: once in the ordinary case. It comes again where a collector took it and could not say so, or the same request was made twice
//! at once; it is lost where the process dies before it has left, or the collector is away for long.

use salient_telemetry::FinishedSpan;
use salient_values::name;
use uuid::Uuid;

use crate::domain::approval::{Approval, Task, Visit};

/// The spans of an approval that has ended; none before.
#[must_use]
pub fn spans(approval: &Approval) -> Vec<FinishedSpan> {
    let Some(end) = approval.end_time else {
        return Vec::new();
    };
    let trace_id = approval.id.into_bytes();
    let linked = |task: Option<Uuid>| {
        let moves = approval.moves.iter().filter(|made| made.task == task);
        moves.map(|made| made.traceparent.clone()).collect()
    };
    let root = FinishedSpan {
        trace_id,
        span_id: span_id(approval.id),
        parent: None,
        name: format!("sign-off {}", approval.subject.kind),
        start: approval.create_time.into(),
        end: end.into(),
        attributes: vec![
            ("salient.approval", name::format("approvals", approval.id)),
            ("salient.approval.kind", approval.subject.kind.clone()),
            ("salient.approval.state", approval.state.name().to_owned()),
            ("salient.approval.rounds", approval.round.to_string()),
        ],
        links: linked(None),
    };
    let visit = |visit: &Visit| FinishedSpan {
        trace_id,
        span_id: span_id(visit.id),
        parent: Some(span_id(approval.id)),
        name: format!("step {}", visit.step),
        start: visit.start_time.into(),
        end: visit.end_time.unwrap_or(end).into(),
        attributes: vec![
            ("salient.step", visit.step.clone()),
            ("salient.step.visit", visit.number.to_string()),
            ("salient.step.round", visit.round.to_string()),
            ("salient.step.state", format!("{:?}", visit.state).to_uppercase()),
        ],
        links: Vec::new(),
    };
    let task = |task: &Task| FinishedSpan {
        trace_id,
        span_id: span_id(task.id),
        parent: Some(span_id(task.visit)),
        name: "task".to_owned(),
        start: task.create_time.into(),
        end: task.end_time.unwrap_or(end).into(),
        attributes: vec![
            ("salient.task", name::format("tasks", task.id)),
            ("salient.task.state", task.state.name().to_owned()),
        ],
        links: linked(Some(task.id)),
    };
    let mut spans = vec![root];
    spans.extend(approval.visits.iter().map(visit));
    spans.extend(approval.tasks.iter().map(task));
    spans
}

/// The end of an id: its random part.
fn span_id(id: Uuid) -> [u8; 8] {
    let [.., a, b, c, d, e, f, g, h] = id.into_bytes();
    [a, b, c, d, e, f, g, h]
}
