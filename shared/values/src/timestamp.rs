//! `google.protobuf.Timestamp` and [`Timestamp`].

use jiff::Timestamp;

use crate::ValueError;

/// 0001-01-01T00:00:00Z, the first instant that the message may say.
const FIRST_SECOND: i64 = -62_135_596_800;
/// The nanoseconds of a second.
const SECOND: i32 = 1_000_000_000;

/// The instant that the message says, to the nanosecond.
///
/// # Errors
/// [`ValueError::TimestampInvalid`].
pub fn from_proto(message: &prost_types::Timestamp) -> Result<Timestamp, ValueError> {
    let prost_types::Timestamp { seconds, nanos } = *message;
    let instant = || {
        if seconds < FIRST_SECOND || !(0..SECOND).contains(&nanos) {
            return None;
        }
        Timestamp::new(seconds, nanos).ok()
    };
    instant().ok_or(ValueError::TimestampInvalid { seconds, nanos })
}

/// The message of an instant.
#[must_use]
pub fn to_proto(instant: Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (instant.as_second(), instant.subsec_nanosecond());
    // Before 1970 jiff counts both backwards; the message always counts nanoseconds forwards.
    if nanos < 0 {
        seconds -= 1;
        nanos += SECOND;
    }
    prost_types::Timestamp { seconds, nanos }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nanoseconds_count_forwards_before_1970_as_well() {
        let instant: Timestamp = "1969-12-31T23:59:59.25Z".parse().expect("an instant");
        let sent = to_proto(instant);
        assert_eq!((sent.seconds, sent.nanos), (-1, 250_000_000));
        assert_eq!(from_proto(&sent), Ok(instant));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for (seconds, nanos) in [
            (0, -1),
            (0, SECOND),
            (FIRST_SECOND - 1, 0),
            (253_402_300_800, 0),
            (i64::MAX, 0),
        ] {
            assert_eq!(
                from_proto(&prost_types::Timestamp { seconds, nanos }),
                Err(ValueError::TimestampInvalid { seconds, nanos })
            );
        }
    }

    proptest! {
        #[test]
        fn an_instant_comes_back_as_it_went(seconds in FIRST_SECOND..253_402_200_000, nanos in 0..SECOND) {
            let message = prost_types::Timestamp { seconds, nanos };
            let instant = from_proto(&message).expect("in range");
            prop_assert_eq!(to_proto(instant), message);
        }
    }
}
