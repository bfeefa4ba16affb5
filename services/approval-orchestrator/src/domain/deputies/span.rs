use std::borrow::Cow;

use jiff::Timestamp;

use super::Deputyship;

/// When and for which kinds of subject something holds; never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// From when on.
    pub start: Timestamp,
    end: Timestamp,
    /// Sorted, each once; `None` means every kind.
    kinds: Option<Cow<'a, [String]>>,
}

impl<'a> Span<'a> {
    /// That of a deputyship that holds at some instant.
    pub fn of(deputyship: &'a Deputyship) -> Self {
        let kinds = deputyship.kinds.as_slice();
        Self {
            start: deputyship.start_time,
            end: deputyship.end_time,
            kinds: (!kinds.is_empty()).then_some(Cow::Borrowed(kinds)),
        }
    }

    /// When and for what both hold; `None` where they never do.
    pub fn and(&self, other: &Deputyship) -> Option<Self> {
        let (start, end) = (self.start.max(other.start_time), self.end.min(other.end_time));
        if start >= end {
            return None;
        }
        let kinds = match &self.kinds {
            _ if other.kinds.is_empty() => self.kinds.clone(),
            None => Some(Cow::Owned(other.kinds.clone())),
            Some(own) => {
                let both = own.iter().filter(|kind| other.kinds.contains(kind));
                let both: Vec<String> = both.cloned().collect();
                if both.is_empty() {
                    return None;
                }
                Some(Cow::Owned(both))
            }
        };
        Some(Self { start, end, kinds })
    }

    /// One of the kinds; `None` where it is every kind.
    pub fn kind(&self) -> Option<&str> {
        let kinds = self.kinds.as_deref()?;
        kinds.first().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::{Deputyship, Span};

    fn instant(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn deputyship(start: i64, end: i64, kinds: &[&str]) -> Deputyship {
        Deputyship {
            id: Uuid::nil(),
            principal: Uuid::nil(),
            deputy: Uuid::max(),
            deputy_name: String::new(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            start_time: instant(start),
            end_time: instant(end),
        }
    }

    #[test]
    fn what_two_have_in_common() {
        let one = deputyship(0, 10, &["budget", "contract"]);
        let span = Span::of(&one);
        for (other, expected) in [
            (deputyship(0, 10, &[]), Some((0, Some("budget")))),
            (deputyship(9, 20, &["contract"]), Some((9, Some("contract")))),
            (
                deputyship(-5, 1, &["contract", "expense"]),
                Some((0, Some("contract"))),
            ),
            (deputyship(10, 20, &[]), None),
            (deputyship(-5, 0, &[]), None),
            (deputyship(0, 10, &["expense"]), None),
        ] {
            let both = span.and(&other);
            let both = both.as_ref().map(|both| (both.start, both.kind()));
            assert_eq!(
                both,
                expected.map(|(start, kind)| (instant(start), kind)),
                "{other:?}"
            );
        }
    }

    #[test]
    fn every_kind_is_more_than_any() {
        let (all, some) = (deputyship(0, 2, &[]), deputyship(1, 3, &["contract"]));
        assert_eq!(Span::of(&all).kind(), None);
        assert_eq!(
            Span::of(&all)
                .and(&all)
                .and_then(|both| both.kind().map(str::to_owned)),
            None
        );
        let both = Span::of(&all).and(&some).expect("minute 1");
        assert_eq!((both.start, both.kind()), (instant(1), Some("contract")));
    }
}
