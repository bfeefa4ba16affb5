//! Drafts of policies.

use salient_proto::approval::v1 as proto;
use salient_values::{etag, timestamp};

use super::policy::content;
use crate::store::{DraftKey, DraftRow};

/// A draft.
pub fn draft(row: &DraftRow) -> proto::PolicyDraft {
    proto::PolicyDraft {
        name: draft_name(&row.key),
        content: Some(content(&row.policy)),
        note: row.note.clone(),
        author: row.author.clone(),
        create_time: Some(timestamp::to_proto(row.create_time)),
        update_time: Some(timestamp::to_proto(row.update_time)),
        etag: etag::of(row.version),
    }
}

/// A draft's name, `policies/{kind}/drafts/{draft}`.
pub fn draft_name(key: &DraftKey) -> String {
    format!("policies/{}/drafts/{}", key.kind, key.draft)
}

/// The draft of that name; `None` where it is no draft's. That its ids are well-formed, the checks of the proto have seen.
pub fn draft_key(name: &str) -> Option<DraftKey> {
    let (kind, draft) = name.strip_prefix("policies/")?.split_once("/drafts/")?;
    Some(DraftKey {
        kind: kind.to_owned(),
        draft: draft.to_owned(),
    })
}
