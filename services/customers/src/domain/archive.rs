//! What is known about a customer (P5.1.2).

use super::{credit_code::CreditCode, name::CustomerName};

/// What is known about a customer, apart from whose it is and how much it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Its name.
    pub name: CustomerName,
    /// Its unified social credit code, where it has one.
    pub credit_code: Option<CreditCode>,
    /// Where it is.
    pub address: Address,
    /// Whom to talk to.
    pub contacts: Vec<Contact>,
    /// What it needs.
    pub needs: String,
    /// What it prefers.
    pub preferences: String,
}

/// Where a customer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The country or region, ISO 3166-1 with two letters.
    pub region_code: String,
    /// The province or state.
    pub administrative_area: String,
    /// The city.
    pub locality: String,
    /// The postal code.
    pub postal_code: String,
    /// District, street and number.
    pub street_address: String,
}

/// Nothing known but that it is in China.
impl Default for Address {
    fn default() -> Self {
        Self {
            region_code: "CN".to_owned(),
            administrative_area: String::new(),
            locality: String::new(),
            postal_code: String::new(),
            street_address: String::new(),
        }
    }
}

/// A person to talk to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The person's name.
    pub display_name: String,
    /// What the person does there.
    pub title: String,
    /// The telephone number, as people write it.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// Whether to talk to this one first.
    pub primary: bool,
}

/// Whether at most one of the contacts is the one to talk to first.
#[must_use]
pub fn one_primary_at_most(contacts: &[Contact]) -> bool {
    contacts.iter().filter(|contact| contact.primary).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::{Contact, one_primary_at_most};

    #[test]
    fn two_cannot_both_be_first() {
        let contact = |primary| Contact {
            primary,
            ..Contact::default()
        };
        assert!(one_primary_at_most(&[]));
        assert!(one_primary_at_most(&[contact(false), contact(true)]));
        assert!(!one_primary_at_most(&[contact(true), contact(true)]));
    }
}
