//! What a refused call says.

use tonic::Status;
use tonic_types::StatusExt as _;

/// The documented reason of a refusal.
#[must_use]
pub fn reason(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.unwrap_or_else(|| panic!("a refusal without details: {status:?}"))
        .reason
}

/// The fields that a refusal names.
#[must_use]
pub fn fields(status: &Status) -> Vec<String> {
    let request = status.get_details_bad_request();
    request
        .map(|request| {
            request
                .field_violations
                .into_iter()
                .map(|violation| violation.field)
                .collect()
        })
        .unwrap_or_default()
}
