//! A customer's name.

use super::normalize::normalize;

/// The longest name, in characters.
const LONGEST: usize = 200;
/// The longest normalised name, in bytes: a few characters grow when they are normalised, and an index takes no more than
/// about 2,700.
const LONGEST_NORMALIZED: usize = 2000;

/// A customer's name, as it is shown and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerName {
    shown: String,
    normalized: String,
}

/// Why a text is no customer's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// There is nothing to tell the customer by.
    #[error("must have at least one letter or digit")]
    Empty,
    /// It is too long.
    #[error("must have at most 200 characters")]
    TooLong,
}

impl CustomerName {
    /// A name, without blanks around it.
    ///
    /// # Errors
    /// [`InvalidName`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let shown = text.trim().to_owned();
        let normalized = normalize(&shown);
        if normalized.is_empty() {
            return Err(InvalidName::Empty);
        }
        if shown.chars().count() > LONGEST || normalized.len() > LONGEST_NORMALIZED {
            return Err(InvalidName::TooLong);
        }
        Ok(Self { shown, normalized })
    }

    /// As people wrote it.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What it is compared by.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.normalized
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomerName, InvalidName};

    #[test]
    fn a_name_keeps_how_it_was_written() {
        let name = CustomerName::parse(" 上海 ＡＢＣ 贸易 ").expect("a name");
        assert_eq!(
            (name.shown(), name.normalized()),
            ("上海 ＡＢＣ 贸易", "上海abc贸易")
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for empty in ["", "  ", "（）", "—"] {
            assert_eq!(CustomerName::parse(empty), Err(InvalidName::Empty));
        }
        assert!(CustomerName::parse(&"华".repeat(200)).is_ok());
        assert_eq!(CustomerName::parse(&"华".repeat(201)), Err(InvalidName::TooLong));
        // One character that stands for eighteen.
        assert_eq!(CustomerName::parse(&"ﷺ".repeat(200)), Err(InvalidName::TooLong));
    }
}
