use salient_failure::Failure;
use salient_proto::{customers::v1, google::r#type as google};
use salient_values::{etag, name, timestamp};
use uuid::Uuid;

use crate::{
    domain::credit::{CreditAccount, CreditEntry, EntryKind},
    error::customer_name,
};

/// A customer's credit.
pub(in crate::rpc) fn account(account: &CreditAccount) -> Result<v1::CreditAccount, Failure> {
    let available = account.available().map_err(Failure::internal)?;
    Ok(v1::CreditAccount {
        name: account_name(account.customer),
        limit: Some(google::Money::from(&account.limit)),
        reserved: Some(google::Money::from(&account.reserved)),
        confirmed: Some(google::Money::from(&account.confirmed)),
        available: Some(google::Money::from(&available)),
        update_time: Some(timestamp::to_proto(account.update_time)),
        etag: etag::of(account.version),
    })
}

/// The credit of a customer who was never granted any: version 0.
pub(in crate::rpc) fn untouched_account(customer: Uuid) -> v1::CreditAccount {
    v1::CreditAccount {
        name: account_name(customer),
        etag: etag::of(0),
        ..v1::CreditAccount::default()
    }
}

/// What changed a customer's credit.
pub(in crate::rpc) fn entry(customer: Uuid, entry: CreditEntry) -> v1::CreditEntry {
    let (approval, round) = entry.approval.unzip();
    v1::CreditEntry {
        name: format!("{}/creditEntries/{}", customer_name(customer), entry.number),
        kind: kind(entry.kind).into(),
        amount: Some(google::Money::from(&entry.amount)),
        limit: Some(google::Money::from(&entry.limit)),
        reserved: Some(google::Money::from(&entry.reserved)),
        confirmed: Some(google::Money::from(&entry.confirmed)),
        approval: approval
            .map(|approval| name::format("approvals", approval))
            .unwrap_or_default(),
        round: round.unwrap_or_default(),
        actor: entry.actor,
        reason: entry.reason,
        create_time: Some(timestamp::to_proto(entry.create_time)),
    }
}

const fn kind(kind: EntryKind) -> v1::credit_entry::Kind {
    match kind {
        EntryKind::LimitSet => v1::credit_entry::Kind::LimitSet,
        EntryKind::Reserved => v1::credit_entry::Kind::Reserved,
        EntryKind::Confirmed => v1::credit_entry::Kind::Confirmed,
        EntryKind::Released => v1::credit_entry::Kind::Released,
    }
}

fn account_name(customer: Uuid) -> String {
    format!("{}/credit", customer_name(customer))
}
