//! Resource names (AIP-122): `customers/{uuid}`, and `contracts/{uuid}/revisions/{id}` below one.

use uuid::Uuid;

use crate::ValueError;

/// The longest id of a child, in characters.
const LONGEST_CHILD: usize = 63;

/// The name of a resource: `customers/{uuid}`.
#[must_use]
pub fn format(collection: &str, id: Uuid) -> String {
    format!("{collection}/{id}")
}

/// The id in a name of this collection. Only the one canonical spelling is a name, so that equal names are equal texts.
///
/// # Errors
/// [`ValueError::NameMalformed`].
pub fn parse(collection: &str, name: &str) -> Result<Uuid, ValueError> {
    name.strip_prefix(collection)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(canonical)
        .ok_or_else(|| malformed(name, format!("{collection}/{{uuid}}")))
}

/// The ids in a name of a collection below another: that of the parent, and the child's own, which is made of letters,
/// digits, `-`, `_`, `.` and `~`.
///
/// # Errors
/// [`ValueError::NameMalformed`].
pub fn parse_child(parent: &str, children: &str, name: &str) -> Result<(Uuid, String), ValueError> {
    let parse = || {
        let rest = name.strip_prefix(parent)?.strip_prefix('/')?;
        let (id, rest) = rest.split_once('/')?;
        let child = rest.strip_prefix(children)?.strip_prefix('/')?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let well_formed = (1..=LONGEST_CHILD).contains(&child.len()) && child.bytes().all(known);
        well_formed.then_some((canonical(id)?, child.to_owned()))
    };
    parse().ok_or_else(|| malformed(name, format!("{parent}/{{uuid}}/{children}/{{id}}")))
}

/// A UUID as it is written here: small letters and hyphens.
fn canonical(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    let mut buffer = Uuid::encode_buffer();
    (id.hyphenated().encode_lower(&mut buffer) == text).then_some(id)
}

fn malformed(name: &str, pattern: String) -> ValueError {
    ValueError::NameMalformed {
        name: name.chars().take(100).collect(),
        pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198a0c2-7f00-7abc-8def-0123456789ab";

    #[test]
    fn a_name_comes_back_as_it_went() {
        let id = Uuid::try_parse(ID).expect("a UUID");
        assert_eq!(format("customers", id), format!("customers/{ID}"));
        assert_eq!(parse("customers", &format("customers", id)), Ok(id));
    }

    #[test]
    fn one_resource_has_one_name() {
        for name in [
            ID.to_owned(),
            format!("contracts/{ID}"),
            format!("customers{ID}"),
            format!("customers/{ID}/"),
            format!("/customers/{ID}"),
            format!("customers/{}", ID.to_uppercase()),
            format!("customers/{}", ID.replace('-', "")),
            format!("customers/{{{ID}}}"),
        ] {
            let error = parse("customers", &name).expect_err(&name);
            assert!(error.to_string().contains("`customers/{uuid}`"), "{error}");
        }
    }

    #[test]
    fn a_child_has_its_own_id_below_its_parent() {
        let id = Uuid::try_parse(ID).expect("a UUID");
        let parse = |name: String| parse_child("contracts", "revisions", &name);
        assert_eq!(
            parse(format!("contracts/{ID}/revisions/12")),
            Ok((id, "12".to_owned()))
        );
        for child in [
            "",
            "revisions",
            "revisions/",
            "revisions/1/2",
            "revisions/第一",
            "lines/1",
        ] {
            assert!(parse(format!("contracts/{ID}/{child}")).is_err(), "{child}");
        }
        assert!(parse("contracts/-/revisions/1".to_owned()).is_err());
        assert!(parse(format!("contracts/{ID}/revisions/{}", "1".repeat(64))).is_err());
    }
}
