use proptest::prelude::*;

use super::*;

fn dec(text: &str) -> Decimal {
    text.parse().expect(text)
}

fn yuan(amount: &str) -> Money {
    Money::new(dec(amount), Currency::CNY).expect(amount)
}

fn sent(currency_code: &str, units: i64, nanos: i32) -> google::Money {
    google::Money {
        currency_code: currency_code.to_owned(),
        units,
        nanos,
    }
}

#[test]
fn an_amount_has_the_decimal_places_of_its_currency() {
    assert_eq!(yuan("12.3").to_string(), "CNY 12.30");
    assert_eq!(yuan("12.300"), yuan("12.3"));
    assert_eq!(yuan("-0.00").to_string(), "CNY 0.00");
    let yen = Currency::parse("JPY").expect("the yen");
    assert_eq!(Money::new(dec("5.0"), yen).expect("whole").to_string(), "JPY 5");
    for (amount, currency) in [("0.001", Currency::CNY), ("0.5", yen)] {
        let amount = dec(amount);
        assert_eq!(
            Money::new(amount, currency),
            Err(ValueError::AmountTooFine { amount, currency })
        );
    }
}

#[test]
fn nothing_beyond_64_bits_of_units_is_an_amount() {
    let most = yuan("9223372036854775807.99");
    assert_eq!(google::Money::from(&most), sent("CNY", i64::MAX, 990_000_000));
    assert_eq!(most.checked_add(&yuan("0.01")), Err(ValueError::AmountOutOfRange));
    assert_eq!(
        most.checked_mul_rounded(dec("1.5")),
        Err(ValueError::AmountOutOfRange)
    );
    assert_eq!(
        most.checked_mul_rounded(Decimal::MAX),
        Err(ValueError::AmountOutOfRange)
    );
    let least = yuan("-9223372036854775808.99");
    assert_eq!(
        least.checked_sub(&yuan("0.01")),
        Err(ValueError::AmountOutOfRange)
    );
}

#[test]
fn currencies_do_not_mix() {
    let dollars = Money::new(dec("1"), Currency::parse("USD").expect("the dollar")).expect("whole");
    let refused = Err(ValueError::CurrenciesDiffer {
        expected: Currency::CNY,
        found: dollars.currency(),
    });
    assert_eq!(yuan("1").checked_add(&dollars), refused);
    assert_eq!(yuan("1").checked_sub(&dollars), refused);
    assert!(yuan("1").checked_cmp(&dollars).is_err());
    assert_eq!(yuan("1").checked_cmp(&yuan("2")), Ok(Ordering::Less));
}

#[test]
fn products_are_rounded_once_and_half_away_from_zero() {
    for (amount, factor, product) in [
        ("0.01", "0.5", "0.01"),
        ("-0.01", "0.5", "-0.01"),
        ("0.01", "-0.49", "0"),
        ("10.00", "0.3335", "3.34"),
        ("19.99", "3", "59.97"),
        ("0", "-1", "0"),
        // A hair below a half: rounding to 28 digits first would make it a half.
        ("1000000.00", "0.0000000049999999999999999999", "0.00"),
        // More than 128 bits between the factors and the rounding.
        (
            "9000000000000000000.00",
            "0.3333333333333333333333333333",
            "3000000000000000000.00",
        ),
    ] {
        let rounded = yuan(amount).checked_mul_rounded(dec(factor)).expect(amount);
        assert_eq!(rounded, yuan(product), "{amount} × {factor}");
    }
}

#[test]
fn a_malformed_message_is_refused_for_what_is_wrong_with_it() {
    let signs = |units, nanos| ValueError::SignsDisagree { units, nanos };
    for (money, error) in [
        (sent("", 1, 0), ValueError::CurrencyUnknown(String::new())),
        (sent("CNY", 1, -10_000_000), signs(1, -10_000_000)),
        (sent("CNY", -1, 10_000_000), signs(-1, 10_000_000)),
        (
            sent("CNY", 0, 1_000_000_000),
            ValueError::NanosOutOfRange(1_000_000_000),
        ),
        (sent("CNY", 0, i32::MIN), ValueError::NanosOutOfRange(i32::MIN)),
        (
            sent("CNY", 1, 1),
            ValueError::AmountTooFine {
                amount: dec("1.000000001"),
                currency: Currency::CNY,
            },
        ),
    ] {
        assert_eq!(Money::try_from(&money), Err(error), "{money:?}");
    }
}

#[test]
fn a_fraction_of_a_unit_may_have_either_sign() {
    assert_eq!(Money::try_from(&sent("CNY", 0, -500_000_000)), Ok(yuan("-0.5")));
    assert_eq!(Money::try_from(&sent("CNY", -1, -500_000_000)), Ok(yuan("-1.5")));
}

proptest! {
    #[test]
    fn money_comes_back_as_it_went(units in any::<i64>(), minor in 0..10_000_i32, currency in 0..4_usize) {
        let code = ["JPY", "CNY", "KWD", "CLF"][currency];
        let places = Currency::parse(code).expect(code).minor_units();
        let nanos = minor % 10_i32.pow(places) * 10_i32.pow(NANOS_SCALE - places);
        let message = sent(code, units, if units < 0 { -nanos } else { nanos });
        let money = Money::try_from(&message).expect("well-formed");
        prop_assert_eq!(google::Money::from(&money), message);
    }

    #[test]
    fn a_product_is_within_half_a_minor_unit(minor in -1_000_000_000..1_000_000_000_i64, factor in -1_000_000_000..1_000_000_000_i64) {
        let (amount, factor) = (Decimal::new(minor, 2), Decimal::new(factor, 6));
        let product = Money::new(amount, Currency::CNY).expect("whole cents").checked_mul_rounded(factor);
        let off = product.expect("small").amount() - amount * factor;
        prop_assert!(off.abs() <= Decimal::new(5, 3), "{off}");
    }
}
