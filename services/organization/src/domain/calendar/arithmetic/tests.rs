use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date},
    tz::TimeZone,
};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::{Hours, SpecialDay, Version};

fn hours(spans: &[(&str, &str)]) -> Hours {
    Hours::new(
        spans
            .iter()
            .map(|(start, end)| Span::parse(start, end).unwrap())
            .collect(),
    )
    .unwrap()
}

/// Monday to Friday, 09:00 to 12:00 and 13:00 to 18:00; National Day off, the Saturday after worked.
fn office(zone: &str) -> Calendar {
    let day = hours(&[("09:00", "12:00"), ("13:00", "18:00")]);
    let mut weekly = [const { Hours::NONE }; 7];
    weekly[..5].fill(day.clone());
    let special = |hours| SpecialDay {
        display_name: String::new(),
        hours,
    };
    let version = Version {
        number: 1,
        effective: date(2020, 1, 1),
        weekly,
        special: [
            (date(2026, 10, 1), special(None)),
            (date(2026, 10, 10), special(Some(day))),
        ]
        .into(),
    };
    Calendar::new(TimeZone::get(zone).unwrap(), vec![version])
}

/// All day, every day.
fn always(zone: &str) -> Calendar {
    let weekly = [const { Hours::NONE }; 7].map(|_| hours(&[("00:00", "24:00")]));
    let version = Version {
        number: 1,
        effective: date(2020, 1, 1),
        weekly,
        special: [].into(),
    };
    Calendar::new(TimeZone::get(zone).unwrap(), vec![version])
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const fn h(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[test]
fn working_time_passes_in_working_hours_only() {
    let calendar = office("Asia/Shanghai");
    for (start, amount, end) in [
        ("2026-11-24T09:00:00+08:00", 1, "2026-11-24T10:00:00+08:00"),
        // Over lunch, over night, over the weekend.
        ("2026-11-24T11:00:00+08:00", 2, "2026-11-24T14:00:00+08:00"),
        ("2026-11-24T17:00:00+08:00", 2, "2026-11-25T10:00:00+08:00"),
        ("2026-11-27T17:00:00+08:00", 2, "2026-11-30T10:00:00+08:00"),
        // A full day ends with its hours, not with the next day's.
        ("2026-11-24T09:00:00+08:00", 8, "2026-11-24T18:00:00+08:00"),
        // A holiday, and a Saturday that is worked.
        ("2026-09-30T17:00:00+08:00", 2, "2026-10-02T10:00:00+08:00"),
        ("2026-10-09T17:00:00+08:00", 2, "2026-10-10T10:00:00+08:00"),
        // None: the first working instant from then on.
        ("2026-11-28T03:00:00+08:00", 0, "2026-11-30T09:00:00+08:00"),
    ] {
        assert_eq!(
            calendar.add(at(start), h(amount)),
            Ok(at(end)),
            "{start} + {amount} h"
        );
    }
}

#[test]
fn working_days_end_with_their_hours_and_leave_out_the_day_of_the_start() {
    let calendar = office("Asia/Shanghai");
    for (start, days, end) in [
        ("2026-11-24T09:00:00+08:00", 1, "2026-11-25T18:00:00+08:00"),
        ("2026-11-24T23:00:00+08:00", 1, "2026-11-25T18:00:00+08:00"),
        ("2026-11-27T17:00:00+08:00", 2, "2026-12-01T18:00:00+08:00"),
        // Over the weekend, submitted within it.
        ("2026-11-28T10:00:00+08:00", 1, "2026-11-30T18:00:00+08:00"),
        // A holiday, and a Saturday that is worked.
        ("2026-09-30T17:00:00+08:00", 1, "2026-10-02T18:00:00+08:00"),
        ("2026-10-09T17:00:00+08:00", 1, "2026-10-10T18:00:00+08:00"),
    ] {
        assert_eq!(
            calendar.add_days(at(start), days),
            Ok(at(end)),
            "{start} + {days} d"
        );
    }
    let start = at("2026-11-24T09:00:00+08:00");
    assert_eq!(calendar.add_days(start, 100_000), Err(Unanswerable::Exhausted));
    assert_eq!(
        calendar.add_days(at("2010-01-01T00:00:00Z"), 1),
        Err(Unanswerable::NotEffective(date(2010, 1, 2)))
    );
}

#[test]
fn what_is_not_said_is_not_guessed() {
    let calendar = office("Asia/Shanghai");
    let before = at("2019-12-30T09:00:00+08:00");
    assert_eq!(
        calendar.add(before, h(1)),
        Err(Unanswerable::NotEffective(date(2019, 12, 30)))
    );
    let empty = Calendar::new(TimeZone::UTC, Vec::new());
    assert!(matches!(
        empty.measure(before, before),
        Err(Unanswerable::NotEffective(_))
    ));
    assert_eq!(empty.latest(), 0);
}

#[test]
fn a_calendar_without_working_time_never_gets_there() {
    let version = Version {
        number: 1,
        effective: date(2020, 1, 1),
        weekly: [const { Hours::NONE }; 7],
        special: [].into(),
    };
    let calendar = Calendar::new(TimeZone::UTC, vec![version]);
    assert_eq!(
        calendar.add(at("2026-01-01T00:00:00Z"), h(1)),
        Err(Unanswerable::Exhausted)
    );
}

#[test]
fn a_later_version_replaces_an_earlier_one_from_its_date_on() {
    let mut versions = office("Asia/Shanghai").versions;
    let mut short = versions[0].clone();
    (short.number, short.effective) = (2, date(2026, 12, 1));
    short.weekly[..5].fill(hours(&[("10:00", "16:00")]));
    versions.push(short);
    let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap(), versions);
    let end = calendar.add(at("2026-11-30T17:00:00+08:00"), h(2));
    assert_eq!(end, Ok(at("2026-12-01T11:00:00+08:00")));
    assert_eq!(calendar.latest(), 2);
}

#[test]
fn days_on_which_the_clock_jumps_have_an_hour_less_or_more() {
    let calendar = always("Europe/Berlin");
    let day = |date: Date| {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let from = date.to_zoned(zone.clone()).unwrap().timestamp();
        (from, date.tomorrow().unwrap().to_zoned(zone).unwrap().timestamp())
    };
    for (date, length) in [
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2026, 6, 1), 24),
    ] {
        let (from, to) = day(date);
        assert_eq!(calendar.measure(from, to), Ok(h(length)), "{date}");
    }
}

proptest! {
    #[test]
    fn measuring_undoes_adding(start in 0_i64..63_000_000, amount in 0_i64..720_000) {
        let calendar = office("America/New_York");
        let start = at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(start);
        let amount = SignedDuration::from_secs(amount);
        let end = calendar.add(start, amount).unwrap();
        prop_assert!(end >= start);
        prop_assert_eq!(calendar.measure(start, end), Ok(amount));
    }
}
