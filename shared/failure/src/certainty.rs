use std::error::Error as _;

use tonic::{Code, ConnectError, Status};
use tonic_types::{ErrorInfo, StatusExt as _};

use crate::{DOMAIN, OUTCOME};

/// What is known about a call that got no OK: the difference between trying again and asking first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// It certainly changed nothing.
    NotDone,
    /// It may have been done. Only a repeat with the same `request_id` tells.
    MayBeDone,
}

impl Certainty {
    /// The value of the metadata key `outcome`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NotDone => "NOT_DONE",
            Self::MayBeDone => "MAY_BE_DONE",
        }
    }
}

/// What a refusal by another service says about whether it did what it was asked.
///
/// A refusal that the service wrote itself is believed. Codes that a transport, a proxy or a client's own runtime can make up
/// after the service has committed count as "may be done", and so does INTERNAL: a defect has no known extent.
#[must_use]
pub fn certainty(status: &Status) -> Certainty {
    if never_sent(status) {
        return Certainty::NotDone;
    }
    let info = error_info(status);
    match info
        .as_ref()
        .and_then(|info| info.metadata.get(OUTCOME))
        .map(String::as_str)
    {
        Some("NOT_DONE") => return Certainty::NotDone,
        Some(_) => return Certainty::MayBeDone,
        None => {}
    }
    match status.code() {
        Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::Unauthenticated
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::Unimplemented => Certainty::NotDone,
        // tonic also says these of an answer that is too large to read, which was given after the work was done.
        Code::ResourceExhausted | Code::OutOfRange if info.is_some() => Certainty::NotDone,
        Code::ResourceExhausted
        | Code::OutOfRange
        | Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => Certainty::MayBeDone,
    }
}

/// Whether the same call with the same `request_id` may succeed later without anybody changing anything.
#[must_use]
pub fn is_retryable(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => true,
        // Too many calls passes; too large a message does not. Only the first says when to come back.
        Code::ResourceExhausted => status.get_details_retry_info().is_some(),
        _ => false,
    }
}

/// The reason that another service of the suite gave; `None` where the status is not one of the suite's.
#[must_use]
pub fn reason_of(status: &Status) -> Option<String> {
    error_info(status).map(|info| info.reason)
}

fn error_info(status: &Status) -> Option<ErrorInfo> {
    status
        .get_details_error_info()
        .filter(|info| info.domain == DOMAIN)
}

/// Whether there was no connection to send the call on.
fn never_sent(status: &Status) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, time::Duration};

    use salient_proto::access::v1::{
        ErrorReason, GetProfileRequest, profile_service_client::ProfileServiceClient,
    };
    use tonic::{Code, Status, transport::Endpoint};
    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::{Certainty, certainty, is_retryable, reason_of};
    use crate::{Failure, Kind, Locale};

    fn unavailable() -> Failure {
        Failure::new(Kind::Unavailable, ErrorReason::Unavailable)
    }

    #[test]
    fn the_service_says_itself_whether_it_was_done() {
        let status = unavailable().into_status(Locale::English);
        assert_eq!(certainty(&status), Certainty::NotDone);
        let status = unavailable().may_be_done().into_status(Locale::English);
        assert_eq!(certainty(&status), Certainty::MayBeDone);
    }

    #[test]
    fn an_answer_that_anyone_on_the_way_can_make_up_proves_nothing() {
        for code in [
            Code::Unavailable,
            Code::DeadlineExceeded,
            Code::Cancelled,
            Code::Unknown,
            Code::Internal,
        ] {
            assert_eq!(
                certainty(&Status::new(code, "")),
                Certainty::MayBeDone,
                "{code:?}"
            );
        }
        // The client's own runtime says this of an answer that it will not read.
        assert_eq!(
            certainty(&Status::out_of_range("too large")),
            Certainty::MayBeDone
        );
    }

    #[test]
    fn a_refusal_changed_nothing() {
        for code in [
            Code::InvalidArgument,
            Code::NotFound,
            Code::PermissionDenied,
            Code::FailedPrecondition,
        ] {
            assert_eq!(certainty(&Status::new(code, "")), Certainty::NotDone, "{code:?}");
        }
        let too_large = Failure::new(Kind::ResourceExhausted, ErrorReason::TooLarge);
        assert_eq!(
            certainty(&too_large.into_status(Locale::English)),
            Certainty::NotDone
        );
    }

    #[test]
    fn another_domain_is_not_believed() {
        let claimed = HashMap::from([("outcome".to_owned(), "NOT_DONE".to_owned())]);
        let details = ErrorDetails::with_error_info("ERROR_REASON_UNAVAILABLE", "elsewhere", claimed);
        let status = Status::with_error_details(Code::Unavailable, "", details);
        assert_eq!(certainty(&status), Certainty::MayBeDone);
        assert_eq!(reason_of(&status), None);
    }

    #[tokio::test]
    async fn a_call_that_found_nobody_listening_was_not_done() {
        // Port 1 on loopback: nothing listens there.
        let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
        let status = ProfileServiceClient::new(channel)
            .get_profile(GetProfileRequest::default())
            .await
            .expect_err("nobody listens");
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(certainty(&status), Certainty::NotDone);
        assert!(is_retryable(&status));
    }

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        let overloaded = Failure::new(Kind::ResourceExhausted, ErrorReason::Overloaded);
        let soon = overloaded.clone().retry_after(Duration::from_secs(1));
        assert!(is_retryable(&soon.into_status(Locale::English)));
        assert!(!is_retryable(&overloaded.into_status(Locale::English)));
        assert!(is_retryable(&unavailable().into_status(Locale::English)));
        assert!(!is_retryable(
            &Failure::etag_mismatch("customers/1").into_status(Locale::English)
        ));
    }
}
