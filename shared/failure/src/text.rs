//! What each reason says to people, read once from the options of the proto's enum values.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use prost_reflect::{DynamicMessage, EnumDescriptor, EnumValueDescriptor};
use salient_proto::POOL;

use crate::Locale;

/// The name of every enum of reasons, after its package.
const ENUM: &str = ".ErrorReason";
const OPTION: &str = "salient.access.v1.reason";

struct Texts {
    english: String,
    chinese: String,
}

/// By the enum's full name, then by the value's name.
static TEXTS: LazyLock<HashMap<String, HashMap<String, Texts>>> = LazyLock::new(|| {
    let texts_of = |reasons: &EnumDescriptor| {
        let texts = reasons
            .values()
            .filter_map(|value| Some((value.name().to_owned(), texts(&value)?)));
        texts.collect()
    };
    POOL.all_enums()
        .filter(|reasons| reasons.full_name().ends_with(ENUM))
        .map(|reasons| (reasons.full_name().to_owned(), texts_of(&reasons)))
        .collect()
});

fn texts(value: &EnumValueDescriptor) -> Option<Texts> {
    let option = POOL.get_extension_by_name(OPTION)?;
    let options = value.options();
    let texts = options.get_extension(&option);
    let message = texts.as_message()?;
    let text = |message: &DynamicMessage, field| {
        let text = message.get_field_by_name(field)?;
        text.as_str().map(ToOwned::to_owned)
    };
    let texts = Texts {
        english: text(message, "en")?,
        chinese: text(message, "zh")?,
    };
    (!texts.english.is_empty() && !texts.chinese.is_empty()).then_some(texts)
}

/// The text of a reason with its placeholders filled; the reason's own name where it has no text.
pub(crate) fn render(
    reason_enum: &str,
    reason: &str,
    metadata: &BTreeMap<&'static str, String>,
    locale: Locale,
) -> String {
    let Some(texts) = TEXTS.get(reason_enum).and_then(|texts| texts.get(reason)) else {
        return reason.to_owned();
    };
    match locale {
        Locale::English => fill(&texts.english, metadata),
        Locale::Chinese => fill(&texts.chinese, metadata),
    }
}

/// Replaces each `{key}`, in one pass, so that a value which itself looks like a key stays as it is. A key without a value
/// becomes `…`.
fn fill(template: &str, metadata: &BTreeMap<&'static str, String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((key, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(metadata.get(key).map_or("…", String::as_str));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::{fs, mem, path::Path};

    use super::*;

    #[test]
    fn every_reason_of_every_service_speaks_both_languages() {
        let mut reasons = 0;
        for value in POOL
            .all_enums()
            .filter(|reasons| reasons.full_name().ends_with(ENUM))
            .flat_map(|reasons| reasons.values().collect::<Vec<_>>())
            .filter(|value| value.number() != 0)
        {
            assert!(texts(&value).is_some(), "{} lacks a text", value.full_name());
            reasons += 1;
        }
        assert!(reasons > 15, "only {reasons} reasons found");
    }

    #[test]
    fn placeholders_are_filled_from_the_metadata() {
        let metadata = BTreeMap::from([("resource", "customers/1".to_owned())]);
        let say = |locale| {
            render(
                "salient.access.v1.ErrorReason",
                "ERROR_REASON_RESOURCE_NOT_FOUND",
                &metadata,
                locale,
            )
        };
        assert_eq!(say(Locale::English), "customers/1 does not exist.");
        assert_eq!(say(Locale::Chinese), "customers/1 不存在。");
    }

    #[test]
    fn a_value_is_not_a_template_and_no_placeholder_is_left() {
        let metadata = BTreeMap::from([("limit", "{resource}".to_owned()), ("resource", "x".to_owned())]);
        assert_eq!(fill("{limit}, {limit}", &metadata), "{resource}, {resource}");
        assert_eq!(fill("{unknown} ends", &metadata), "… ends");
        assert_eq!(fill("a { b", &metadata), "a { b");
    }

    /// The keys that a text has placeholders for, sorted.
    fn placeholders(text: &str) -> Vec<&str> {
        let mut keys: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(key, _)| key)
            .collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn both_languages_fill_in_the_same() {
        for (name, texts) in TEXTS.values().flatten() {
            assert_eq!(
                placeholders(&texts.english),
                placeholders(&texts.chinese),
                "{name}"
            );
        }
    }

    #[test]
    fn every_placeholder_is_documented_in_the_comment_of_its_reason() {
        let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/salient");
        for (full_name, texts) in &*TEXTS {
            let package = full_name
                .split('.')
                .nth(1)
                .expect("salient.<package>.v1.ErrorReason");
            let path = protos.join(package).join("v1/error_reason.proto");
            let source =
                fs::read_to_string(&path).expect("each package keeps its reasons in error_reason.proto");
            for (reason, comment) in comments(&source) {
                for key in placeholders(&texts[reason].english) {
                    assert!(
                        comment.contains(&format!("`{key}`")),
                        "{package}: {reason} does not document {key}"
                    );
                }
            }
        }
    }

    /// Each reason of a proto file with the comment above it.
    fn comments(source: &str) -> Vec<(&str, String)> {
        let mut comment = String::new();
        let mut found = Vec::new();
        for line in source.lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("//") {
                comment.push_str(text);
            } else if line.starts_with("ERROR_REASON_") && !line.contains("_UNSPECIFIED ") {
                found.push((
                    line.split(' ').next().unwrap_or_default(),
                    mem::take(&mut comment),
                ));
            } else {
                comment.clear();
            }
        }
        found
    }
}
