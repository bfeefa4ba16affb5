//! What a contract says (P6.1.1), and the sums that follow from it.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, dec};
use salient_values::Currency;
use uuid::Uuid;

use super::Refusal;

/// The most that a contract may be worth. A product of quantity, price and discount has at most 16 decimals, so everything up
/// to here is exact in the 28 digits of a decimal.
const LARGEST_TOTAL: Decimal = dec!(999_999_999_999.99);
/// The most of a thing that a line may sell.
const LARGEST_QUANTITY: Decimal = dec!(999_999_999);
/// How finely quantities and rates may be given.
const DECIMALS: u32 = 6;

/// What a contract says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    /// What it is about; may be empty.
    pub title: String,
    /// The customer.
    pub customer: Uuid,
    /// The currency of every amount.
    pub currency: Currency,
    /// What is sold.
    pub lines: Vec<Line>,
    /// How it is delivered.
    pub delivery: Delivery,
    /// What is paid when.
    pub payments: Vec<Payment>,
    /// The liability for breach.
    pub liability: String,
}

/// A product or service at a price.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The product or service.
    pub product: String,
    /// Its specification.
    pub specification: String,
    /// How many.
    pub quantity: Decimal,
    /// The unit of measure.
    pub unit: String,
    /// The price of one, tax included.
    pub unit_price: Decimal,
    /// The part of the price that is let off, 0 to 1.
    pub discount: Decimal,
    /// The tax rate, 0 to 1.
    pub tax_rate: Decimal,
}

/// How a contract is delivered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Delivery {
    /// By when.
    pub date: Option<Date>,
    /// To which place.
    pub place: String,
    /// By which means.
    pub method: String,
}

/// One payment of the schedule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payment {
    /// When it is due.
    pub due_date: Option<Date>,
    /// What makes it due.
    pub condition: String,
    /// How much.
    pub amount: Decimal,
}

/// A total, and the tax in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    /// The total, tax included.
    pub total: Decimal,
    /// The tax.
    pub tax: Decimal,
}

impl Line {
    /// `quantity × unit_price × (1 − discount)` rounded half up to the currency's smallest unit, and the tax in it. `None` beyond
    /// what decimals hold.
    pub(crate) fn amounts(&self, currency: Currency) -> Option<Amounts> {
        let round = |amount: Decimal| {
            amount.round_dp_with_strategy(currency.minor_units(), RoundingStrategy::MidpointAwayFromZero)
        };
        let price = self.unit_price.checked_mul(Decimal::ONE - self.discount)?;
        let total = round(self.quantity.checked_mul(price)?);
        let tax = round(
            total
                .checked_mul(self.tax_rate)?
                .checked_div(Decimal::ONE + self.tax_rate)?,
        );
        Some(Amounts { total, tax })
    }

    fn check(&self, at: &str) -> Result<(), Refusal> {
        let field = |name: &str, problem| Refusal::Field {
            field: format!("{at}.{name}"),
            problem,
        };
        if self.quantity <= Decimal::ZERO || self.quantity > LARGEST_QUANTITY || !fine(self.quantity) {
            return Err(field(
                "quantity",
                "must be more than 0, at most 999999999, with at most 6 decimals",
            ));
        }
        for (name, rate) in [("discount", self.discount), ("tax_rate", self.tax_rate)] {
            if rate < Decimal::ZERO || rate > Decimal::ONE || !fine(rate) {
                return Err(field(name, "must be from 0 to 1, with at most 6 decimals"));
            }
        }
        amount_in_range(self.unit_price, || format!("{at}.unit_price"))
    }
}

impl Content {
    /// Checks everything that has to hold of a draft already, and returns its sums.
    pub(crate) fn check(&self) -> Result<Amounts, Refusal> {
        let mut sum = Amounts::default();
        for (index, line) in self.lines.iter().enumerate() {
            let at = format!("contract.lines[{index}]");
            line.check(&at)?;
            let amounts = line.amounts(self.currency).ok_or_else(|| out_of_range(&at))?;
            amount_in_range(amounts.total, || at)?;
            sum.total += amounts.total;
            sum.tax += amounts.tax;
        }
        amount_in_range(sum.total, || "contract.lines".into())?;
        self.check_payments(sum.total)?;
        Ok(sum)
    }

    fn check_payments(&self, total: Decimal) -> Result<(), Refusal> {
        let mut scheduled = Decimal::ZERO;
        for (index, payment) in self.payments.iter().enumerate() {
            let at = || format!("contract.payments[{index}]");
            if payment.due_date.is_none() && payment.condition.is_empty() {
                return Err(Refusal::Field {
                    field: at(),
                    problem: "must be due on a date or under a condition",
                });
            }
            amount_in_range(payment.amount, || format!("{}.amount", at()))?;
            scheduled += payment.amount;
        }
        if self.payments.is_empty() || scheduled == total {
            return Ok(());
        }
        Err(Refusal::PaymentsMismatch {
            currency: self.currency,
            total,
            scheduled,
        })
    }

    /// What it lacks to be submitted (P6.1.2), by field.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let needed = [
            ("lines", !self.lines.is_empty()),
            ("delivery.delivery_date", self.delivery.date.is_some()),
            ("delivery.place", !self.delivery.place.trim().is_empty()),
            ("payments", !self.payments.is_empty()),
            ("liability", !self.liability.trim().is_empty()),
        ];
        let missing = needed.into_iter().filter(|(_, there)| !there);
        missing.map(|(field, _)| field).collect()
    }
}

fn fine(number: Decimal) -> bool {
    number.normalize().scale() <= DECIMALS
}

fn amount_in_range(amount: Decimal, field: impl FnOnce() -> String) -> Result<(), Refusal> {
    if amount < Decimal::ZERO || amount > LARGEST_TOTAL {
        return Err(out_of_range(&field()));
    }
    Ok(())
}

fn out_of_range(field: &str) -> Refusal {
    Refusal::Amount {
        field: field.to_owned(),
        problem: "must be from 0 to 999999999999.99",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, dec};

    use super::{Amounts, Payment, Refusal};
    use crate::domain::testing::{content, line};

    #[test]
    fn a_line_is_rounded_half_up_to_cents_with_the_tax_in_it() {
        let mut line = line(dec!(3), dec!(0.35));
        line.discount = dec!(0.05);
        line.tax_rate = dec!(0.13);
        // 0.9975 and 0.115044…
        let amounts = line.amounts(content().currency).expect("in range");
        assert_eq!((amounts.total, amounts.tax), (dec!(1.00), dec!(0.12)));
        line.quantity = dec!(0.5);
        line.unit_price = dec!(0.01);
        line.discount = Decimal::ZERO;
        assert_eq!(
            line.amounts(content().currency).expect("in range").total,
            dec!(0.01)
        );
    }

    #[test]
    fn payments_sum_to_the_total_to_the_cent_or_are_refused() {
        let mut content = content();
        let total = content.check().expect("sound").total;
        assert_eq!(
            content
                .payments
                .iter()
                .map(|payment| payment.amount)
                .sum::<Decimal>(),
            total
        );
        content.payments[0].amount += dec!(0.01);
        assert!(matches!(content.check(), Err(Refusal::PaymentsMismatch { .. })));
        // A draft need not have any yet.
        content.payments.clear();
        assert_eq!(content.check().map(|sums| sums.total), Ok(total));
    }

    #[test]
    fn a_payment_is_due_on_a_date_or_under_a_condition() {
        let mut content = content();
        content.payments[0] = Payment {
            due_date: None,
            condition: String::new(),
            ..content.payments[0].clone()
        };
        assert!(
            matches!(content.check(), Err(Refusal::Field { field, .. }) if field == "contract.payments[0]")
        );
    }

    #[test]
    fn numbers_beyond_their_range_name_their_field() {
        for (change, name) in [
            (dec!(0), "quantity"),
            (dec!(-1), "quantity"),
            (dec!(1000000000), "quantity"),
            (dec!(0.0000001), "quantity"),
        ] {
            let mut content = content();
            content.lines[1].quantity = change;
            let Err(Refusal::Field { field, .. }) = content.check() else {
                panic!("{change} was taken");
            };
            assert_eq!(field, format!("contract.lines[1].{name}"));
        }
        let mut content = content();
        content.lines[0].unit_price = dec!(1000000000000);
        assert!(
            matches!(content.check(), Err(Refusal::Amount { field, .. }) if field == "contract.lines[0].unit_price")
        );
        content.lines[0].unit_price = dec!(999999999999);
        content.lines[0].quantity = dec!(999999999);
        assert!(
            matches!(content.check(), Err(Refusal::Amount { field, .. }) if field == "contract.lines[0]")
        );
    }

    #[test]
    fn what_a_submission_lacks_is_named() {
        let mut content = content();
        assert!(content.missing().is_empty());
        content.liability = " ".into();
        content.delivery.date = None;
        assert_eq!(content.missing(), ["delivery.delivery_date", "liability"]);
    }

    proptest! {
        /// However odd the numbers, a line is never further than half a cent from its exact value, and its tax is part of it.
        #[test]
        fn a_line_is_within_half_a_cent(
            quantity in 1i64..=1_000_000_000_000,
            price in 0i64..=1_000_000,
            discount in 0i64..=1_000_000,
            tax in 0i64..=1_000_000,
        ) {
            let mut line = line(Decimal::new(quantity, 6), Decimal::new(price, 2));
            line.discount = Decimal::new(discount, 6);
            line.tax_rate = Decimal::new(tax, 6);
            let Amounts { total, tax } = line.amounts(content().currency).expect("in range");
            let exact = line.quantity * line.unit_price * (Decimal::ONE - line.discount);
            prop_assert!((total - exact).abs() <= dec!(0.005));
            prop_assert!(tax >= Decimal::ZERO && tax <= total);
        }
    }
}
