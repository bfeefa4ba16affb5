//! A customer, and what may be done with it.

use jiff::Timestamp;
use salient_values::{Money, name};
use uuid::Uuid;

use super::{archive::Archive, grade::Grade};

/// The collection of customers in resource names.
pub const COLLECTION: &str = "customers";

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change of it.
    pub version: i64,
    /// What is known about it.
    pub archive: Archive,
    /// Whose it is.
    pub placement: Placement,
    /// How much it matters now.
    pub grade: Grade,
    /// The number of the current grade period.
    pub grade_number: i64,
    /// When it was recorded.
    pub create_time: Timestamp,
    /// When it last changed.
    pub update_time: Timestamp,
    /// When it was deleted, if it is.
    pub delete_time: Option<Timestamp>,
}

/// Whose customer it is: the person, and the unit in which they sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The employee.
    pub owner: Uuid,
    /// The unit.
    pub unit: Uuid,
}

/// What a customer's archive shows of its credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditSummary {
    /// The limit.
    pub limit: Money,
    /// What is left of it.
    pub available: Money,
}

/// Why nothing can be done with a customer as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is deleted.
    #[error("customer {0} is deleted")]
    Deleted(Uuid),
    /// It is not deleted.
    #[error("customer {0} is not deleted")]
    NotDeleted(Uuid),
    /// Contracts with it are being signed off.
    #[error("customer {customer} has {reserved} reserved")]
    InSignOff {
        /// The customer.
        customer: Uuid,
        /// The credit set aside for them.
        reserved: Money,
    },
}

impl AsRef<Self> for Customer {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Customer {
    /// A new customer, with its first grade.
    #[must_use]
    pub fn record(id: Uuid, archive: Archive, placement: Placement, grade: Grade, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            archive,
            placement,
            grade,
            grade_number: 1,
            create_time: now,
            update_time: now,
            delete_time: None,
        }
    }

    /// The resource name.
    #[must_use]
    pub fn name(&self) -> String {
        name::format(COLLECTION, self.id)
    }

    /// Replaces what is known about it and whose it is.
    ///
    /// # Errors
    /// It is deleted.
    pub fn update(&mut self, archive: Archive, placement: Placement, now: Timestamp) -> Result<(), Refusal> {
        self.living()?;
        self.archive = archive;
        self.placement = placement;
        self.changed(now);
        Ok(())
    }

    /// Gives it a grade from now on. Answers whether that is another one than before; nothing changes where it is not.
    ///
    /// # Errors
    /// It is deleted.
    pub fn regrade(&mut self, grade: Grade, now: Timestamp) -> Result<bool, Refusal> {
        self.living()?;
        if self.grade == grade {
            return Ok(false);
        }
        self.grade = grade;
        self.grade_number += 1;
        self.changed(now);
        Ok(true)
    }

    /// Deletes it, unless credit is set aside for contracts that are being signed off.
    ///
    /// # Errors
    /// It is deleted already, or in a sign-off.
    pub fn delete(&mut self, reserved: Option<&Money>, now: Timestamp) -> Result<(), Refusal> {
        self.living()?;
        if let Some(reserved) = reserved.filter(|reserved| !reserved.amount().is_zero()) {
            return Err(Refusal::InSignOff {
                customer: self.id,
                reserved: *reserved,
            });
        }
        self.delete_time = Some(now);
        self.changed(now);
        Ok(())
    }

    /// Brings it back.
    ///
    /// # Errors
    /// It is not deleted.
    pub fn undelete(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.delete_time.take().is_none() {
            return Err(Refusal::NotDeleted(self.id));
        }
        self.changed(now);
        Ok(())
    }

    /// # Errors
    /// It is deleted.
    pub fn living(&self) -> Result<(), Refusal> {
        match self.delete_time {
            Some(_) => Err(Refusal::Deleted(self.id)),
            None => Ok(()),
        }
    }

    /// `now` was taken before the row's lock was had, so a change that had it first may be later.
    fn changed(&mut self, now: Timestamp) {
        self.version += 1;
        self.update_time = self.update_time.max(now);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rust_decimal::Decimal;
    use salient_values::{Currency, Money};
    use uuid::Uuid;

    use super::{Customer, Placement, Refusal};
    use crate::domain::{
        archive::{Address, Archive},
        grade::Grade,
        name::CustomerName,
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const ID: Uuid = Uuid::from_u128(1);

    fn customer() -> Customer {
        let archive = Archive {
            name: CustomerName::parse("西湖商贸").expect("a name"),
            credit_code: None,
            address: Address::default(),
            contacts: Vec::new(),
            needs: String::new(),
            preferences: String::new(),
        };
        let placement = Placement {
            owner: Uuid::from_u128(2),
            unit: Uuid::from_u128(3),
        };
        Customer::record(ID, archive, placement, Grade::D, NOW)
    }

    fn yuan(amount: i64) -> Money {
        Money::new(Decimal::from(amount), Currency::parse("CNY").expect("known")).expect("an amount")
    }

    #[test]
    fn a_deleted_customer_stays_as_it_is_until_it_is_brought_back() {
        let mut customer = customer();
        let placement = customer.placement;
        assert_eq!(customer.undelete(NOW), Err(Refusal::NotDeleted(ID)));
        customer.delete(None, NOW).expect("living");
        let archive = customer.archive.clone();
        assert_eq!(
            customer.update(archive, placement, NOW),
            Err(Refusal::Deleted(ID))
        );
        assert_eq!(customer.regrade(Grade::A, NOW), Err(Refusal::Deleted(ID)));
        assert_eq!(customer.delete(None, NOW), Err(Refusal::Deleted(ID)));
        assert_eq!(customer.version, 2, "refusals change nothing");
        customer.undelete(NOW).expect("deleted");
        assert_eq!((customer.version, customer.delete_time), (3, None));
    }

    #[test]
    fn what_is_being_signed_off_keeps_its_customer() {
        let mut customer = customer();
        let refusal = Refusal::InSignOff {
            customer: ID,
            reserved: yuan(5),
        };
        assert_eq!(customer.delete(Some(&yuan(5)), NOW), Err(refusal));
        assert_eq!(customer.delete(Some(&yuan(0)), NOW), Ok(()));
    }

    #[test]
    fn the_same_grade_is_no_change() {
        let mut customer = customer();
        assert_eq!(customer.regrade(Grade::D, NOW), Ok(false));
        assert_eq!((customer.version, customer.grade_number), (1, 1));
        assert_eq!(customer.regrade(Grade::B, NOW), Ok(true));
        assert_eq!((customer.version, customer.grade_number), (2, 2));
    }
}
