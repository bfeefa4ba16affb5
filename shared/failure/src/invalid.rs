use prost_protovalidate::{ValidationError, Violation};
use salient_proto::access::v1::ErrorReason;

use crate::{Failure, Kind};

impl From<ValidationError> for Failure {
    /// Names every field that breaks a rule of the proto, and the rule.
    fn from(error: ValidationError) -> Self {
        let failure = Self::new(Kind::InvalidArgument, ErrorReason::RequestInvalid);
        error.violations().iter().fold(failure, |failure, violation| {
            failure.field(violation.field_path(), description(violation))
        })
    }
}

/// Some rules come without a message; their id (`string.uuid`) says the same.
fn description(violation: &Violation) -> String {
    match violation.message() {
        "" => format!("must satisfy `{}`", violation.rule_id()),
        message => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::{Request as _, access::v1::GetProfileRequest};
    use tonic_types::StatusExt as _;

    use super::{Failure, ValidationError, Violation};
    use crate::{Kind, Locale};

    #[test]
    fn a_broken_rule_names_the_field() {
        let error = GetProfileRequest {
            name: "nobody".into(),
        }
        .check()
        .expect_err("not a profile's name");
        let failure = Failure::from(error);
        assert_eq!(failure.kind(), Kind::InvalidArgument);
        let details = failure
            .into_status(Locale::English)
            .get_details_bad_request()
            .expect("BadRequest");
        assert_eq!(details.field_violations[0].field, "name");
        assert!(!details.field_violations[0].description.is_empty());
    }

    #[test]
    fn a_rule_without_a_message_is_named_by_its_id() {
        let violation = Violation::new_constraint("lines[2].id", "string.uuid", "string.uuid");
        let status = Failure::from(ValidationError::single(violation)).into_status(Locale::English);
        let violations = status
            .get_details_bad_request()
            .expect("BadRequest")
            .field_violations;
        assert_eq!(violations[0].field, "lines[2].id");
        assert_eq!(violations[0].description, "must satisfy `string.uuid`");
    }
}
