use std::collections::{BTreeSet, VecDeque};

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ExportAuditTrailsRequest, ExportAuditTrailsResponse};
use salient_values::{name, timestamp};
use uuid::Uuid;

use super::{history, now};
use crate::{
    anchors::Found,
    app::App,
    domain::{
        approval::Approval,
        export::{End, FORMAT, Header, Key, Line, Tally, VERSION},
    },
    error::Error,
    store::{Query, anchored_newest, approvals_created_in},
};

/// How many bytes of lines one message holds, about.
const MESSAGE: usize = 256 << 10;
/// How many approvals are read at a time.
const APPROVALS: i64 = 50;
/// How many anchors are remembered to have been sent; one that is not is sent twice, which does no harm.
const REMEMBERED: usize = 10_000;

/// Exports histories with everything that is needed to verify them offline (P1.3).
pub async fn export_audit_trails(
    app: App,
    op: OpContext,
    request: ExportAuditTrailsRequest,
) -> Result<impl Stream<Item = Result<ExportAuditTrailsResponse, Error>>, Error> {
    let scope = Scope::of(&request)?;
    let mut header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        create_time: now(),
        ..Header::default()
    };
    let mut exporter = Exporter {
        newest_anchor: newest_anchor(&app, &op).await?,
        app,
        op,
        todo: VecDeque::new(),
        range: None,
        sent: BTreeSet::new(),
        tally: Tally::default(),
        stage: Stage::Trails,
    };
    match scope {
        Scope::Approval(id) => {
            if exporter.app.find(&exporter.op, id).await?.is_none() {
                return Err(Error::NotFound(request.approval));
            }
            header.approval = Some(id);
            exporter.todo.push_back(id);
        }
        Scope::CreatedIn(start, end) => {
            (header.start_time, header.end_time) = (Some(start), Some(end));
            exporter.range = Some(Range {
                of: (start, end),
                after: None,
            });
        }
    }
    let first = exporter.begin(header)?;
    let rest = stream::try_unfold(exporter, |mut exporter| async move {
        Ok(exporter.step().await?.map(|lines| (lines, exporter)))
    });
    let messages = stream::once(async move { Ok::<_, Error>(first) })
        .chain(rest)
        .map_ok(|lines| stream::iter(messages(lines).into_iter().map(Ok)))
        .try_flatten();
    Ok(messages)
}

/// Whose histories.
#[derive(Clone, Copy)]
enum Scope {
    Approval(Uuid),
    CreatedIn(Timestamp, Timestamp),
}

impl Scope {
    fn of(request: &ExportAuditTrailsRequest) -> Result<Self, Error> {
        let time = |time: &prost_types::Timestamp, field| {
            timestamp::from_proto(time).map_err(|error| error.at(field))
        };
        match (request.approval.as_str(), &request.start_time, &request.end_time) {
            ("", Some(start), Some(end)) => Ok(Self::CreatedIn(
                time(start, "start_time")?,
                time(end, "end_time")?,
            )),
            (approval, None, None) if !approval.is_empty() => {
                let id = name::parse("approvals", approval).map_err(|error| error.at("approval"))?;
                Ok(Self::Approval(id))
            }
            _ => {
                Err(Failure::invalid_field("approval", "set either this, or start_time and end_time").into())
            }
        }
    }
}

/// Where the export stands.
struct Exporter {
    app: App,
    op: OpContext,
    /// Anchors up to this one are exported. What is read after it was there has grown at least as far as they say.
    newest_anchor: i64,
    todo: VecDeque<Uuid>,
    range: Option<Range>,
    sent: BTreeSet<i64>,
    tally: Tally,
    stage: Stage,
}

/// Approvals by the time of their creation.
struct Range {
    of: (Timestamp, Timestamp),
    after: Option<(Timestamp, Uuid)>,
}

enum Stage {
    /// The next approval.
    Trails,
    /// The rest of this approval's history, behind an entry.
    Entries(Box<Approval>, i64),
    /// Nothing any more.
    Ended,
}

impl Exporter {
    fn begin(&mut self, header: Header) -> Result<Vec<String>, Error> {
        let mut lines = vec![self.line(&Line::Header(header))?];
        let keys = self.app.anchor_keys.clone();
        for (key_id, public_key) in keys.public().iter() {
            lines.push(self.line(&Line::Key(Key {
                key_id: key_id.to_owned(),
                public_key: public_key.to_vec(),
            }))?);
        }
        Ok(lines)
    }

    /// The next lines; `None` after the last.
    async fn step(&mut self) -> Result<Option<Vec<String>>, Error> {
        let op = history::step(&self.op);
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Trails => match self.next_approval(&op).await? {
                Some(approval) => {
                    let lines = self.anchors(&op, approval.id).await?;
                    self.stage = Stage::Entries(Box::new(approval), 0);
                    Ok(Some(lines))
                }
                None => Ok(Some(vec![self.end()?])),
            },
            Stage::Entries(approval, after) => self.entries(&op, approval, after).await.map(Some),
            Stage::Ended => Ok(None),
        }
    }

    /// The next approval as it is now.
    async fn next_approval(&mut self, op: &OpContext) -> Result<Option<Approval>, Error> {
        if self.todo.is_empty()
            && let Some(range) = &mut self.range
        {
            let (of, after) = (range.of, range.after);
            let list = async move |connection: &mut Connection| {
                Ok::<_, Error>(approvals_created_in(connection, of, after, APPROVALS).await?)
            };
            let found = self
                .app
                .database
                .read(op, Query::ApprovalsCreatedIn, list)
                .await?;
            if let Some(last) = found.last() {
                range.after = Some((last.create_time, last.id));
            }
            self.todo.extend(found.iter().map(|approval| approval.id));
        }
        match self.todo.pop_front() {
            Some(id) => self.app.find(op, id).await,
            None => Ok(None),
        }
    }

    /// The anchors that cover an approval and were not sent before.
    async fn anchors(&mut self, op: &OpContext, id: Uuid) -> Result<Vec<String>, Error> {
        let mut lines = Vec::new();
        for number in history::covering(&self.app, op, id).await? {
            if number > self.newest_anchor || self.sent.contains(&number) {
                continue;
            }
            let problem = match self.app.anchors.read(number).await? {
                Found::Anchor(anchor) => {
                    lines.push(self.line(&Line::Anchor(anchor))?);
                    self.sent.insert(number);
                    if self.sent.len() > REMEMBERED {
                        self.sent.pop_first();
                    }
                    continue;
                }
                Found::Nothing => "it is known to the database, but not there",
                Found::Damaged => "it cannot be read",
            };
            return Err(Error::AnchorUnsound { number, problem });
        }
        Ok(lines)
    }

    /// The next entries of an approval, and after the last of them its end.
    async fn entries(
        &mut self,
        op: &OpContext,
        approval: Box<Approval>,
        after: i64,
    ) -> Result<Vec<String>, Error> {
        let mut lines = Vec::new();
        let mut entries = history::page(&self.app, op, approval.id, after).await?;
        // What was added meanwhile belongs to the next export; what does not belong there at all shows.
        entries.retain(|entry| entry.sequence <= approval.audit_length);
        let last = entries.last().map(|entry| entry.sequence);
        for entry in entries {
            lines.push(self.line(&Line::Entry(entry))?);
        }
        self.stage = match last {
            Some(last) if last < approval.audit_length => Stage::Entries(approval, last),
            _ => {
                lines.push(self.line(&Line::Trail(approval.head()))?);
                Stage::Trails
            }
        };
        Ok(lines)
    }

    fn end(&mut self) -> Result<String, Error> {
        let digest = self.tally.digest();
        let end = End {
            lines: self.tally.lines,
            key_id: self.app.anchor_keys.id().to_owned(),
            signature: self.app.anchor_keys.sign_export(&digest),
            digest,
        };
        self.line(&Line::End(end))
    }

    fn line(&mut self, line: &Line) -> Result<String, Error> {
        let text = serde_json::to_string(line).map_err(Failure::internal)?;
        self.tally.add(&text);
        Ok(text)
    }
}

async fn newest_anchor(app: &App, op: &OpContext) -> Result<i64, Error> {
    let newest = async |connection: &mut Connection| Ok::<_, Error>(anchored_newest(connection).await?);
    app.database.read(op, Query::AnchoredNewest, newest).await
}

/// Lines cut to messages.
fn messages(lines: Vec<String>) -> Vec<ExportAuditTrailsResponse> {
    let mut messages = Vec::new();
    let mut size = 0;
    let mut message = ExportAuditTrailsResponse::default();
    for line in lines {
        if size > 0 && size + line.len() > MESSAGE {
            messages.push(std::mem::take(&mut message));
            size = 0;
        }
        size += line.len();
        message.lines.push(line);
    }
    if !message.lines.is_empty() {
        messages.push(message);
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_to_messages_without_loss() {
        let lines = vec!["x".repeat(MESSAGE / 2), "y".repeat(MESSAGE), "z".repeat(10)];
        let cut = messages(lines.clone());
        let sizes: Vec<_> = cut.iter().map(|message| message.lines.len()).collect();
        assert_eq!(sizes, [1, 1, 1]);
        let joined: Vec<_> = cut.into_iter().flat_map(|message| message.lines).collect();
        assert_eq!(joined, lines);
        assert!(messages(Vec::new()).is_empty());
    }
}
