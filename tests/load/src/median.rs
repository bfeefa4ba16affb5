//! Medians: what a disturbance in one run does not move.

use std::cmp::Ordering;

/// The middle value; of an even number the lower one of the two. `None` of nothing.
#[must_use]
pub fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_middle_is_taken_whatever_the_order() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4, 1]), Some(1));
        assert_eq!(median::<u64>(vec![]), None);
    }
}
