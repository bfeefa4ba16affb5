use std::{collections::BTreeMap, error::Error, fmt, sync::Arc, time::Duration};

use salient_proto::{Reason, access::v1::ErrorReason};

use crate::{Certainty, Kind};

/// Why an operation failed, with everything its caller is told and, apart from that, what only the log is told.
#[derive(Clone)]
pub struct Failure(Box<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub kind: Kind,
    pub reason: &'static str,
    pub reason_enum: &'static str,
    pub metadata: BTreeMap<&'static str, String>,
    pub fields: Vec<(String, String)>,
    pub preconditions: Vec<Precondition>,
    pub quotas: Vec<(String, String)>,
    pub retry_after: Option<Duration>,
    pub certainty: Certainty,
    pub source: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Clone)]
pub(crate) struct Precondition {
    pub kind: &'static str,
    pub subject: String,
    pub description: String,
}

impl Failure {
    /// A failure of a kind, for a documented reason.
    #[must_use]
    pub fn new<R: Reason>(kind: Kind, reason: R) -> Self {
        Self(Box::new(Inner {
            kind,
            reason: reason.name(),
            reason_enum: R::ENUM,
            metadata: BTreeMap::new(),
            fields: Vec::new(),
            preconditions: Vec::new(),
            quotas: Vec::new(),
            retry_after: None,
            certainty: Certainty::NotDone,
            source: None,
        }))
    }

    /// Adds to `ErrorInfo.metadata`. The keys of a reason are documented with it.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.0.metadata.insert(key, value.to_string());
        self
    }

    /// Names a field that is wrong and what is wrong with it (`BadRequest`).
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, description: impl Into<String>) -> Self {
        self.0.fields.push((path.into(), description.into()));
        self
    }

    /// Names what must hold first (`PreconditionFailure`): its type in capitals, what it is about, what to do.
    #[must_use]
    pub fn precondition(
        mut self,
        kind: &'static str,
        subject: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        let (subject, description) = (subject.into(), description.into());
        self.0.preconditions.push(Precondition {
            kind,
            subject,
            description,
        });
        self
    }

    /// Names a limit that is reached (`QuotaFailure`): of what, and what the limit is.
    #[must_use]
    pub fn quota(mut self, subject: impl Into<String>, description: impl Into<String>) -> Self {
        self.0.quotas.push((subject.into(), description.into()));
        self
    }

    /// Says when trying again makes sense (`RetryInfo`).
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// Keeps the cause, for the log only.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// Marks that the operation may have taken effect. Without this mark it certainly has not.
    #[must_use]
    pub fn may_be_done(mut self) -> Self {
        self.0.certainty = Certainty::MayBeDone;
        self
    }

    /// A defect of ours. Callers learn no more than that.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, ErrorReason::Internal).because(source)
    }

    /// The resource does not exist.
    #[must_use]
    pub fn not_found(resource: impl ToString) -> Self {
        Self::new(Kind::NotFound, ErrorReason::ResourceNotFound).with("resource", resource)
    }

    /// The etag sent is not the resource's current one.
    #[must_use]
    pub fn etag_mismatch(resource: impl ToString) -> Self {
        Self::new(Kind::Aborted, ErrorReason::EtagMismatch).with("resource", resource)
    }

    /// A field is missing or malformed.
    #[must_use]
    pub fn invalid_field(path: impl Into<String>, description: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, ErrorReason::RequestInvalid).field(path, description)
    }

    /// The object lies outside what the caller's posts reach.
    #[must_use]
    pub fn out_of_scope() -> Self {
        Self::new(Kind::PermissionDenied, ErrorReason::OutOfScope)
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The reason's name, as `ErrorInfo.reason` has it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// Whether the operation may have taken effect.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        self.0.certainty
    }

    pub(crate) fn into_inner(self) -> Inner {
        *self.0
    }
}

/// For the log: everything, the cause included.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{:?}: {}", inner.kind, inner.reason)?;
        for (key, value) in &inner.metadata {
            write!(f, " {key}={value}")?;
        }
        for (path, description) in &inner.fields {
            write!(f, " {path}: {description};")?;
        }
        let mut source = inner.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
