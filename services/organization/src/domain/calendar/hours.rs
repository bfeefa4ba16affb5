use std::fmt;

/// The last minute of a day, exclusive: `24:00`.
const MIDNIGHT: u16 = 24 * 60;

/// A stretch of working time within a day, in minutes from midnight by the clock: `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    start: u16,
    end: u16,
}

impl Span {
    /// Reads `09:00` and `18:00`; the end may be `24:00`.
    ///
    /// # Errors
    /// Something else than times of day, or an end that is not later than the start.
    pub fn parse(start: &str, end: &str) -> Result<Self, HoursError> {
        let (start, end) = (minutes(start)?, minutes(end)?);
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(HoursError::EndsBeforeItStarts)
        }
    }

    /// When it starts, in minutes from midnight.
    pub const fn start(self) -> u16 {
        self.start
    }

    /// When it ends, in minutes from midnight; up to 1440.
    pub const fn end(self) -> u16 {
        self.end
    }

    /// When it starts, `09:00`.
    pub fn start_text(self) -> String {
        Clock(self.start).to_string()
    }

    /// When it ends, `18:00`.
    pub fn end_text(self) -> String {
        Clock(self.end).to_string()
    }
}

/// The working hours of a day: in order, without overlap. None on a day off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours(Vec<Span>);

impl Hours {
    /// No working time.
    pub const NONE: Self = Self(Vec::new());

    /// Takes stretches that follow each other.
    ///
    /// # Errors
    /// One that starts before the one before ends.
    pub fn new(spans: Vec<Span>) -> Result<Self, HoursError> {
        if spans.is_sorted_by(|one, next| one.end <= next.start) {
            Ok(Self(spans))
        } else {
            Err(HoursError::Overlap)
        }
    }

    /// The stretches.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }
}

/// What is wrong with hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a time of day.
    #[error("must be a time of day such as 09:00")]
    NotATime,
    /// An end that is not later than the start.
    #[error("must end later than it starts")]
    EndsBeforeItStarts,
    /// Stretches out of order or overlapping.
    #[error("must be in order and not overlap")]
    Overlap,
}

struct Clock(u16);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

fn minutes(text: &str) -> Result<u16, HoursError> {
    let read = || {
        let (hours, minutes) = text
            .split_once(':')
            .filter(|(hours, minutes)| (hours.len(), minutes.len()) == (2, 2))?;
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        Some(hours * 60 + minutes).filter(|total| minutes < 60 && *total <= MIDNIGHT)
    };
    read().ok_or(HoursError::NotATime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let span = Span::parse("09:05", "24:00").unwrap();
        assert_eq!((span.start(), span.end()), (545, 1440));
        assert_eq!(
            (span.start_text().as_str(), span.end_text().as_str()),
            ("09:05", "24:00")
        );
    }

    #[test]
    fn refuses_what_is_no_stretch() {
        for text in ["", "9:00", "09.00", "09:60", "24:01", "ab:cd", "009:0", "٠9:0"] {
            assert_eq!(Span::parse(text, "24:00"), Err(HoursError::NotATime), "{text}");
        }
        assert_eq!(Span::parse("09:00", "09:00"), Err(HoursError::EndsBeforeItStarts));
        let span = |start, end| Span::parse(start, end).unwrap();
        assert_eq!(
            Hours::new(vec![span("09:00", "12:00"), span("11:59", "13:00")]),
            Err(HoursError::Overlap)
        );
        assert_eq!(
            Hours::new(vec![span("13:00", "18:00"), span("09:00", "12:00")]),
            Err(HoursError::Overlap)
        );
        assert!(Hours::new(vec![span("09:00", "12:00"), span("12:00", "18:00")]).is_ok());
    }
}
