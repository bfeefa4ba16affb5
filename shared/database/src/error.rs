use std::{error::Error as StdError, time::Duration};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use uuid::Uuid;

type Source = Box<dyn StdError + Send + Sync>;

/// When a caller may find the database well again.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// What can go wrong between a service and its database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be had, or it broke before COMMIT was sent. Nothing is done.
    #[error("the database is out of reach")]
    Unavailable(#[source] Source),
    /// The answer to COMMIT is lost: the transaction may have committed.
    #[error("the database did not confirm the commit")]
    CommitUnknown(#[source] Source),
    /// Another transaction won, and still did after retries. Nothing is done.
    #[error("lost against concurrent transactions")]
    Conflict(#[source] DieselError),
    /// A unique constraint forbids it.
    #[error("unique constraint {constraint} is violated")]
    UniqueViolation {
        /// Its name.
        constraint: String,
    },
    /// A check constraint forbids it.
    #[error("check constraint {constraint} is violated")]
    CheckViolation {
        /// Its name.
        constraint: String,
    },
    /// A foreign key forbids it.
    #[error("foreign key {constraint} is violated")]
    ForeignKeyViolation {
        /// Its name.
        constraint: String,
    },
    /// Time ran out before COMMIT was sent. Nothing is done.
    #[error("the deadline passed")]
    DeadlineExceeded,
    /// The idempotency key was used for another request.
    #[error("request id {request_id} was used for another request")]
    RequestIdReused {
        /// The key as sent.
        request_id: Uuid,
    },
    /// A stored answer cannot be read.
    #[error("a stored answer does not decode")]
    StoredAnswer(#[from] prost::DecodeError),
    /// Anything else: a defect.
    #[error("query failed")]
    Query(#[source] DieselError),
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(kind, information) => {
                let constraint = || information.constraint_name().unwrap_or_default().to_owned();
                match kind {
                    DatabaseErrorKind::UniqueViolation => Self::UniqueViolation {
                        constraint: constraint(),
                    },
                    DatabaseErrorKind::CheckViolation => Self::CheckViolation {
                        constraint: constraint(),
                    },
                    DatabaseErrorKind::ForeignKeyViolation => Self::ForeignKeyViolation {
                        constraint: constraint(),
                    },
                    DatabaseErrorKind::ClosedConnection => Self::Unavailable(Box::new(error)),
                    _ if lost_to_another(&error) => Self::Conflict(error),
                    _ if shutting_down(information.message()) => Self::Unavailable(Box::new(error)),
                    _ => Self::Query(error),
                }
            }
            DieselError::BrokenTransactionManager => Self::Unavailable(Box::new(error)),
            _ => Self::Query(error),
        }
    }
}

/// Serialization failures and deadlocks: the same transaction may succeed when run again.
fn lost_to_another(error: &DieselError) -> bool {
    let DieselError::DatabaseError(kind, information) = error else {
        return false;
    };
    matches!(kind, DatabaseErrorKind::SerializationFailure)
        // diesel has no kind for 40P01.
        || information.message().starts_with("deadlock detected")
}

/// A server that is starting, stopping or ends this session (57P01 to 57P03), for which diesel has no kinds.
fn shutting_down(message: &str) -> bool {
    message.starts_with("terminating connection") || message.starts_with("the database system is")
}

/// Whether anywhere in its causes the error is a transaction lost to another.
pub(crate) fn is_conflict(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<DieselError>().is_some_and(lost_to_another) {
            return true;
        }
        cause = error.source();
    }
    false
}

impl Error {
    /// What callers are told of it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unavailable(_) | Self::CommitUnknown(_) | Self::Conflict(_) => Kind::Unavailable,
            Self::DeadlineExceeded => Kind::DeadlineExceeded,
            Self::RequestIdReused { .. } => Kind::InvalidArgument,
            // A constraint that its service does not expect to be hit is a defect of that service.
            Self::UniqueViolation { .. }
            | Self::CheckViolation { .. }
            | Self::ForeignKeyViolation { .. }
            | Self::StoredAnswer(_)
            | Self::Query(_) => Kind::Internal,
        }
    }

    /// Whether it is this unique constraint that was violated.
    #[must_use]
    pub fn violates(&self, name: &str) -> bool {
        matches!(self, Self::UniqueViolation { constraint } if constraint == name)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = error.kind();
        let failure = match &error {
            Error::Unavailable(_) | Error::Conflict(_) => {
                Self::new(kind, ErrorReason::Unavailable).retry_after(RETRY_AFTER)
            }
            Error::CommitUnknown(_) => Self::new(kind, ErrorReason::Unavailable)
                .retry_after(RETRY_AFTER)
                .may_be_done(),
            Error::DeadlineExceeded => Self::new(kind, ErrorReason::DeadlineExceeded),
            Error::RequestIdReused { request_id } => {
                Self::new(kind, ErrorReason::RequestIdReused).with("request_id", request_id)
            }
            Error::UniqueViolation { .. }
            | Error::CheckViolation { .. }
            | Error::ForeignKeyViolation { .. }
            | Error::StoredAnswer(_)
            | Error::Query(_) => Self::new(kind, ErrorReason::Internal),
        };
        failure.because(error)
    }
}
