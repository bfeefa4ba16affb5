use salient_operation::OpContext;
use salient_proto::approval::v1::{VerifyAuditTrailRequest, VerifyAuditTrailResponse};
use salient_values::name;

use super::history::{self, Verified};
use crate::{
    app::App,
    domain::{anchor::Claims, approval::Approval, audit::Break},
    error::Error,
};

/// How often to begin anew because the approval changed while its history was read.
const ATTEMPTS: usize = 5;

/// Recomputes an approval's hash chain and compares it with what is stored, with the seal on it and with its anchors (P1.3).
pub async fn verify_audit_trail(
    app: App,
    op: OpContext,
    request: VerifyAuditTrailRequest,
) -> Result<VerifyAuditTrailResponse, Error> {
    let id = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    for _ in 0..ATTEMPTS {
        let approval = app.find_visible(&op, id).await?;
        let answer = verify(&app, &op, &approval).await?;
        // A history that grew while it was read does not end where the approval said: not a break.
        if answer.intact || app.find_visible(&op, id).await?.version == approval.version {
            return Ok(answer);
        }
    }
    Err(Error::Contended { approval: id })
}

async fn verify(app: &App, op: &OpContext, approval: &Approval) -> Result<VerifyAuditTrailResponse, Error> {
    let anchors = history::covering(app, op, approval.id).await?;
    let claims = history::claims(app, approval.id, &anchors).await?;
    let (claims, unsound) = match claims {
        Ok(claims) => (claims, None),
        Err(problem) => (Claims::default(), Some(problem)),
    };
    let mut verified = history::verify(app, op, approval, &claims).await?;
    if let (Ok(()), Some(problem)) = (&verified.verdict, unsound) {
        verified.verdict = Err(Break {
            sequence: approval.audit_length,
            problem,
        });
    }
    Ok(answer(verified, anchors.first().copied(), claims.longest()))
}

fn answer(verified: Verified, anchor: Option<i64>, anchored_entries: i64) -> VerifyAuditTrailResponse {
    let found = verified.verdict.err();
    VerifyAuditTrailResponse {
        intact: found.is_none(),
        entries: verified.entries,
        head_hash: verified.head,
        broken_sequence: found.as_ref().map_or(0, |found| found.sequence),
        problem: found.map(|found| found.problem.to_owned()).unwrap_or_default(),
        anchor: anchor.unwrap_or_default(),
        anchored_entries,
    }
}
