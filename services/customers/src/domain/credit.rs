//! A customer's credit: never more taken than granted (P6.1.3).

use jiff::Timestamp;
use salient_values::{Currency, Money, ValueError};
use uuid::Uuid;

/// A customer's credit. All amounts are in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditAccount {
    /// The customer.
    pub customer: Uuid,
    /// Grows by one with every change: the number of the entry that made it.
    pub version: i64,
    /// How much at most.
    pub limit: Money,
    /// Set aside for contracts that are being signed off.
    pub reserved: Money,
    /// Taken by approved contracts.
    pub confirmed: Money,
    /// Whether the customer is deleted.
    pub closed: bool,
    /// When it last changed.
    pub update_time: Timestamp,
}

/// What changed an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// The limit was set.
    LimitSet,
    /// Something was set aside.
    Reserved,
    /// What was set aside was taken for good.
    Confirmed,
    /// What was set aside was given back.
    Released,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::LimitSet, Self::Reserved, Self::Confirmed, Self::Released];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LimitSet => "LIMIT_SET",
            Self::Reserved => "RESERVED",
            Self::Confirmed => "CONFIRMED",
            Self::Released => "RELEASED",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One change of an account, and the account afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditEntry {
    /// The account's version that it made.
    pub number: i64,
    /// What changed.
    pub kind: EntryKind,
    /// By how much.
    pub amount: Money,
    /// The limit afterwards.
    pub limit: Money,
    /// What was reserved afterwards.
    pub reserved: Money,
    /// What was confirmed afterwards.
    pub confirmed: Money,
    /// The approval and its round; `None` where the limit was set.
    pub approval: Option<(Uuid, i32)>,
    /// Why the limit was set.
    pub reason: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub create_time: Timestamp,
}

/// Why a limit cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitRefusal {
    /// More is taken than the new limit.
    #[error("{exposure} is taken, more than {requested}")]
    BelowExposure {
        /// The customer.
        customer: Uuid,
        /// What is reserved and confirmed.
        exposure: Money,
        /// The limit asked for.
        requested: Money,
    },
    /// Something is taken in another currency.
    #[error("credit in {currency} is taken")]
    CurrencyInUse {
        /// The customer.
        customer: Uuid,
        /// The account's currency.
        currency: Currency,
    },
    /// The sums are beyond what money can be here.
    #[error(transparent)]
    OutOfRange(#[from] ValueError),
}

/// Why nothing can be set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Shortage {
    /// Too little is left.
    #[error("{available} of {limit} is left, less than {requested}")]
    Insufficient {
        /// The limit.
        limit: Money,
        /// What is left.
        available: Money,
        /// What was asked for.
        requested: Money,
    },
    /// The account is in another currency.
    #[error("the account is in {currency}, not in that of {requested}")]
    OtherCurrency {
        /// The account's.
        currency: Currency,
        /// What was asked for.
        requested: Money,
    },
    /// The customer is deleted, or never was.
    #[error("there is no such customer")]
    NoCustomer,
    /// No limit was ever set.
    #[error("no credit was granted; {requested} requested")]
    NotGranted {
        /// What was asked for.
        requested: Money,
    },
}

impl CreditAccount {
    /// The account of a customer who is given credit for the first time.
    #[must_use]
    pub fn open(customer: Uuid, limit: Money, now: Timestamp) -> Self {
        let nothing = Money::zero(limit.currency());
        Self {
            customer,
            version: 1,
            limit,
            reserved: nothing,
            confirmed: nothing,
            closed: false,
            update_time: now,
        }
    }

    /// What is taken: reserved or confirmed.
    ///
    /// # Errors
    /// The sum is beyond range; then the account's constraint does not hold.
    pub fn exposure(&self) -> Result<Money, ValueError> {
        self.reserved.checked_add(&self.confirmed)
    }

    /// What is left.
    ///
    /// # Errors
    /// As [`CreditAccount::exposure`].
    pub fn available(&self) -> Result<Money, ValueError> {
        self.limit.checked_sub(&self.exposure()?)
    }

    /// Sets the limit.
    ///
    /// # Errors
    /// [`LimitRefusal`].
    pub fn set_limit(&mut self, limit: Money, now: Timestamp) -> Result<(), LimitRefusal> {
        let (customer, exposure) = (self.customer, self.exposure()?);
        if limit.currency() != self.limit.currency() {
            if !exposure.amount().is_zero() {
                let currency = self.limit.currency();
                return Err(LimitRefusal::CurrencyInUse { customer, currency });
            }
            let nothing = Money::zero(limit.currency());
            (self.reserved, self.confirmed) = (nothing, nothing);
        } else if exposure.amount() > limit.amount() {
            return Err(LimitRefusal::BelowExposure {
                customer,
                exposure,
                requested: limit,
            });
        }
        self.limit = limit;
        self.changed(now);
        Ok(())
    }

    /// Sets an amount aside, if so much is left.
    ///
    /// # Errors
    /// [`Shortage`].
    pub fn reserve(&mut self, amount: &Money, now: Timestamp) -> Result<(), Shortage> {
        let requested = *amount;
        if self.closed {
            return Err(Shortage::NoCustomer);
        }
        let (Ok(reserved), Ok(available)) = (self.reserved.checked_add(amount), self.available()) else {
            return Err(Shortage::OtherCurrency {
                currency: self.limit.currency(),
                requested,
            });
        };
        if available.amount() < amount.amount() {
            return Err(Shortage::Insufficient {
                limit: self.limit,
                available,
                requested,
            });
        }
        self.reserved = reserved;
        self.changed(now);
        Ok(())
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

    use super::{CreditAccount, EntryKind, LimitRefusal, Shortage};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const CUSTOMER: Uuid = Uuid::from_u128(1);

    fn money(amount: i64, currency: &str) -> Money {
        Money::new(Decimal::new(amount, 2), Currency::parse(currency).expect("known")).expect("an amount")
    }

    fn yuan(amount: i64) -> Money {
        money(amount, "CNY")
    }

    #[test]
    fn the_last_cent_can_be_reserved_and_no_more() {
        let mut account = CreditAccount::open(CUSTOMER, yuan(10_000), NOW);
        account.reserve(&yuan(9_999), NOW).expect("within the limit");
        assert_eq!(
            account.reserve(&yuan(2), NOW),
            Err(Shortage::Insufficient {
                limit: yuan(10_000),
                available: yuan(1),
                requested: yuan(2),
            })
        );
        account.reserve(&yuan(1), NOW).expect("the last one");
        assert_eq!(account.available(), Ok(yuan(0)));
        assert_eq!(account.version, 3);
    }

    #[test]
    fn another_currency_or_a_deleted_customer_gets_nothing() {
        let mut account = CreditAccount::open(CUSTOMER, yuan(10_000), NOW);
        assert_eq!(
            account.reserve(&money(1, "USD"), NOW),
            Err(Shortage::OtherCurrency {
                currency: Currency::parse("CNY").expect("known"),
                requested: money(1, "USD"),
            })
        );
        account.closed = true;
        assert_eq!(account.reserve(&yuan(1), NOW), Err(Shortage::NoCustomer));
    }

    #[test]
    fn a_limit_covers_what_is_taken() {
        let mut account = CreditAccount::open(CUSTOMER, yuan(100), NOW);
        account.set_limit(money(5, "USD"), NOW).expect("nothing is taken");
        account.reserve(&money(5, "USD"), NOW).expect("within the limit");
        assert_eq!(
            account.set_limit(yuan(100), NOW),
            Err(LimitRefusal::CurrencyInUse {
                customer: CUSTOMER,
                currency: Currency::parse("USD").expect("known"),
            })
        );
        assert_eq!(
            account.set_limit(money(4, "USD"), NOW),
            Err(LimitRefusal::BelowExposure {
                customer: CUSTOMER,
                exposure: money(5, "USD"),
                requested: money(4, "USD"),
            })
        );
        assert_eq!(account.set_limit(money(5, "USD"), NOW), Ok(()));
    }

    #[test]
    fn every_kind_of_entry_comes_back_from_its_name() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::parse(kind.as_str()), Some(kind));
        }
    }
}
