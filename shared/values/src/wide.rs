//! A product divided, without losing the digits in between.

/// The largest divisor that [`mul_div`] takes: thrice as much still fits into 128 bits.
pub(crate) const LARGEST_DIVISOR: u128 = u128::MAX / 3;

/// The quotient and the remainder of `a × b / divisor`, exact though the product may have more than 128 bits; `None` where
/// the quotient has, and for a divisor of zero or beyond [`LARGEST_DIVISOR`].
pub(crate) fn mul_div(a: u128, b: u128, divisor: u128) -> Option<(u128, u128)> {
    if divisor == 0 || divisor > LARGEST_DIVISOR {
        return None;
    }
    if let Some(product) = a.checked_mul(b) {
        return Some((product / divisor, product % divisor));
    }
    // Long multiplication by the bits of `b`, highest first, that keeps its running value as a quotient and a remainder.
    let (whole, rest) = (a / divisor, a % divisor);
    let (mut quotient, mut remainder) = (0_u128, 0_u128);
    for bit in (0..u128::BITS - b.leading_zeros()).rev() {
        quotient = quotient.checked_mul(2)?;
        remainder *= 2;
        if (b >> bit) & 1 == 1 {
            quotient = quotient.checked_add(whole)?;
            remainder += rest;
        }
        while remainder >= divisor {
            quotient = quotient.checked_add(1)?;
            remainder -= divisor;
        }
    }
    Some((quotient, remainder))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LARGEST_DIVISOR, mul_div};

    #[test]
    fn a_product_of_more_than_128_bits_is_divided_exactly() {
        let (large, ten) = (u128::MAX / 4, 10_u128.pow(28));
        assert_eq!(mul_div(large, ten, ten), Some((large, 0)));
        assert_eq!(mul_div(large, large, large), Some((large, 0)));
        assert_eq!(mul_div(large + 1, large - 1, large), Some((large - 1, large - 1)));
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert_eq!(mul_div(u128::MAX, u128::MAX, 7), None);
        assert_eq!(mul_div(1, 1, 0), None);
        assert_eq!(mul_div(1, 1, LARGEST_DIVISOR + 1), None);
    }

    proptest! {
        // Modulo 2^128, `quotient × divisor + remainder` is the product, whatever its size.
        #[test]
        fn the_quotient_and_the_remainder_make_the_product(
            a in any::<u128>(),
            b in 0..=u128::MAX >> 32,
            divisor in 1..=LARGEST_DIVISOR,
        ) {
            if let Some((quotient, remainder)) = mul_div(a, b, divisor) {
                prop_assert!(remainder < divisor);
                prop_assert_eq!(
                    quotient.wrapping_mul(divisor).wrapping_add(remainder),
                    a.wrapping_mul(b)
                );
            }
        }
    }
}
