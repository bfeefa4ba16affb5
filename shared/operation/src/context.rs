use std::time::Duration;

use salient_failure::{Failure, Kind, Locale, Result};
use salient_proto::access::v1::ErrorReason;

use crate::{Caller, Deadline, IdempotencyKey, Permit, Profile, Reach};

/// How long one piece of a service's own work may take.
const BACKGROUND_DEADLINE: Duration = Duration::from_secs(30);

/// One operation: who asked for it, how far they reach, until when the answer is wanted.
#[derive(Debug, Clone)]
pub struct OpContext {
    /// Who calls.
    pub caller: Caller,
    /// How far the caller reaches with this method.
    pub permit: Permit,
    /// When the answer is no longer wanted.
    pub deadline: Deadline,
    /// Which mutation it is; `None` for a read, and for work that is idempotent by itself.
    pub idempotency: Option<IdempotencyKey>,
    /// The language that the caller is answered in.
    pub locale: Locale,
    /// The method's path (`/salient.contracts.v1.ContractService/SubmitContract`), or what the background work is called.
    pub method: &'static str,
    /// The trace that the operation belongs to, as W3C `traceparent`, to be kept with what it causes later.
    pub traceparent: Option<String>,
}

impl OpContext {
    /// A piece of a service's own work, such as a delivery: it reaches everything, and has half a minute.
    #[must_use]
    pub fn background(service: &'static str, what: &'static str) -> Self {
        Self {
            caller: Caller::Service(service.to_owned()),
            permit: Permit::grant(Reach::Service),
            deadline: Deadline::within(BACKGROUND_DEADLINE),
            idempotency: None,
            locale: Locale::default(),
            method: what,
            traceparent: None,
        }
    }

    /// Makes it the mutation with this key.
    #[must_use]
    pub fn keyed(mut self, key: IdempotencyKey) -> Self {
        self.idempotency = Some(key);
        self
    }

    /// The person who calls.
    ///
    /// # Errors
    /// POST_REQUIRED where a service calls, which holds none.
    pub fn person(&self) -> Result<&Profile> {
        match &self.caller {
            Caller::Person(profile) => Ok(profile),
            Caller::Service(_) => Err(Failure::new(Kind::PermissionDenied, ErrorReason::PostRequired)
                .with("method", self.method)
                .with("posts", "")),
        }
    }

    /// The caller's resource name: `employees/{uuid}` or `services/{name}`.
    #[must_use]
    pub fn actor(&self) -> String {
        self.caller.actor()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::{Caller, OpContext, Profile};

    #[test]
    fn background_work_is_the_services_own() {
        let op = OpContext::background("contracts", "deliver");
        assert_eq!(op.actor(), "services/contracts");
        assert!(op.permit.covers(Uuid::nil(), Uuid::nil()));
        let failure = op.person().expect_err("nobody's");
        assert_eq!(failure.reason(), "ERROR_REASON_POST_REQUIRED");
    }

    #[test]
    fn a_persons_operation_names_the_person() {
        let profile = Profile {
            person: Uuid::from_u128(1),
            display_name: "王伟".into(),
            active: true,
            posts: Vec::new(),
            organization_revision: 1,
        };
        let op = OpContext {
            caller: Caller::Person(Arc::new(profile)),
            ..OpContext::background("contracts", "submit")
        };
        assert_eq!(op.person().expect("a person").display_name, "王伟");
        assert_eq!(op.actor(), "employees/00000000-0000-0000-0000-000000000001");
    }
}
