//! Finding a customer by pieces of what people remember: the index that every PostgreSQL has, over pairs of characters.

use std::collections::BTreeSet;

use super::{archive::Archive, normalize::normalize};

/// What a search looks in: name, code, contacts' names and telephone numbers, normalised, one a line so that nothing is found
/// across two of them.
#[must_use]
pub fn text(archive: &Archive) -> String {
    let name = archive.name.normalized().to_owned();
    let code = archive.credit_code.iter().map(|code| normalize(code.as_str()));
    let contacts = archive
        .contacts
        .iter()
        .flat_map(|contact| [normalize(&contact.display_name), normalize(&contact.phone)]);
    let lines: Vec<String> = [name].into_iter().chain(code).chain(contacts).collect();
    lines.join("\n")
}

/// The single characters and the pairs of neighbours in a text. A text contains a word only if it has all of the word's.
#[must_use]
pub fn grams(text: &str) -> Vec<String> {
    let mut grams = BTreeSet::new();
    for line in text.lines() {
        let characters: Vec<char> = line.chars().collect();
        grams.extend(characters.iter().map(|character| character.to_string()));
        grams.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
    }
    grams.into_iter().collect()
}

/// What a person searches for: words that must all be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
}

impl Search {
    /// The words of a text; `None` where there is none with a letter or a digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words = text
            .split_whitespace()
            .map(normalize)
            .filter(|word| !word.is_empty());
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// The words, letters and digits alone.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// What a text that contains the words has: pairs, which are rarer than their characters, and the characters of one-letter words.
    #[must_use]
    pub fn grams(&self) -> Vec<String> {
        let pairs_of = |word: &String| {
            let single = word.chars().count() == 1;
            grams(word)
                .into_iter()
                .filter(move |gram| single || gram.chars().count() == 2)
        };
        let grams: BTreeSet<String> = self.words.iter().flat_map(pairs_of).collect();
        grams.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Search, grams, text};
    use crate::domain::{
        archive::{Address, Archive, Contact},
        credit_code::CreditCode,
        name::CustomerName,
    };

    #[test]
    fn a_search_looks_in_name_code_and_contacts() {
        let archive = Archive {
            name: CustomerName::parse("杭州ABC（集团）").expect("a name"),
            credit_code: CreditCode::parse("91350100M000100Y43").ok(),
            address: Address::default(),
            contacts: vec![Contact {
                display_name: "王 伟".to_owned(),
                phone: "+86 571-8888".to_owned(),
                ..Contact::default()
            }],
            needs: "甲".to_owned(),
            preferences: String::new(),
        };
        assert_eq!(text(&archive), "杭州abc集团\n91350100m000100y43\n王伟\n865718888");
    }

    #[test]
    fn nothing_to_search_for_is_no_search() {
        assert_eq!(Search::parse(" —— "), None);
        let search = Search::parse(" Ａbc  集团 x ").expect("words");
        assert_eq!(search.words(), ["abc", "集团", "x"]);
        assert_eq!(search.grams(), ["ab", "bc", "x", "集团"]);
    }

    proptest! {
        #[test]
        fn whatever_contains_a_word_has_its_grams(before in "[a-c甲乙]{0,6}", word in "[a-c甲乙]{1,5}", after in "[a-c甲乙]{0,6}") {
            let all = grams(&format!("{before}{word}{after}"));
            let search = Search::parse(&word).expect("a word");
            prop_assert!(search.grams().iter().all(|gram| all.contains(gram)));
        }
    }
}
