//! One act, played to its end and looked at.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use salient_proto::approval::v1::VerifyAuditTrailRequest;
use salient_tests::{company::Department, desk::patiently};
use tokio::time::timeout;

use crate::{
    acts::{Act, Stage},
    house::House,
    traces::{Trace, books, broken, growth, mark, rest, since},
};

/// How long an act may take, with everything that comes back in it.
const PATIENCE: Duration = Duration::from_secs(180);

/// What came of an act.
#[derive(Debug)]
pub struct Played {
    /// What it left.
    pub trace: Trace,
    /// How often each point was passed.
    pub passed: BTreeMap<String, usize>,
    /// How long it took.
    pub took: Duration,
}

/// Plays an act, waits until everything rests, and looks whether all is well.
///
/// # Errors
/// What went wrong.
pub async fn play(house: &House, department: &Department, act: Act) -> Result<Played, String> {
    house.points.passed();
    let (start, before, started) = (mark(&house.sql).await, books(&house.sql).await, Instant::now());
    let stage = Stage { house, department };
    let playing = AssertUnwindSafe(stage.play(act)).catch_unwind();
    match timeout(PATIENCE, playing).await {
        Err(_) => return Err("it took too long".to_owned()),
        Ok(Err(panic)) => return Err(text(panic.as_ref())),
        Ok(Ok(())) => {}
    }
    rest(&house.sql).await?;
    let wrong = broken(&house.sql).await;
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    let mut trace = since(&house.sql, &start).await;
    trace.extend(growth(&before, &books(&house.sql).await));
    if let Some(either) = act.either() {
        trace.remove(either);
    }
    verify(department, house.newest(&start).await).await?;
    Ok(Played {
        trace,
        passed: house.points.passed(),
        took: started.elapsed(),
    })
}

/// Has the histories of sign-offs verified, with their anchors.
async fn verify(department: &Department, approvals: Vec<String>) -> Result<(), String> {
    for name in approvals {
        let request = VerifyAuditTrailRequest { name };
        let approvals = &department.management.approvals;
        let verified = patiently(async || approvals.clone().verify_audit_trail(request.clone()).await).await;
        let verified = verified.map_err(|status| status.to_string())?.into_inner();
        if !verified.intact {
            return Err(format!("a history is broken: {verified:?}"));
        }
    }
    Ok(())
}

fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic".to_owned())
}
