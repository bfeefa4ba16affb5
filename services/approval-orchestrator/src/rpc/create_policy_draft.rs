use salient_database::Tx;
use salient_operation::OpContext;
use salient_proto::approval::v1::{CreatePolicyDraftRequest, PolicyDraft};

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{DraftKey, DraftRow, Query, draft_insert},
};

/// Starts a draft (P1.3).
pub async fn create_policy_draft(
    app: App,
    op: OpContext,
    request: CreatePolicyDraftRequest,
) -> Result<PolicyDraft, Error> {
    let sent = request.draft.unwrap_or_default();
    let key = &DraftKey {
        kind: wire::policy::kind_from(&request.parent).to_owned(),
        draft: request.draft_id,
    };
    let policy = &wire::policy::policy_from(sent.content.unwrap_or_default())?;
    let (author, note) = (&op.actor(), &sent.note);
    let create = async move |tx: &mut Tx| {
        let now = tx.now();
        let row = DraftRow {
            key: key.clone(),
            policy: policy.clone(),
            note: note.clone(),
            author: author.clone(),
            version: 1,
            create_time: now,
            update_time: now,
        };
        let draft = wire::draft::draft(&row);
        draft_insert(tx, row).await?;
        Ok::<_, Error>(draft)
    };
    let created = app.database.mutate(&op, Query::DraftSave, create).await;
    created.map_err(|error| match error {
        Error::Database(error) if error.violates("policy_draft_pkey") => {
            Error::PolicyDraftExists(wire::draft::draft_name(key))
        }
        error => error,
    })
}
