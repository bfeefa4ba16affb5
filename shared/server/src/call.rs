//! One admitted call: the context its operation gets, and where it runs.

use std::{future::Future, panic::resume_unwind};

use salient_access::Admission;
use salient_failure::{Failure, Kind, Locale};
use salient_operation::{Deadline, IdempotencyKey, OpContext};
use salient_proto::{Request, access::v1::ErrorReason};
use tokio::time::timeout;
use tonic::{Extensions, Status};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use crate::{refusal, stack::Slot};

/// What the layers left with the request.
pub(crate) struct Call {
    admission: Admission,
    slot: Slot,
}

impl Call {
    pub(crate) fn of(extensions: &mut Extensions) -> Result<Self, Status> {
        match (extensions.remove::<Admission>(), extensions.remove::<Slot>()) {
            (Some(admission), Some(slot)) => Ok(Self { admission, slot }),
            // A defect: the method is reachable around the stack. Refusing is the only safe answer.
            _ => Err(refusal::status(
                Failure::internal("call without admission"),
                "unknown",
                Locale::English,
            )),
        }
    }

    /// The status of a failure of this call.
    pub(crate) fn refuse(&self, failure: impl Into<Failure>) -> Status {
        refusal::status(failure.into(), self.admission.method, self.admission.locale)
    }

    /// How to refuse later, when the call itself is gone: in the middle of a stream.
    pub(crate) fn refuser<E: Into<Failure>>(&self) -> impl Fn(E) -> Status + Send + Sync + 'static {
        let (method, locale) = (self.admission.method, self.admission.locale);
        move |error| refusal::status(error.into(), method, locale)
    }

    /// The operation's context, without an idempotency key.
    pub(crate) fn operation(&self) -> OpContext {
        let admission = &self.admission;
        OpContext {
            caller: admission.caller.clone(),
            permit: admission.permit.clone(),
            deadline: self.deadline(),
            idempotency: None,
            locale: admission.locale,
            method: admission.method,
            // The span of this very call where there is one, so that what the call causes hangs below it.
            traceparent: salient_telemetry::traceparent(&Span::current())
                .or_else(|| admission.traceparent.clone()),
        }
    }

    /// The operation's context for a message, which stands here encoded too; with an idempotency key if the method changes
    /// something.
    pub(crate) fn operation_on(&self, message: &impl Request, encoded: &[u8]) -> Result<OpContext, Failure> {
        let mut operation = self.operation();
        if self.admission.rule.mutation {
            let request_id = message.request_id().unwrap_or_default();
            operation.idempotency = Some(idempotency_key(&operation, request_id, &[encoded])?);
        }
        Ok(operation)
    }

    /// A reading call ends when its client's time does. A mutation gets the time to finish what it began.
    fn deadline(&self) -> Deadline {
        let asked = self.admission.deadline;
        if self.admission.rule.mutation && asked.remaining() < self.slot.mutation_time {
            Deadline::within(self.slot.mutation_time)
        } else {
            asked
        }
    }

    /// Runs the call's work: in place where it only reads, and where it changes something in a task of its own, so that a
    /// client that leaves or loses patience never stops a decision half-way.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        deadline: Deadline,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Status> {
        if !self.admission.rule.mutation {
            return self.finish(work.await);
        }
        let detached = self.slot.detached.clone();
        let task = async move {
            let worked = timeout(deadline.remaining(), work).await;
            // Finished here, not by the caller, who may be gone: the log must have the outcome either way.
            self.finish(worked.unwrap_or_else(|_| {
                Err(Failure::new(Kind::DeadlineExceeded, ErrorReason::DeadlineExceeded).may_be_done())
            }))
        };
        match detached.spawn(task.instrument(Span::current())).await {
            Ok(finished) => finished,
            Err(ended) => match ended.try_into_panic() {
                // The layer that answers panics is around the caller.
                Ok(panic) => resume_unwind(panic),
                Err(cancelled) => Err(refusal::status(
                    Failure::internal(cancelled),
                    "unknown",
                    Locale::English,
                )),
            },
        }
    }

    /// Writes the audit line where the rule asks for one, and makes the failure a status.
    fn finish<T>(&self, result: Result<T, Failure>) -> Result<T, Status> {
        if self.admission.rule.audited {
            let outcome = result.as_ref().err().map_or("OK", Failure::reason);
            let actor = self.admission.caller.actor();
            tracing::info!(target: "salient::audit", method = self.admission.method, actor, outcome, "audited call");
        }
        result.map_err(|failure| self.refuse(failure))
    }
}

/// The idempotency key of an operation: the same caller, id and content get the first answer again.
///
/// `content` is what tells one request from another: [`unary`](crate::unary) takes the encoded message; a method to which
/// the client streams chooses it, for example a header message and the digest of what followed.
///
/// # Errors
/// INVALID_ARGUMENT on `request_id` if it is not a UUID.
pub fn idempotency_key(
    operation: &OpContext,
    request_id: &str,
    content: &[&[u8]],
) -> Result<IdempotencyKey, Failure> {
    let request_id = Uuid::try_parse(request_id)
        .map_err(|_| Failure::invalid_field("request_id", "must be a UUID, new for each new request"))?;
    let fingerprint = IdempotencyKey::fingerprint(operation.method, content.iter().copied());
    Ok(IdempotencyKey {
        caller: operation.actor(),
        request_id,
        fingerprint,
    })
}
