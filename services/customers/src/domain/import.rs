//! Importing many customers at once: what is wrong with each row, found before anything is recorded.

use std::collections::HashSet;

use uuid::Uuid;

use super::{archive::Archive, credit_code::CreditCode, grade::Grade};

/// A row that is sound by itself.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row as the source numbers it.
    pub number: i64,
    /// What it says about the customer.
    pub archive: Archive,
    /// Whose customer it is; the caller's where not given.
    pub owner: Option<Uuid>,
    /// The unit, where given.
    pub unit: Option<Uuid>,
    /// How much the customer matters.
    pub grade: Grade,
}

/// What two customers cannot share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shared {
    /// The name.
    Name,
    /// The unified social credit code.
    CreditCode,
}

/// The rows that say what an earlier row says, each with what it shares with it.
#[must_use]
pub fn repeated(rows: &[Row]) -> Vec<(i64, Shared)> {
    let mut seen: HashSet<(Shared, &str)> = HashSet::new();
    let mut repeated = Vec::new();
    for row in rows {
        let name = (Shared::Name, row.archive.name.normalized());
        let code = row.archive.credit_code.as_ref().map(CreditCode::as_str);
        let code = code.map(|code| (Shared::CreditCode, code));
        for (shared, value) in [Some(name), code].into_iter().flatten() {
            if !seen.insert((shared, value)) {
                repeated.push((row.number, shared));
            }
        }
    }
    repeated
}

#[cfg(test)]
mod tests {
    use super::{Row, Shared, repeated};
    use crate::domain::{
        archive::{Address, Archive},
        credit_code::CreditCode,
        grade::Grade,
        name::CustomerName,
    };

    fn row(number: i64, name: &str, code: Option<&str>) -> Row {
        let archive = Archive {
            name: CustomerName::parse(name).expect("a name"),
            credit_code: code.map(|code| CreditCode::parse(code).expect("a code")),
            address: Address::default(),
            contacts: Vec::new(),
            needs: String::new(),
            preferences: String::new(),
        };
        Row {
            number,
            archive,
            owner: None,
            unit: None,
            grade: Grade::D,
        }
    }

    #[test]
    fn what_an_earlier_row_says_is_found() {
        const CODE: Option<&str> = Some("91350100M000100Y43");
        let rows = [
            row(2, "甲公司", CODE),
            row(3, "乙公司", None),
            row(4, "（甲）公司", None),
            row(5, "丙公司", CODE),
        ];
        assert_eq!(repeated(&rows), [(4, Shared::Name), (5, Shared::CreditCode)]);
    }
}
