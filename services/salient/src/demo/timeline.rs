//! One approval, entry by entry.

use jiff::Timestamp;
use salient_proto::{
    approval::v1::{
        Approval, ListAuditEntriesRequest, VerifyAuditTrailRequest,
        approval_service_client::ApprovalServiceClient, audit_entry::Action,
    },
    contracts::v1::Contract,
};
use salient_values::timestamp;
use serde::Serialize;

use super::{follow::Office, report::person};
use crate::{client::refused, installation::Installation, suite::Member};

/// What happened to one contract.
#[derive(Serialize)]
pub(super) struct Timeline {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) approval: String,
    /// Whether the chain of its audit trail verifies.
    pub(super) intact: bool,
    pub(super) entries: Vec<Entry>,
}

/// Who did what, when, and how long after the entry before.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) time: String,
    pub(super) seconds: f64,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) step: String,
    pub(super) round: i32,
}

pub(super) async fn timeline(
    office: Office<'_>,
    installation: &Installation,
    contract: &Contract,
    approval: &Approval,
) -> anyhow::Result<Timeline> {
    let session = office.session(&contract.owner)?;
    let mut client = ApprovalServiceClient::new(session.at(Member::ApprovalOrchestrator)?);
    let mut request = ListAuditEntriesRequest {
        parent: approval.name.clone(),
        ..Default::default()
    };
    let mut entries = Vec::new();
    let mut before = None;
    loop {
        let page = client.list_audit_entries(request.clone()).await;
        let page = page.map_err(refused("reading the audit trail"))?.into_inner();
        for entry in page.audit_entries {
            let since = seconds(before.as_ref(), entry.create_time.as_ref());
            let action = Action::try_from(entry.action).unwrap_or_default();
            entries.push(Entry {
                time: entry
                    .create_time
                    .as_ref()
                    .and_then(instant)
                    .map(|time| time.to_string())
                    .unwrap_or_default(),
                seconds: since.unwrap_or_default(),
                // A service acts for the person whose call it carries out.
                who: person(
                    installation,
                    if entry.on_behalf_of.is_empty() {
                        &entry.actor
                    } else {
                        &entry.on_behalf_of
                    },
                ),
                what: action
                    .as_str_name()
                    .trim_start_matches("ACTION_")
                    .replace('_', " ")
                    .to_lowercase(),
                step: entry.step,
                round: entry.round,
            });
            before = entry.create_time;
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let verify = VerifyAuditTrailRequest {
        name: approval.name.clone(),
    };
    let verified = client
        .verify_audit_trail(verify)
        .await
        .map_err(refused("verifying the audit trail"))?;
    Ok(Timeline {
        number: contract.number.clone(),
        title: contract.title.clone(),
        approval: approval.name.clone(),
        intact: verified.into_inner().intact,
        entries,
    })
}

/// The seconds from one instant to another; `None` where one is missing.
pub(super) fn seconds(
    from: Option<&prost_types::Timestamp>,
    to: Option<&prost_types::Timestamp>,
) -> Option<f64> {
    let between = instant(to?)?.duration_since(instant(from?)?);
    Some(between.as_secs_f64())
}

fn instant(time: &prost_types::Timestamp) -> Option<Timestamp> {
    timestamp::from_proto(time).ok()
}
