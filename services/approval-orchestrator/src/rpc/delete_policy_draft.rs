use salient_database::Tx;
use salient_operation::OpContext;
use salient_proto::approval::v1::DeletePolicyDraftRequest;
use salient_values::etag;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, draft_delete, draft_for_update},
};

/// Throws a draft away (P1.3).
pub async fn delete_policy_draft(
    app: App,
    op: OpContext,
    request: DeletePolicyDraftRequest,
) -> Result<(), Error> {
    let (name, seen) = (&request.name, &request.etag);
    let key = &wire::draft::draft_key(name).ok_or_else(|| Error::NotFound(name.clone()))?;
    let delete = async move |tx: &mut Tx| {
        let found = draft_for_update(tx, key)
            .await?
            .ok_or_else(|| Error::NotFound(name.clone()))?;
        etag::check(seen, found.version, name)?;
        draft_delete(tx, key).await?;
        Ok::<_, Error>(())
    };
    app.database.mutate(&op, Query::DraftSave, delete).await
}
