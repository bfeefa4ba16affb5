use std::sync::Arc;

use salient_failure::Locale;
use salient_operation::{Caller, Deadline, Permit};

use crate::MethodRule;

/// That a call was let in: who calls, how far they reach, and what the operation needs to know besides. It stands in the
/// request's extensions; a method that finds none was reached around the gate.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who calls.
    pub caller: Caller,
    /// How far they reach with this method.
    pub permit: Permit,
    /// The method's rule.
    pub rule: Arc<MethodRule>,
    /// When the answer is no longer wanted.
    pub deadline: Deadline,
    /// The language that the caller is answered in.
    pub locale: Locale,
    /// The method's path.
    pub method: &'static str,
    /// The caller's W3C `traceparent`, where it sent a well-formed one.
    pub traceparent: Option<String>,
}
