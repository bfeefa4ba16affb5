use tonic::Code;

/// The closed set of ways in which an operation fails, each with one gRPC code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong whatever the state of the system.
    InvalidArgument,
    /// The caller has not shown who they are.
    Unauthenticated,
    /// The caller is known and may not do this.
    PermissionDenied,
    /// What was named does not exist.
    NotFound,
    /// What was to be made exists.
    AlreadyExists,
    /// The system is not in the state that the request needs; the caller must change something first.
    FailedPrecondition,
    /// The caller lost against a concurrent change; reading again and retrying may succeed.
    Aborted,
    /// Beyond what is there at the moment.
    OutOfRange,
    /// A limit is reached.
    ResourceExhausted,
    /// Time ran out.
    DeadlineExceeded,
    /// Something needed is out of reach for now.
    Unavailable,
    /// The method is not offered.
    Unimplemented,
    /// A defect.
    Internal,
}

impl Kind {
    /// The gRPC code that callers see.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::InvalidArgument => Code::InvalidArgument,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::PermissionDenied => Code::PermissionDenied,
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::FailedPrecondition => Code::FailedPrecondition,
            Self::Aborted => Code::Aborted,
            Self::OutOfRange => Code::OutOfRange,
            Self::ResourceExhausted => Code::ResourceExhausted,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Unavailable => Code::Unavailable,
            Self::Unimplemented => Code::Unimplemented,
            Self::Internal => Code::Internal,
        }
    }
}
