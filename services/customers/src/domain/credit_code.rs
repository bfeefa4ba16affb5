//! The unified social credit code (统一社会信用代码) of GB 32100-2015.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// Its 31 characters, each worth its place: the letters that look like digits (I, O, S, V, Z) are left out.
const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// How many characters there are, the check character included.
const LENGTH: usize = 18;

/// A unified social credit code with the right check character.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreditCode(String);

/// Why a text is no such code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCreditCode {
    /// It is too short, too long, or has characters that do not occur in one.
    #[error("must have 18 digits and capital letters, without I, O, S, V and Z")]
    Malformed,
    /// It was probably mistyped.
    #[error("has a wrong check character")]
    CheckCharacter,
}

impl CreditCode {
    /// A code; small letters and full-width characters are taken for what they stand for.
    ///
    /// # Errors
    /// [`InvalidCreditCode`].
    pub fn parse(text: &str) -> Result<Self, InvalidCreditCode> {
        let code: String = text.trim().nfkc().collect::<String>().to_ascii_uppercase();
        let worth = |byte: u8| CHARACTERS.iter().position(|character| *character == byte);
        let values: Option<Vec<usize>> = code.bytes().map(worth).collect();
        let values = values.ok_or(InvalidCreditCode::Malformed)?;
        let Some((check, body)) = values.split_last().filter(|_| values.len() == LENGTH) else {
            return Err(InvalidCreditCode::Malformed);
        };
        if check_value(body) == *check {
            Ok(Self(code))
        } else {
            Err(InvalidCreditCode::CheckCharacter)
        }
    }

    /// The code, 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ISO 7064 MOD 31-3: the weights are the powers of three.
fn check_value(body: &[usize]) -> usize {
    let modulus = CHARACTERS.len();
    let weighted = body.iter().scan(1, |weight, value| {
        let product = *weight * value;
        *weight = *weight * 3 % modulus;
        Some(product)
    });
    (modulus - weighted.sum::<usize>() % modulus) % modulus
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS, CreditCode, InvalidCreditCode};

    /// The example of the standard, and codes of well-known companies.
    const REAL: [&str; 4] = [
        "91350100M000100Y43",
        "91110000802100433B",
        "914403001922038216",
        "91440300708461136T",
    ];

    #[test]
    fn the_standards_example_is_a_code_however_it_is_typed() {
        assert_eq!(
            CreditCode::parse(REAL[0]).map(|code| code.to_string()),
            Ok(REAL[0].to_owned())
        );
        for typed in [" 91350100m000100y43 ", "９１３５０１００Ｍ０００１００Ｙ４３"] {
            assert_eq!(CreditCode::parse(typed), CreditCode::parse(REAL[0]));
        }
    }

    #[test]
    fn every_single_wrong_character_and_swap_of_neighbours_shows() {
        let code = REAL[0].as_bytes();
        for place in 0..code.len() {
            for character in CHARACTERS {
                let mut typed = code.to_vec();
                typed[place] = *character;
                let typed = String::from_utf8(typed).expect("ASCII");
                assert_eq!(CreditCode::parse(&typed).is_ok(), typed == REAL[0], "{typed}");
            }
            if place > 0 && code[place] != code[place - 1] {
                let mut typed = code.to_vec();
                typed.swap(place, place - 1);
                let typed = String::from_utf8(typed).expect("ASCII");
                assert_eq!(
                    CreditCode::parse(&typed),
                    Err(InvalidCreditCode::CheckCharacter),
                    "{typed}"
                );
            }
        }
    }

    #[test]
    fn what_has_another_form_is_no_code() {
        for typed in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100O000100Y43",
            "一二三四五六七八九十一二三四五六七八",
        ] {
            assert_eq!(
                CreditCode::parse(typed),
                Err(InvalidCreditCode::Malformed),
                "{typed}"
            );
        }
    }
}
