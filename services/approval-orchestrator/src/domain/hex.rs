//! Bytes as the database writes them in JSON (`\x0a1b…`), for rows that travel as JSON.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes bytes as `\x…`.
///
/// # Errors
/// None of its own.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("\\x{}", encode(bytes)))
}

/// Reads bytes from `\x…`.
///
/// # Errors
/// Where the text is anything else.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.strip_prefix("\\x")
        .and_then(decode)
        .ok_or_else(|| D::Error::custom("expected bytes as \\x…"))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// Bytes from hexadecimal digits; `None` where the text is anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
    }

    #[test]
    fn odd_lengths_and_other_letters_are_refused() {
        assert_eq!(decode("abc"), None);
        assert_eq!(decode("zz"), None);
    }
}
