use salient_operation::OpContext;
use salient_proto::approval::v1::{
    ListAnchorKeysRequest, ListAnchorKeysResponse, list_anchor_keys_response::AnchorKey,
};

use crate::{app::App, error::Error};

/// Returns the public keys of anchors and exports, those that signed before included (P1.3).
pub async fn list_anchor_keys(
    app: App,
    _: OpContext,
    _: ListAnchorKeysRequest,
) -> Result<ListAnchorKeysResponse, Error> {
    let present = app.anchor_keys.id();
    let keys = app
        .anchor_keys
        .public()
        .iter()
        .map(|(key_id, public_key)| AnchorKey {
            key_id: key_id.to_owned(),
            public_key: public_key.to_vec(),
            present: key_id == present,
        });
    Ok(ListAnchorKeysResponse { keys: keys.collect() })
}
