//! `google.type.Decimal` and [`Decimal`].

use rust_decimal::Decimal;
use salient_proto::google::r#type as google;

use crate::ValueError;

/// The longest text that is read. A decimal that fits is far shorter.
const LONGEST: usize = 100;

/// The number that the message says, digit by digit; an empty one is 0.
///
/// # Errors
/// [`ValueError::DecimalMalformed`], and [`ValueError::DecimalOutOfRange`] rather than a rounded number.
pub fn from_proto(message: &google::Decimal) -> Result<Decimal, ValueError> {
    parse(&message.value)
}

/// The message of a number, without an exponent and with the number's own decimal places.
#[must_use]
pub fn to_proto(number: Decimal) -> google::Decimal {
    google::Decimal {
        value: number.to_string(),
    }
}

/// The number that a text in the grammar of `google.type.Decimal` says; an empty one is 0.
///
/// # Errors
/// As [`from_proto`].
pub fn parse(text: &str) -> Result<Decimal, ValueError> {
    let malformed = || ValueError::DecimalMalformed(text.chars().take(LONGEST).collect());
    if text.is_empty() {
        return Ok(Decimal::ZERO);
    }
    if text.len() > LONGEST {
        return Err(malformed());
    }
    let (significand, exponent) = match text.split_once(['e', 'E']) {
        Some((significand, exponent)) => (significand, Some(exponent)),
        None => (text, None),
    };
    let unsigned = significand.strip_prefix(['+', '-']).unwrap_or(significand);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return Err(malformed());
    }
    let out_of_range = || ValueError::DecimalOutOfRange(text.to_owned());
    // Checked above, because this one takes `_` between digits, too.
    let number = Decimal::from_str_exact(significand).map_err(|_| out_of_range())?;
    match exponent {
        None => Ok(number),
        Some(exponent) => {
            let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if bare.is_empty() || !digits(bare) {
                return Err(malformed());
            }
            let places = exponent.parse().map_err(|_| out_of_range())?;
            shift(number, places).ok_or_else(out_of_range)
        }
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number with its point so many places to the right; `None` where a digit would be lost.
fn shift(number: Decimal, places: i32) -> Option<Decimal> {
    let number = number.normalize();
    let scale = i32::try_from(number.scale()).ok()?.checked_sub(places)?;
    if number.is_zero() {
        return Some(Decimal::ZERO);
    }
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(number.mantissa(), scale).ok();
    }
    let whole = number
        .mantissa()
        .checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
    Decimal::try_from_i128_with_scale(whole, 0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_the_grammar_is_read() {
        for (text, number) in [
            ("", "0"),
            ("0", "0"),
            ("+2.5", "2.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0.10", "-0.10"),
            ("2.5e8", "250000000"),
            ("2.5E-1", "0.25"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("0E+99", "0"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
        ] {
            let number: Decimal = number.parse().expect(number);
            assert_eq!(parse(text), Ok(number), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            ".", "+", "-", "e5", "1e", "1e+", "1 ", "1_000", "1,5", "١", "0x1", "NaN", "--1", "1.2.3",
        ] {
            assert_eq!(
                parse(text),
                Err(ValueError::DecimalMalformed(text.into())),
                "{text:?}"
            );
        }
        assert!(matches!(
            parse(&"1".repeat(101)),
            Err(ValueError::DecimalMalformed(_))
        ));
    }

    #[test]
    fn no_digit_is_lost_silently() {
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "1e29",
            "1e-29",
            "1e99999999999",
            "1e-2147483648",
        ] {
            assert_eq!(
                parse(text),
                Err(ValueError::DecimalOutOfRange(text.into())),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_number_comes_back_as_it_went(mantissa in any::<i64>(), scale in 0..=28_u32) {
            let number = Decimal::new(mantissa, scale);
            let back = from_proto(&to_proto(number)).expect("written by us");
            prop_assert_eq!((back, back.scale()), (number, scale));
        }

        #[test]
        fn any_text_is_a_number_or_an_error(text in "[-+.eE0-9]{0,40}") {
            let _ = parse(&text);
        }
    }
}
