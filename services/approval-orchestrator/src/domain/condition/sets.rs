//! Sets of values of a fact: ranges of numbers, some texts or all but some, yes and no.

use std::{
    collections::BTreeSet,
    fmt,
    ops::Bound::{self, Excluded, Included, Unbounded},
};

use rust_decimal::Decimal;

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The same with the sides exchanged.
    pub(super) const fn mirrored(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// The values that one fact may have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Texts(Texts),
    Numbers(Ranges),
    Flags(Flags),
}

impl Values {
    /// The values in both.
    pub(super) fn intersect(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Texts(one), Self::Texts(other)) => Self::Texts(one.intersect(other)),
            (Self::Numbers(one), Self::Numbers(other)) => Self::Numbers(one.intersect(other)),
            (Self::Flags(one), Self::Flags(other)) => Self::Flags(one.intersect(*other)),
            // A fact has one type, so this cannot be; nothing is in both.
            _ => Self::Flags(Flags {
                yes: false,
                no: false,
            }),
        }
    }

    /// All other values.
    pub(super) fn complement(&self) -> Self {
        match self {
            Self::Texts(texts) => Self::Texts(texts.clone().complement()),
            Self::Numbers(ranges) => Self::Numbers(ranges.complement()),
            Self::Flags(flags) => Self::Flags(Flags {
                yes: !flags.yes,
                no: !flags.no,
            }),
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Texts(texts) => !texts.all_but && texts.named.is_empty(),
            Self::Numbers(ranges) => ranges.parts.is_empty(),
            Self::Flags(flags) => !flags.yes && !flags.no,
        }
    }
}

/// Yes, no, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags {
    yes: bool,
    no: bool,
}

impl Flags {
    pub(super) const fn only(value: bool) -> Self {
        Self {
            yes: value,
            no: !value,
        }
    }

    const fn intersect(self, other: Self) -> Self {
        Self {
            yes: self.yes && other.yes,
            no: self.no && other.no,
        }
    }
}

/// Some texts, or all but some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts {
    all_but: bool,
    named: BTreeSet<String>,
}

impl Texts {
    pub(super) const fn none() -> Self {
        Self {
            all_but: false,
            named: BTreeSet::new(),
        }
    }

    /// Names another.
    pub(super) fn add(&mut self, text: String) {
        self.named.insert(text);
    }

    pub(super) fn complement(self) -> Self {
        Self {
            all_but: !self.all_but,
            ..self
        }
    }

    fn intersect(&self, other: &Self) -> Self {
        let named = match (self.all_but, other.all_but) {
            (false, false) => &self.named & &other.named,
            (false, true) => &self.named - &other.named,
            (true, false) => &other.named - &self.named,
            (true, true) => &self.named | &other.named,
        };
        Self {
            all_but: self.all_but && other.all_but,
            named,
        }
    }
}

/// Ranges of numbers, in order and apart from each other. Whole numbers are those of 64 bits; decimals count as dense.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranges {
    whole: bool,
    parts: Vec<Range>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    low: Bound<Decimal>,
    high: Bound<Decimal>,
}

impl Ranges {
    /// The numbers that compare so with a value.
    pub(super) fn of(operator: Comparison, value: Decimal, whole: bool) -> Self {
        let part = |low, high| Range { low, high };
        let parts = match operator {
            Comparison::Equal => vec![part(Included(value), Included(value))],
            Comparison::NotEqual => vec![part(Unbounded, Excluded(value)), part(Excluded(value), Unbounded)],
            Comparison::Less => vec![part(Unbounded, Excluded(value))],
            Comparison::LessOrEqual => vec![part(Unbounded, Included(value))],
            Comparison::Greater => vec![part(Excluded(value), Unbounded)],
            Comparison::GreaterOrEqual => vec![part(Included(value), Unbounded)],
        };
        Self::normal(whole, parts)
    }

    /// The same numbers, of whole ones with bounds that are among them.
    fn normal(whole: bool, parts: Vec<Range>) -> Self {
        let close = |range: Range| {
            if !whole {
                return range;
            }
            Range {
                low: match range.low {
                    Excluded(low) => Included(low + Decimal::ONE),
                    Unbounded => Included(Decimal::from(i64::MIN)),
                    included => included,
                },
                high: match range.high {
                    Excluded(high) => Included(high - Decimal::ONE),
                    Unbounded => Included(Decimal::from(i64::MAX)),
                    included => included,
                },
            }
        };
        Self {
            whole,
            parts: parts.into_iter().map(close).filter(Range::holds_any).collect(),
        }
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        let mut parts = Vec::new();
        let (mut one, mut two) = (self.parts.iter().peekable(), other.parts.iter().peekable());
        while let (Some(left), Some(right)) = (one.peek(), two.peek()) {
            let both = Range {
                low: if starts_later(left.low, right.low) {
                    left.low
                } else {
                    right.low
                },
                high: if ends_earlier(left.high, right.high) {
                    left.high
                } else {
                    right.high
                },
            };
            if both.holds_any() {
                parts.push(both);
            }
            if ends_earlier(left.high, right.high) {
                one.next();
            } else {
                two.next();
            }
        }
        Self {
            whole: self.whole,
            parts,
        }
    }

    /// All other numbers.
    pub(super) fn complement(&self) -> Self {
        let mut rest = Vec::with_capacity(self.parts.len() + 1);
        let mut low = Unbounded;
        for part in &self.parts {
            match part.low {
                Included(at) => rest.push(Range {
                    low,
                    high: Excluded(at),
                }),
                Excluded(at) => rest.push(Range {
                    low,
                    high: Included(at),
                }),
                Unbounded => {}
            }
            low = match part.high {
                Included(at) => Excluded(at),
                Excluded(at) => Included(at),
                Unbounded => return Self::normal(self.whole, rest),
            };
        }
        rest.push(Range { low, high: Unbounded });
        Self::normal(self.whole, rest)
    }

    /// The numbers in either.
    pub(super) fn union(&self, other: &Self) -> Self {
        self.complement().intersect(&other.complement()).complement()
    }
}

impl Range {
    fn holds_any(&self) -> bool {
        match (self.low, self.high) {
            (Included(low), Included(high)) => low <= high,
            (Included(low) | Excluded(low), Included(high) | Excluded(high)) => low < high,
            (Unbounded, _) | (_, Unbounded) => true,
        }
    }
}

fn starts_later(one: Bound<Decimal>, other: Bound<Decimal>) -> bool {
    match (one, other) {
        (Unbounded, _) => false,
        (_, Unbounded) => true,
        (Excluded(one), Included(other)) => one >= other,
        (Included(one) | Excluded(one), Included(other) | Excluded(other)) => one > other,
    }
}

fn ends_earlier(one: Bound<Decimal>, other: Bound<Decimal>) -> bool {
    match (one, other) {
        (Unbounded, _) => false,
        (_, Unbounded) => true,
        (Excluded(one), Included(other)) => one <= other,
        (Included(one) | Excluded(one), Included(other) | Excluded(other)) => one < other,
    }
}

impl fmt::Display for Values {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flags(flags) => write!(formatter, "is {}", flags.yes),
            Self::Texts(texts) => {
                let named: Vec<_> = texts.named.iter().map(String::as_str).collect();
                let not = if texts.all_but { "not " } else { "" };
                write!(formatter, "{not}in {{{}}}", named.join(", "))
            }
            Self::Numbers(ranges) => {
                let parts: Vec<_> = ranges.parts.iter().map(Range::to_string).collect();
                write!(formatter, "in {}", parts.join(" or "))
            }
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.low {
            Included(low) => write!(formatter, "[{low}, ")?,
            Excluded(low) => write!(formatter, "({low}, ")?,
            Unbounded => write!(formatter, "(…, ")?,
        }
        match self.high {
            Included(high) => write!(formatter, "{high}]"),
            Excluded(high) => write!(formatter, "{high})"),
            Unbounded => write!(formatter, "…)"),
        }
    }
}
