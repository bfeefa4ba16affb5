//! What a version of a calendar says, as the document it is kept as.

use std::collections::BTreeMap;

use jiff::civil::Date;
use salient_database::Error;
use serde::{Deserialize, Serialize};

use super::row::corrupt;
use crate::domain::calendar::{Hours, Span, SpecialDay, Version};

/// Times of day, `["09:00", "18:00"]`.
type Stretches = Vec<(String, String)>;

#[derive(Serialize, Deserialize)]
struct Content {
    /// Monday first.
    weekly: [Stretches; 7],
    special: BTreeMap<Date, Special>,
}

#[derive(Serialize, Deserialize)]
struct Special {
    display_name: String,
    /// None on a holiday.
    hours: Option<Stretches>,
}

/// The document of a version.
pub(super) fn write(version: &Version) -> Result<serde_json::Value, Error> {
    let special = version.special.iter().map(|(date, day)| {
        let hours = day.hours.as_ref().map(texts);
        (
            *date,
            Special {
                display_name: day.display_name.clone(),
                hours,
            },
        )
    });
    let content = Content {
        weekly: version.weekly.each_ref().map(texts),
        special: special.collect(),
    };
    serde_json::to_value(content).map_err(|error| corrupt(error.to_string()))
}

/// The version of a document.
pub(super) fn read(number: i32, effective: Date, document: serde_json::Value) -> Result<Version, Error> {
    let content: Content = serde_json::from_value(document).map_err(|error| corrupt(error.to_string()))?;
    let mut weekly = [const { Hours::NONE }; 7];
    for (day, stretches) in weekly.iter_mut().zip(content.weekly) {
        *day = hours(stretches)?;
    }
    let special = content.special.into_iter().map(|(date, day)| {
        let hours = day.hours.map(hours).transpose()?;
        Ok((
            date,
            SpecialDay {
                display_name: day.display_name,
                hours,
            },
        ))
    });
    Ok(Version {
        number,
        effective,
        weekly,
        special: special.collect::<Result<_, Error>>()?,
    })
}

fn texts(hours: &Hours) -> Stretches {
    hours
        .spans()
        .iter()
        .map(|span| (span.start_text(), span.end_text()))
        .collect()
}

fn hours(stretches: Stretches) -> Result<Hours, Error> {
    let spans = stretches
        .iter()
        .map(|(start, end)| Span::parse(start, end))
        .collect::<Result<_, _>>();
    spans
        .and_then(Hours::new)
        .map_err(|error| corrupt(error.to_string()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_version_comes_back_as_it_went() {
        let day = Hours::new(vec![
            Span::parse("09:00", "12:00").unwrap(),
            Span::parse("13:00", "24:00").unwrap(),
        ])
        .unwrap();
        let mut weekly = [const { Hours::NONE }; 7];
        weekly[0] = day.clone();
        let special = |name: &str, hours| SpecialDay {
            display_name: name.into(),
            hours,
        };
        let version = Version {
            number: 3,
            effective: date(2026, 1, 1),
            weekly,
            special: [
                (date(2026, 10, 1), special("国庆节", None)),
                (date(2026, 10, 10), special("", Some(day))),
            ]
            .into(),
        };
        assert_eq!(
            read(3, date(2026, 1, 1), write(&version).unwrap()).unwrap(),
            version
        );
    }
}
