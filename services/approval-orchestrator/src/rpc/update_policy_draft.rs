use salient_database::Tx;
use salient_operation::OpContext;
use salient_proto::approval::v1::{PolicyDraft, UpdatePolicyDraftRequest};
use salient_values::etag;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{DraftRow, Query, draft_for_update, draft_save},
};

/// Replaces what a draft says (P1.3).
pub async fn update_policy_draft(
    app: App,
    op: OpContext,
    request: UpdatePolicyDraftRequest,
) -> Result<PolicyDraft, Error> {
    let sent = &request.draft.unwrap_or_default();
    let key = &wire::draft::draft_key(&sent.name).ok_or_else(|| Error::NotFound(sent.name.clone()))?;
    let policy = &wire::policy::policy_from(sent.content.clone().unwrap_or_default())?;
    let author = &op.actor();
    let update = async move |tx: &mut Tx| {
        let found = draft_for_update(tx, key)
            .await?
            .ok_or_else(|| Error::NotFound(sent.name.clone()))?;
        etag::check(&sent.etag, found.version, &sent.name)?;
        let row = DraftRow {
            policy: policy.clone(),
            note: sent.note.clone(),
            author: author.clone(),
            version: found.version + 1,
            update_time: tx.now(),
            ..found
        };
        let draft = wire::draft::draft(&row);
        draft_save(tx, row).await?;
        Ok::<_, Error>(draft)
    };
    app.database.mutate(&op, Query::DraftSave, update).await
}
