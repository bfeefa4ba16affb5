//! The one place that makes a gRPC status.

use std::collections::HashMap;

use salient_proto::{Reason as _, access::v1::ErrorReason};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    DOMAIN, Failure, Kind, Locale, OUTCOME,
    failure::{Inner, Precondition},
    text,
};

/// A status travels in trailers, of which common clients take 8 KiB, and base64 adds a third. Fields and preconditions are
/// listed up to this many bytes.
const LIST_LIMIT: usize = 3 * 1024;
/// The longest metadata value, path or description that is sent, in bytes.
const VALUE_LIMIT: usize = 256;
/// All that the caller learns of a defect: what leads its operator to the rest.
const TRACE_ID: &str = "trace_id";

impl Failure {
    /// The status that a caller gets: the code, the text in English, and details with the reason, its metadata, what is wrong
    /// or must hold first, when to retry, and the text in the caller's language. Never the cause.
    #[must_use]
    pub fn into_status(self, locale: Locale) -> Status {
        let failure = presentable(self.into_inner());
        let say = |locale| text::render(failure.reason_enum, failure.reason, &failure.metadata, locale);
        let (message, localized) = (say(Locale::English), say(locale));

        let metadata: HashMap<String, String> = failure
            .metadata
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        let mut details = ErrorDetails::with_error_info(failure.reason, DOMAIN, metadata);
        details.set_localized_message(locale.tag(), localized);
        if failure.retry_after.is_some() {
            details.set_retry_info(failure.retry_after);
        }
        list(
            failure.quotas,
            failure.preconditions,
            failure.fields,
            &mut details,
        );
        Status::with_error_details(failure.kind.code(), message, details)
    }
}

/// Takes out what the caller must not see, adds what the kind asks for, and shortens what is too long.
fn presentable(mut failure: Inner) -> Inner {
    if failure.kind == Kind::Internal {
        (failure.reason_enum, failure.reason) = (ErrorReason::ENUM, ErrorReason::Internal.name());
        failure.metadata.retain(|key, _| *key == TRACE_ID);
        failure.preconditions.clear();
        failure.quotas.clear();
        failure.fields.clear();
    }
    // Not told of a defect: how far it got is not known, and a caller then has to assume the worse.
    if matches!(failure.kind, Kind::Unavailable | Kind::DeadlineExceeded) {
        failure
            .metadata
            .insert(OUTCOME, failure.certainty.name().to_owned());
    }
    failure.metadata.values_mut().for_each(shorten);
    failure
}

/// Lists limits, preconditions and fields as far as there is room.
fn list(
    quotas: Vec<(String, String)>,
    preconditions: Vec<Precondition>,
    fields: Vec<(String, String)>,
    details: &mut ErrorDetails,
) {
    let mut room = LIST_LIMIT;
    for (mut subject, mut description) in quotas {
        shorten(&mut subject);
        shorten(&mut description);
        if !takes(&mut room, subject.len() + description.len()) {
            return;
        }
        details.add_quota_failure_violation(subject, description);
    }
    for Precondition {
        kind,
        mut subject,
        mut description,
    } in preconditions
    {
        shorten(&mut subject);
        shorten(&mut description);
        if !takes(&mut room, kind.len() + subject.len() + description.len()) {
            return;
        }
        details.add_precondition_failure_violation(kind, subject, description);
    }
    for (mut path, mut description) in fields {
        shorten(&mut path);
        shorten(&mut description);
        if !takes(&mut room, path.len() + description.len()) {
            return;
        }
        details.add_bad_request_violation(path, description);
    }
}

fn takes(room: &mut usize, bytes: usize) -> bool {
    let left = room.checked_sub(bytes);
    *room = left.unwrap_or(0);
    left.is_some()
}

fn shorten(value: &mut String) {
    if value.len() > VALUE_LIMIT {
        value.truncate(value.floor_char_boundary(VALUE_LIMIT));
        value.push('…');
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error as _, time::Duration};

    use tonic::Code;

    use super::*;

    #[test]
    fn a_status_carries_what_the_caller_may_know() {
        let status = Failure::new(Kind::InvalidArgument, ErrorReason::RequestInvalid)
            .field("lines[0].quantity", "must be positive")
            .precondition("CONTRACT_STATE", "contracts/1", "withdraw it first")
            .quota("contracts/1", "at most 20 files")
            .retry_after(Duration::from_secs(1))
            .with("position", 3)
            .into_status(Locale::Chinese);
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(
            status.message(),
            "The request is not valid; see the fields named."
        );
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("ERROR_REASON_REQUEST_INVALID", "salient")
        );
        assert_eq!(info.metadata["position"], "3");
        assert!(!info.metadata.contains_key("outcome"), "the code says it all");
        assert_eq!(
            details.bad_request().unwrap().field_violations[0].field,
            "lines[0].quantity"
        );
        assert_eq!(
            details.precondition_failure().unwrap().violations[0].r#type,
            "CONTRACT_STATE"
        );
        let quota = &details.quota_failure().unwrap().violations[0];
        assert_eq!(
            (quota.subject.as_str(), quota.description.as_str()),
            ("contracts/1", "at most 20 files")
        );
        assert_eq!(
            details.retry_info().unwrap().retry_delay,
            Some(Duration::from_secs(1))
        );
        let localized = details.localized_message().unwrap();
        assert_eq!(localized.locale, "zh-CN");
        assert_eq!(localized.message, "请求内容有误，请查看所列字段。");
    }

    #[test]
    fn the_cause_is_for_the_log_alone() {
        let failure = Failure::invalid_field("name", "is taken").because("duplicate key customer_pkey");
        assert_eq!(
            failure.source().unwrap().to_string(),
            "duplicate key customer_pkey"
        );
        assert!(failure.to_string().contains("customer_pkey"));
        let status = failure.into_status(Locale::English);
        assert!(!format!("{status:?}").contains("customer_pkey"));
        assert!(!String::from_utf8_lossy(status.details()).contains("customer_pkey"));
    }

    #[test]
    fn a_defect_tells_nothing_but_its_trace() {
        let status = Failure::new(Kind::Internal, ErrorReason::TooLarge)
            .because("relation \"customer\" does not exist")
            .with("sql", "select secret from customer")
            .with("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
            .field("secret", "secret")
            .precondition("SECRET", "secret", "secret")
            .quota("secret", "secret")
            .into_status(Locale::English);
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "ERROR_REASON_INTERNAL");
        assert_eq!(info.metadata.keys().collect::<Vec<_>>(), ["trace_id"]);
        assert_eq!(status.message(), "Something went wrong on our side.");
        let details = String::from_utf8_lossy(status.details()).into_owned();
        for secret in ["secret", "customer", "SECRET"] {
            assert!(!details.contains(secret), "{details}");
        }
    }

    #[test]
    fn a_hostile_request_cannot_make_the_answer_too_large_to_send() {
        let mut failure = Failure::invalid_field("x".repeat(10_000), "中".repeat(10_000));
        for line in 0..1_000 {
            failure = failure.field(format!("lines[{line}].amount"), "is wrong");
        }
        let status = failure
            .with("echo", "e".repeat(10_000))
            .into_status(Locale::English);
        assert!(
            status.details().len() < 6 * 1024,
            "{} bytes",
            status.details().len()
        );
        assert!(status.get_details_bad_request().unwrap().field_violations.len() > 10);
    }
}
