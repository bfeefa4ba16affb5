//! Versions as callers see them (AIP-154): opaque to them, compared as they are.

use salient_failure::{Failure, Result};

/// The etag of a resource's version, in the quotes that HTTP wants around it.
#[must_use]
pub fn of(version: i64) -> String {
    format!("\"{version}\"")
}

/// Lets a change pass that was made from the current version, and one that names no version at all.
///
/// # Errors
/// ETAG_MISMATCH, which names the resource.
pub fn check(sent: &str, version: i64, resource: &str) -> Result<()> {
    if sent.is_empty() || sent == of(version) {
        Ok(())
    } else {
        Err(Failure::etag_mismatch(resource))
    }
}

#[cfg(test)]
mod tests {
    use salient_failure::Kind;

    use super::{check, of};

    #[test]
    fn only_the_current_version_passes_or_none() {
        assert!(check(&of(7), 7, "customers/1").is_ok());
        assert!(check("", 7, "customers/1").is_ok());
        for stale in [of(6).as_str(), "7", "\"07\"", "*"] {
            let failure = check(stale, 7, "customers/1").expect_err(stale);
            assert_eq!(failure.kind(), Kind::Aborted);
            assert_eq!(failure.reason(), "ERROR_REASON_ETAG_MISMATCH");
        }
    }
}
