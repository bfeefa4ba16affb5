//! What admits a call: first it is found out who calls, then whether they may.

mod authentication;

use std::sync::Arc;

use http::{HeaderMap, header::ACCEPT_LANGUAGE};
use salient_failure::{Failure, Kind, Locale, Result};
use salient_operation::{Caller, Deadline};
use salient_proto::access::v1::ErrorReason;
use tonic::Status;

pub use self::authentication::Authentication;
use crate::{Admission, Rules};

/// Admits calls.
#[derive(Clone)]
pub struct Gate {
    authentication: Authentication,
    rules: Arc<Rules>,
}

impl Gate {
    /// Finds out who calls in this way, and applies these rules.
    #[must_use]
    pub fn new(authentication: Authentication, rules: Arc<Rules>) -> Self {
        Self {
            authentication,
            rules,
        }
    }

    /// Admits a call of the method with this path if its token says who calls and the method's rule lets them in. A method
    /// without a rule does not exist here, whatever is mounted behind.
    ///
    /// # Errors
    /// The refusal, in the caller's language.
    pub async fn admit(
        &self,
        path: &str,
        headers: &HeaderMap,
        deadline: Deadline,
    ) -> std::result::Result<Admission, Status> {
        let locale = locale(headers);
        let admitted = match self.authentication.identify(headers).await {
            Ok(caller) => self.permit(path, headers, caller, deadline, locale),
            Err(failure) => Err(failure),
        };
        admitted.map_err(|failure| failure.into_status(locale))
    }

    fn permit(
        &self,
        path: &str,
        headers: &HeaderMap,
        caller: Caller,
        deadline: Deadline,
        locale: Locale,
    ) -> Result<Admission> {
        let rule = self.rules.get(path).ok_or_else(|| {
            Failure::new(Kind::Unimplemented, ErrorReason::MethodUnknown).with("method", path)
        })?;
        let permit = rule.authorize(&caller)?;
        Ok(Admission {
            caller,
            permit,
            deadline,
            locale,
            method: rule.method,
            rule: Arc::clone(rule),
            traceparent: traceparent(headers),
        })
    }
}

fn locale(headers: &HeaderMap) -> Locale {
    let wanted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|wanted| wanted.to_str().ok());
    wanted.map(Locale::from_accept_language).unwrap_or_default()
}

/// The caller's trace context: `00-{32 hexadecimal digits}-{16}-{2}`. It is stored with what the call causes, so nothing else
/// gets through.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths = value.split('-').map(str::len).eq([2, 32, 16, 2]);
    (lengths && value.split('-').all(hex)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests;
