//! The numbers that people call contracts by.

use std::fmt;

/// A calendar year in the company's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Year(pub i16);

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of the `sequence`-th contract that a region submitted in a year: `HT-HD-2026-000012`. Beyond 999,999 it grows longer.
pub(crate) fn number(region_code: &str, year: Year, sequence: i64) -> String {
    format!("HT-{region_code}-{year}-{sequence:06}")
}

#[cfg(test)]
mod tests {
    use super::{Year, number};

    #[test]
    fn a_number_says_region_year_and_sequence() {
        assert_eq!(number("HD", Year(2026), 12), "HT-HD-2026-000012");
        assert_eq!(number("HD", Year(2026), 1_000_000), "HT-HD-2026-1000000");
    }
}
