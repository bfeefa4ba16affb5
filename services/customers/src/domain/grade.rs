//! How much a customer matters (P5.3.1).

use jiff::Timestamp;

/// A customer's grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grade {
    /// Key.
    A,
    /// Major.
    B,
    /// Ordinary.
    C,
    /// Potential: every new customer.
    D,
}

impl Grade {
    /// Every grade.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }

    /// The grade of a letter.
    #[must_use]
    pub fn parse(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.as_str() == letter)
    }
}

/// A grade over a half-open period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradePeriod {
    /// Which one of the customer's, from 1.
    pub number: i64,
    /// The grade.
    pub grade: Grade,
    /// From when.
    pub start_time: Timestamp,
    /// Until when, itself excluded; `None` for the current one.
    pub end_time: Option<Timestamp>,
    /// Why, in the words of who gave it.
    pub reason: String,
    /// Who gave it, `employees/{uuid}`.
    pub actor: String,
}

#[cfg(test)]
mod tests {
    use super::Grade;

    #[test]
    fn every_grade_comes_back_from_its_letter() {
        for grade in Grade::ALL {
            assert_eq!(Grade::parse(grade.as_str()), Some(grade));
        }
        assert_eq!(Grade::parse("E"), None);
    }
}
