//! Field masks of updates (AIP-134).

use prost_types::FieldMask;
use salient_failure::{Failure, Result};

/// The field of the request that a mask stands in.
const FIELD: &str = "update_mask";
/// Stands for every field.
const ALL: &str = "*";

/// Which fields an update changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask(Vec<&'static str>);

impl Mask {
    /// The fields of a mask, out of those that may be changed. Without a mask, with an empty one and with `*` these are all.
    ///
    /// # Errors
    /// REQUEST_INVALID, which names the first path that may not be changed and lists those that may.
    pub fn new(mask: Option<FieldMask>, allowed: &[&'static str]) -> Result<Self> {
        let paths = mask.map(|mask| mask.paths).unwrap_or_default();
        if paths.is_empty() || paths == [ALL] {
            return Ok(Self(allowed.to_vec()));
        }
        let unknown = paths.iter().find(|path| !allowed.contains(&path.as_str()));
        if let Some(path) = unknown {
            let path: String = path.chars().take(100).collect();
            let fields = allowed.join(", ");
            return Err(Failure::invalid_field(
                FIELD,
                format!("{path:?} cannot be updated; these can: {fields}"),
            ));
        }
        let named = |field: &&&str| paths.iter().any(|path| path == **field);
        Ok(Self(allowed.iter().filter(named).copied().collect()))
    }

    /// Whether the update changes this field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains(&field)
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldMask, Mask};

    const ALLOWED: [&str; 3] = ["display_name", "notes", "address"];

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn a_mask_names_what_changes() {
        let mask = Mask::new(Some(mask(&["notes", "notes"])), &ALLOWED).expect("allowed");
        assert!(mask.has("notes"));
        assert!(!mask.has("display_name"));
    }

    #[test]
    fn no_mask_and_a_star_name_everything() {
        for mask in [None, Some(mask(&[])), Some(mask(&["*"]))] {
            let mask = Mask::new(mask, &ALLOWED).expect("everything");
            assert!(ALLOWED.iter().all(|field| mask.has(field)));
            assert!(!mask.has("state"));
        }
    }

    #[test]
    fn what_may_not_be_changed_is_refused_by_name() {
        for path in ["state", "address.city", "displayName", ""] {
            let failure = Mask::new(Some(mask(&["notes", path])), &ALLOWED).expect_err(path);
            assert_eq!(failure.reason(), "ERROR_REASON_REQUEST_INVALID");
            assert!(failure.to_string().contains(&format!("update_mask: {path:?}")));
        }
        assert!(Mask::new(Some(mask(&["*", "notes"])), &ALLOWED).is_err());
    }
}
