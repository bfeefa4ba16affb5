//! The two layers that admit a call: first who calls, then whether they may.

mod access;
mod authentication;

use http::{HeaderMap, Response, header::ACCEPT_LANGUAGE};
use salient_failure::{Failure, Locale};
use salient_operation::Caller;

pub use self::{
    access::{Access, AccessLayer},
    authentication::{Authentication, AuthenticationLayer},
};

/// What authentication leaves for the access rule.
#[derive(Debug, Clone)]
struct Identified {
    caller: Caller,
    locale: Locale,
}

fn locale(headers: &HeaderMap) -> Locale {
    let wanted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|wanted| wanted.to_str().ok());
    wanted.map(Locale::from_accept_language).unwrap_or_default()
}

/// A refusal as a whole answer: headers only, as gRPC has it.
fn refuse<B: Default>(failure: Failure, locale: Locale) -> Response<B> {
    failure.into_status(locale).into_http()
}

#[cfg(test)]
mod tests;
