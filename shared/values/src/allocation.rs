use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::{
    Money, ValueError,
    wide::{LARGEST_DIVISOR, mul_div},
};

impl Money {
    /// Splits the amount in proportion to shares, so that the parts add up to the whole to the last minor unit.
    ///
    /// Each part is first cut to minor units; what is left goes, one minor unit each, to the parts that lost most, and among
    /// equals to the first (largest remainder). A share of zero gets nothing. The parts of a negative amount are those of
    /// the positive one, negated.
    ///
    /// # Errors
    /// [`ValueError::WeightNegative`], [`ValueError::WeightsZero`] (also for no shares at all),
    /// [`ValueError::WeightsOutOfRange`].
    pub fn allocate(&self, shares: &[Decimal]) -> Result<Vec<Self>, ValueError> {
        let weights = whole_weights(shares)?;
        let total = weights
            .iter()
            .try_fold(0_u128, |sum, weight| sum.checked_add(*weight))
            .filter(|total| *total <= LARGEST_DIVISOR)
            .ok_or(ValueError::WeightsOutOfRange)?;
        if total == 0 {
            return Err(ValueError::WeightsZero);
        }
        let whole = self.minor().unsigned_abs();
        let mut parts = Vec::with_capacity(weights.len());
        let mut left = whole;
        for weight in weights {
            // No part is larger than the whole, so that each fits.
            let (part, lost) = mul_div(whole, weight, total).ok_or(ValueError::WeightsOutOfRange)?;
            left -= part;
            parts.push((part, lost));
        }
        let mut by_loss: Vec<usize> = (0..parts.len()).collect();
        // A stable sort: among equal losses the first stays first.
        by_loss.sort_by_key(|&index| Reverse(parts[index].1));
        // There is less left than there are parts that lost something.
        for (index, _) in by_loss.into_iter().zip(0..left) {
            parts[index].0 += 1;
        }
        let negative = self.minor() < 0;
        parts
            .into_iter()
            .map(|(part, _)| self.with_minor(part, negative))
            .collect()
    }
}

/// The shares as whole numbers in the same proportion.
fn whole_weights(shares: &[Decimal]) -> Result<Vec<u128>, ValueError> {
    let shares: Vec<Decimal> = shares.iter().map(Decimal::normalize).collect();
    let scale = shares.iter().map(Decimal::scale).max().unwrap_or(0);
    let weigh = |(index, share): (usize, &Decimal)| {
        let weight = u128::try_from(share.mantissa()).map_err(|_| ValueError::WeightNegative(index))?;
        weight
            .checked_mul(10_u128.pow(scale - share.scale()))
            .ok_or(ValueError::WeightsOutOfRange)
    };
    shares.iter().enumerate().map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::Currency;

    fn yuan(amount: &str) -> Money {
        Money::new(amount.parse().expect(amount), Currency::CNY).expect(amount)
    }

    fn split(whole: &str, shares: &[&str]) -> Result<Vec<String>, ValueError> {
        let shares: Vec<Decimal> = shares.iter().map(|share| share.parse().expect(share)).collect();
        let parts = yuan(whole).allocate(&shares)?;
        Ok(parts.iter().map(|part| part.amount().to_string()).collect())
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainder_and_then_to_the_first() {
        for (whole, shares, parts) in [
            ("100", &["1", "1", "1"][..], &["33.34", "33.33", "33.33"][..]),
            ("0.05", &["1", "1"], &["0.03", "0.02"]),
            ("-0.05", &["1", "1"], &["-0.03", "-0.02"]),
            ("10", &["0.3", "0.30", "0.4"], &["3.00", "3.00", "4.00"]),
            ("0.01", &["0", "1", "2"], &["0.00", "0.00", "0.01"]),
            ("0", &["1", "2"], &["0.00", "0.00"]),
            ("1", &["0.3333333333333333333333333333", "0"], &["1.00", "0.00"]),
        ] {
            assert_eq!(split(whole, shares).expect(whole), parts, "{whole} by {shares:?}");
        }
    }

    #[test]
    fn shares_that_say_nothing_are_refused() {
        assert_eq!(split("1", &[]), Err(ValueError::WeightsZero));
        assert_eq!(split("1", &["0", "0.0"]), Err(ValueError::WeightsZero));
        assert_eq!(split("1", &["2", "-1"]), Err(ValueError::WeightNegative(1)));
        let (huge, tiny) = ("79228162514264337593543950335", "0.0000000000000000000000000001");
        assert_eq!(split("1", &[huge, tiny]), Err(ValueError::WeightsOutOfRange));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_each_is_less_than_a_minor_unit_off(
            minor in any::<i64>(),
            shares in vec((0..1_000_000_000_i64, 0..9_u32), 1..20),
        ) {
            let whole = Money::new(Decimal::new(minor, 2), Currency::CNY).expect("in range");
            let shares: Vec<_> = shares.into_iter().map(|(share, scale)| Decimal::new(share, scale)).collect();
            let total: Decimal = shares.iter().sum();
            prop_assume!(!total.is_zero());
            let parts = whole.allocate(&shares).expect("shares are fine");
            let sum = parts.iter().try_fold(Money::zero(Currency::CNY), |sum, part| sum.checked_add(part));
            prop_assert_eq!(sum, Ok(whole));
            for (part, share) in parts.iter().zip(&shares) {
                let exact = share / total * whole.amount();
                // The quotient above has some 28 digits of its own.
                prop_assert!((part.amount() - exact).abs() < Decimal::new(10_000_001, 9), "{part} for {exact}");
                prop_assert!(!share.is_zero() || part.amount().is_zero());
            }
        }
    }
}
