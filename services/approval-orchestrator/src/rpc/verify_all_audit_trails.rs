use futures::{Stream, stream};
use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{
    VerifyAllAuditTrailsRequest, VerifyAllAuditTrailsResponse, verify_all_audit_trails_response::Problem,
};
use salient_values::name;
use uuid::Uuid;

use super::history;
use crate::{
    anchors::Found,
    app::App,
    domain::{
        anchor::{Anchor, Claims, ORIGIN},
        approval::Approval,
    },
    error::Error,
    store::{Contradiction, Query, anchored_contradictions, anchored_newest, approvals_after},
};

/// How many anchors are checked for one answer.
const ANCHORS: usize = 20;
/// How many approvals.
const APPROVALS: i64 = 50;
/// How often to begin anew with an approval that changed while its history was read.
const ATTEMPTS: usize = 5;

/// Verifies everything (P1.3): the anchors as a chain, what they say of histories, then each history by itself.
pub async fn verify_all_audit_trails(
    app: App,
    op: OpContext,
    request: VerifyAllAuditTrailsRequest,
) -> Result<impl Stream<Item = Result<VerifyAllAuditTrailsResponse, Error>>, Error> {
    let mut work = Work {
        app,
        op,
        after_anchor: request.after_anchor,
        previous_hash: None,
        after_approval: None,
        stage: Stage::Anchors,
        anchors: 0,
        approvals: 0,
        entries: 0,
    };
    if !request.after_approval.is_empty() {
        let id = name::parse("approvals", &request.after_approval);
        work.after_approval = Some(id.map_err(|error| error.at("after_approval"))?);
    }
    Ok(stream::try_unfold(work, |mut work| async move {
        Ok(work.answer().await?.map(|answer| (answer, work)))
    }))
}

/// Where the verification stands.
struct Work {
    app: App,
    op: OpContext,
    after_anchor: i64,
    /// The hash of the last anchor; `None` where it is not known, or was not sound.
    previous_hash: Option<Vec<u8>>,
    after_approval: Option<Uuid>,
    stage: Stage,
    anchors: i64,
    approvals: i64,
    entries: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Anchors,
    Approvals,
    Complete,
}

impl Work {
    async fn answer(&mut self) -> Result<Option<VerifyAllAuditTrailsResponse>, Error> {
        let op = history::step(&self.op);
        let mut problems = Vec::new();
        match self.stage {
            Stage::Anchors => self.check_anchors(&op, &mut problems).await?,
            Stage::Approvals => self.check_approvals(&op, &mut problems).await?,
            Stage::Complete => return Ok(None),
        }
        Ok(Some(VerifyAllAuditTrailsResponse {
            problems,
            after_anchor: self.after_anchor,
            after_approval: self
                .after_approval
                .map(|id| name::format("approvals", id))
                .unwrap_or_default(),
            anchor_count: self.anchors,
            approval_count: self.approvals,
            entry_count: self.entries,
            complete: self.stage == Stage::Complete,
        }))
    }

    /// Checks the next anchors, until there is something to tell.
    async fn check_anchors(&mut self, op: &OpContext, problems: &mut Vec<Problem>) -> Result<(), Error> {
        if self.anchors == 0 {
            self.previous_hash = self.hash_before().await?;
        }
        for _ in 0..ANCHORS {
            let number = self.after_anchor.saturating_add(1);
            let checked = match self.app.anchors.read(number).await? {
                Found::Nothing => {
                    self.stage = Stage::Approvals;
                    let recorded = recorded(&self.app, op).await?;
                    if recorded >= number {
                        problems.push(about_anchor(
                            number,
                            "anchors from this one on are missing, which the database knows of",
                        ));
                    }
                    return Ok(());
                }
                Found::Damaged => Err("the anchor cannot be read"),
                Found::Anchor(anchor) => anchor
                    .check(
                        self.app.anchor_keys.public(),
                        number,
                        self.previous_hash.as_deref(),
                    )
                    .map(|()| anchor),
            };
            self.anchors += 1;
            self.after_anchor = number;
            match checked {
                Ok(anchor) => {
                    self.previous_hash = Some(anchor.hash());
                    problems.extend(self.contradictions(op, anchor).await?);
                }
                Err(problem) => {
                    self.previous_hash = None;
                    problems.push(about_anchor(number, problem));
                }
            }
            if !problems.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The hash that the first anchor checked has to follow on.
    async fn hash_before(&self) -> Result<Option<Vec<u8>>, Error> {
        if self.after_anchor == 0 {
            return Ok(Some(ORIGIN.to_vec()));
        }
        Ok(match self.app.anchors.read(self.after_anchor).await? {
            Found::Anchor(anchor) => Some(anchor.hash()),
            Found::Nothing | Found::Damaged => None,
        })
    }

    /// What an anchor says that the tables do not hold.
    async fn contradictions(&self, op: &OpContext, anchor: Anchor) -> Result<Vec<Problem>, Error> {
        let heads = &anchor.heads;
        let ask = async move |connection: &mut Connection| {
            Ok::<_, Error>(anchored_contradictions(connection, heads).await?)
        };
        let found = self
            .app
            .database
            .read(op, Query::AnchoredContradictions, ask)
            .await?;
        let problem = |found: Contradiction| Problem {
            approval: name::format("approvals", found.approval),
            anchor: anchor.number,
            broken_sequence: found.length,
            problem: match found {
                Contradiction {
                    approval_exists: false,
                    ..
                } => "the approval is missing",
                Contradiction {
                    differs: Some(true), ..
                } => "it is not the one that was anchored",
                _ => "the entry that was anchored is missing",
            }
            .to_owned(),
        };
        Ok(found.into_iter().map(problem).collect())
    }

    async fn check_approvals(&mut self, op: &OpContext, problems: &mut Vec<Problem>) -> Result<(), Error> {
        let after = self.after_approval.unwrap_or(Uuid::nil());
        let list = async move |connection: &mut Connection| {
            Ok::<_, Error>(approvals_after(connection, after, APPROVALS).await?)
        };
        let page = self.app.database.read(op, Query::ApprovalsAfter, list).await?;
        if page.is_empty() {
            self.stage = Stage::Complete;
        }
        for approval in page {
            let id = approval.id;
            problems.extend(self.check_approval(approval).await?);
            self.after_approval = Some(id);
            self.approvals += 1;
        }
        Ok(())
    }

    async fn check_approval(&mut self, mut approval: Approval) -> Result<Option<Problem>, Error> {
        let op = history::step(&self.op);
        // The anchors have been compared with the tables before.
        let claims = Claims::default();
        let mut attempts = 0;
        loop {
            let verified = history::verify(&self.app, &op, &approval, &claims).await?;
            let found = match verified.verdict {
                Ok(()) => None,
                Err(found) => {
                    // A history that grew while it was read is no problem.
                    let again = self.app.find(&op, approval.id).await?;
                    match again.filter(|again| again.version != approval.version) {
                        Some(again) if attempts < ATTEMPTS => {
                            approval = again;
                            attempts += 1;
                            continue;
                        }
                        _ => Some(found),
                    }
                }
            };
            self.entries += verified.entries;
            return Ok(found.map(|found| Problem {
                approval: name::format("approvals", approval.id),
                anchor: 0,
                broken_sequence: found.sequence,
                problem: found.problem.to_owned(),
            }));
        }
    }
}

async fn recorded(app: &App, op: &OpContext) -> Result<i64, Error> {
    let newest = async |connection: &mut Connection| Ok::<_, Error>(anchored_newest(connection).await?);
    app.database.read(op, Query::AnchoredNewest, newest).await
}

fn about_anchor(anchor: i64, problem: &str) -> Problem {
    Problem {
        anchor,
        problem: problem.to_owned(),
        ..Problem::default()
    }
}
