//! When two texts are the same to people.

use unicode_normalization::UnicodeNormalization as _;

/// The text without what people do not compare by: letter case, full and half width, other compatibility forms, blanks and
/// punctuation. Empty where it holds no letter and no digit.
#[must_use]
pub fn normalize(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        // Small letters may have compatibility forms of their own.
        .nfkc()
        .filter(|character| character.is_alphanumeric())
        // What was dropped may have kept marks apart that belong in one order.
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::normalize;

    #[test]
    fn width_case_blanks_and_punctuation_make_no_difference() {
        for same in [
            "杭州ＡＢＣ（集团）有限公司",
            "杭州abc(集团)有限公司",
            " 杭州 ABC 集团 有限公司。",
            "杭州Ａbc・集团—有限公司",
        ] {
            assert_eq!(normalize(same), "杭州abc集团有限公司");
        }
        assert_eq!(normalize("Société ①"), "société1");
        assert_eq!(normalize("ﾃｽﾄ"), normalize("テスト"));
        assert_eq!(normalize("（）—— 。"), "");
    }

    #[test]
    fn different_names_stay_different() {
        assert_ne!(normalize("杭州一厂"), normalize("杭州二厂"));
        assert_ne!(normalize("A1"), normalize("A2"));
    }

    proptest! {
        #[test]
        fn doing_it_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once);
        }
    }
}
