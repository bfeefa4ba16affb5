use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{VerifyAuditTrailRequest, VerifyAuditTrailResponse};
use salient_values::name;

use crate::{
    app::App,
    domain::{
        approval::Approval,
        audit::{Break, Verifier},
    },
    error::Error,
    store::{Query, audit_list},
};

/// How many entries are read at a time.
const PAGE: i64 = 500;
/// How often to begin anew because the approval changed while its history was read.
const ATTEMPTS: usize = 5;

/// Recomputes an approval's hash chain and compares it with what is stored and with the seal on it (P1.3).
pub async fn verify_audit_trail(
    app: App,
    op: OpContext,
    request: VerifyAuditTrailRequest,
) -> Result<VerifyAuditTrailResponse, Error> {
    let id = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    for _ in 0..ATTEMPTS {
        let approval = app.find_visible(&op, id).await?;
        let (verifier, verdict) = verify(&app, &op, &approval).await?;
        // A history that grew while it was read does not end where the approval said: not a break.
        if verdict.is_ok() || app.find_visible(&op, id).await?.version == approval.version {
            return Ok(answer(&verifier, verdict));
        }
    }
    Err(Error::Contended { approval: id })
}

async fn verify(
    app: &App,
    op: &OpContext,
    approval: &Approval,
) -> Result<(Verifier, Result<(), Break>), Error> {
    let id = approval.id;
    let mut verifier = Verifier::new(id);
    let mut after = 0;
    loop {
        let list = async move |connection: &mut Connection| {
            Ok::<_, Error>(audit_list(connection, id, after, PAGE).await?)
        };
        let entries = app.database.read(op, Query::AuditList, list).await?;
        for entry in &entries {
            if let Err(found) = verifier.next(entry) {
                return Ok((verifier, Err(found)));
            }
        }
        match entries.last() {
            Some(last) => after = last.sequence,
            None => {
                let verdict = verifier.end(approval).and_then(|()| app.seals.check(approval));
                return Ok((verifier, verdict));
            }
        }
    }
}

fn answer(verifier: &Verifier, verdict: Result<(), Break>) -> VerifyAuditTrailResponse {
    let (entries, head) = verifier.head();
    let found = verdict.err();
    VerifyAuditTrailResponse {
        intact: found.is_none(),
        entries,
        head_hash: head.to_vec(),
        broken_sequence: found.as_ref().map_or(0, |found| found.sequence),
        problem: found.map(|found| found.problem.to_owned()).unwrap_or_default(),
    }
}
