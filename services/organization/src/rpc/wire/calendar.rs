//! Calendars and what they say.

use std::collections::BTreeMap;

use jiff::civil::Date;
use salient_failure::Failure;
use salient_proto::organization::v1::{
    self as proto, CalendarVersion, Weekday, WeekdayHours, WorkingHours, special_day,
};
use salient_values::{date, etag, timestamp};

use crate::{
    domain::calendar::{Hours, Span, SpecialDay, Version},
    error::Error,
    store::{CalendarRecord, VersionRecord},
};

/// The collection of calendars.
const CALENDARS: &str = "calendars/";
/// Monday first, as versions hold them.
const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// A calendar.
pub fn to_proto(record: &CalendarRecord) -> proto::Calendar {
    let latest = (record.latest > 0).then(|| version_name(&record.id, record.latest));
    proto::Calendar {
        name: format!("{CALENDARS}{}", record.id),
        display_name: record.display_name.clone(),
        time_zone: record.time_zone.clone(),
        latest_version: latest.unwrap_or_default(),
        create_time: Some(timestamp::to_proto(record.create_time)),
        update_time: Some(timestamp::to_proto(record.update_time)),
        etag: etag::of(record.version),
    }
}

/// The id in the name of a calendar, whose form the proto's rules have checked.
pub fn id<'a>(name: &'a str, field: &'static str) -> Result<&'a str, Error> {
    let malformed = || Failure::invalid_field(field, "must be of the form `calendars/{calendar}`");
    Ok(name.strip_prefix(CALENDARS).ok_or_else(malformed)?)
}

/// The calendar and the number in the name of a version.
pub fn version_id<'a>(name: &'a str, field: &'static str) -> Result<(&'a str, i32), Error> {
    let parse = || {
        let (calendar, number) = name.strip_prefix(CALENDARS)?.split_once("/versions/")?;
        Some((calendar, number.parse().ok()?))
    };
    let malformed = || {
        Failure::invalid_field(
            field,
            "must be of the form `calendars/{calendar}/versions/{version}`",
        )
    };
    Ok(parse().ok_or_else(malformed)?)
}

/// The name of a version; empty for version 0, which is none.
pub fn version_name(calendar: &str, number: i32) -> String {
    if number == 0 {
        String::new()
    } else {
        format!("{CALENDARS}{calendar}/versions/{number}")
    }
}

/// A version of a calendar.
pub fn version_to_proto(calendar: &str, record: &VersionRecord) -> CalendarVersion {
    let version = &record.version;
    let weekly = WEEKDAYS
        .into_iter()
        .zip(&version.weekly)
        .filter(|(_, hours)| !hours.spans().is_empty());
    let special = version.special.iter().map(|(day, special)| proto::SpecialDay {
        date: Some(date::to_proto(*day)),
        kind: match special.hours {
            None => special_day::Kind::Holiday.into(),
            Some(_) => special_day::Kind::WorkingDay.into(),
        },
        display_name: special.display_name.clone(),
        hours: special.hours.as_ref().map(hours_to_proto).unwrap_or_default(),
    });
    CalendarVersion {
        name: version_name(calendar, version.number),
        effective_date: Some(date::to_proto(version.effective)),
        weekly_hours: weekly
            .map(|(weekday, hours)| WeekdayHours {
                weekday: weekday.into(),
                hours: hours_to_proto(hours),
            })
            .collect(),
        special_days: special.collect(),
        create_time: Some(timestamp::to_proto(record.create_time)),
    }
}

/// What a version to publish says; its number is given when it is recorded.
pub fn version_from_proto(sent: &CalendarVersion) -> Result<Version, Error> {
    let at = |path: &str| format!("calendar_version.{path}");
    let effective = required_date(sent.effective_date.as_ref(), at("effective_date"))?;
    let mut weekly = [const { Hours::NONE }; 7];
    for (index, day) in sent.weekly_hours.iter().enumerate() {
        let place = WEEKDAYS.iter().position(|weekday| *weekday == day.weekday());
        let slot = place
            .and_then(|place| weekly.get_mut(place))
            .filter(|hours| hours.spans().is_empty());
        let twice = || {
            Failure::invalid_field(
                at(&format!("weekly_hours[{index}].weekday")),
                "must be a day, each once",
            )
        };
        *slot.ok_or_else(twice)? =
            hours_from_proto(&day.hours, &at(&format!("weekly_hours[{index}].hours")))?;
    }
    let mut special = BTreeMap::new();
    for (index, day) in sent.special_days.iter().enumerate() {
        let path = at(&format!("special_days[{index}]"));
        let on = required_date(day.date.as_ref(), format!("{path}.date"))?;
        let differs = SpecialDay {
            display_name: day.display_name.clone(),
            hours: special_hours(day, &weekly[0], &path)?,
        };
        if special.insert(on, differs).is_some() {
            return Err(Failure::invalid_field(format!("{path}.date"), "must not come twice").into());
        }
    }
    Ok(Version {
        number: 0,
        effective,
        weekly,
        special,
    })
}

/// None on a holiday; on a day that is worked, the hours given, else Monday's.
fn special_hours(day: &proto::SpecialDay, monday: &Hours, path: &str) -> Result<Option<Hours>, Error> {
    let refuse =
        |field: &str, what: &str| Err(Failure::invalid_field(format!("{path}.{field}"), what).into());
    match day.kind() {
        special_day::Kind::Holiday if day.hours.is_empty() => Ok(None),
        special_day::Kind::Holiday => refuse("hours", "must not be given for a holiday"),
        special_day::Kind::WorkingDay if !day.hours.is_empty() => {
            hours_from_proto(&day.hours, &format!("{path}.hours")).map(Some)
        }
        special_day::Kind::WorkingDay if monday.spans().is_empty() => {
            refuse("hours", "must be given where Monday has no hours")
        }
        special_day::Kind::WorkingDay => Ok(Some(monday.clone())),
        special_day::Kind::Unspecified => refuse("kind", "must be set"),
    }
}

fn required_date(sent: Option<&salient_proto::google::r#type::Date>, field: String) -> Result<Date, Error> {
    let sent = sent.copied().unwrap_or_default();
    Ok(date::from_proto(&sent).map_err(|error| error.at(field))?)
}

fn hours_to_proto(hours: &Hours) -> Vec<WorkingHours> {
    let spans = hours.spans().iter();
    spans
        .map(|span| WorkingHours {
            start_time: span.start_text(),
            end_time: span.end_text(),
        })
        .collect()
}

fn hours_from_proto(sent: &[WorkingHours], path: &str) -> Result<Hours, Error> {
    let spans = sent
        .iter()
        .map(|hours| Span::parse(&hours.start_time, &hours.end_time))
        .collect::<Result<_, _>>();
    let hours = spans.and_then(Hours::new);
    Ok(hours.map_err(|error| Failure::invalid_field(path, error.to_string()))?)
}
