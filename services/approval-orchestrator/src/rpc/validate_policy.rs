use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{PolicyMistake, ValidatePolicyRequest, ValidatePolicyResponse};

use super::{
    publish::{check, check_deadlines},
    wire,
};
use crate::{
    app::App,
    domain::{policy_check::Mistake, policy_text},
    error::Error,
};

/// Finds every mistake in a policy, and saves nothing (P1.3).
pub async fn validate_policy(
    app: App,
    op: OpContext,
    request: ValidatePolicyRequest,
) -> Result<ValidatePolicyResponse, Error> {
    let kind = wire::policy::kind_from(&request.parent);
    let policy = match (request.policy_version, request.text.as_str()) {
        (Some(version), "") => wire::policy::policy_from(version)?,
        (None, text) if !text.is_empty() => match policy_text::read(text) {
            Ok(policy) => policy,
            Err(unreadable) => {
                return Ok(ValidatePolicyResponse {
                    mistakes: vec![mistake(unreadable)],
                    policy_version: None,
                });
            }
        },
        _ => return Err(Failure::invalid_field("policy_version", "set either this or text").into()),
    };
    let checked = match check(&app, kind, &policy) {
        Ok(_) => check_deadlines(&app, &op, &policy).await,
        Err(error) => Err(error),
    };
    let mistakes = match checked {
        Ok(()) => Vec::new(),
        Err(Error::PolicyInvalid(mistakes)) => mistakes,
        Err(error) => return Err(error),
    };
    Ok(ValidatePolicyResponse {
        mistakes: mistakes.into_iter().map(mistake).collect(),
        policy_version: Some(wire::policy::content(&policy)),
    })
}

fn mistake(mistake: Mistake) -> PolicyMistake {
    PolicyMistake {
        place: mistake.place,
        description: mistake.what,
    }
}
