//! `google.type.Date` and [`Date`].

use jiff::civil::Date;
use salient_proto::google::r#type as google;

use crate::ValueError;

/// The day that the message says. A year or a month alone, which the message could also say, is none.
///
/// # Errors
/// [`ValueError::DateInvalid`].
pub fn from_proto(message: &google::Date) -> Result<Date, ValueError> {
    let google::Date { year, month, day } = *message;
    let date = || {
        let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    date().ok_or(ValueError::DateInvalid { year, month, day })
}

/// The message of a day.
#[must_use]
pub fn to_proto(date: Date) -> google::Date {
    google::Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        let sent = |year, month, day| google::Date { year, month, day };
        assert_eq!(from_proto(&sent(2024, 2, 29)), Ok(date(2024, 2, 29)));
        for (year, month, day) in [
            (2023, 2, 29),
            (2024, 0, 1),
            (2024, 1, 0),
            (0, 1, 1),
            (10_000, 1, 1),
            (-1, 1, 1),
            (2024, 257, 1),
        ] {
            assert_eq!(
                from_proto(&sent(year, month, day)),
                Err(ValueError::DateInvalid { year, month, day })
            );
        }
    }

    proptest! {
        #[test]
        fn a_date_comes_back_as_it_went(year in 1..=9999_i16, month in 1..=12_i8, day in 1..=28_i8) {
            let date = date(year, month, day);
            prop_assert_eq!(from_proto(&to_proto(date)), Ok(date));
        }
    }
}
