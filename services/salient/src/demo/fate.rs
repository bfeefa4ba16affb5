//! What becomes of each contract.

/// How a contract's sign-off goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Everybody agrees; it is signed and archived.
    Sign,
    /// The reviewer sends it back once; then everybody agrees.
    ReturnOnce,
    /// The reviewer finds something that is not acceptable.
    RejectInReview,
    /// The last approver says no.
    RejectAtTheEnd,
    /// The submitter takes it back.
    Withdraw,
    /// It is more than the customer's credit allows.
    OverLimit,
}

impl Fate {
    /// The fate of the contract at an index, of so many: one is withdrawn and one over the limit, where there are that many.
    pub(super) fn of(index: usize, count: usize) -> Self {
        // Both are decided while the others go on, not before or after them.
        let withdrawn = count / 3;
        let over_limit = count * 2 / 3;
        match index {
            _ if count >= 3 && index == withdrawn => Self::Withdraw,
            _ if count >= 3 && index == over_limit => Self::OverLimit,
            _ if index % 20 == 7 => Self::RejectInReview,
            _ if index % 25 == 11 => Self::RejectAtTheEnd,
            _ if index % 10 == 4 => Self::ReturnOnce,
            _ => Self::Sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fate;

    #[test]
    fn two_hundred_contracts_meet_every_fate() {
        let fates: Vec<_> = (0..200).map(|index| Fate::of(index, 200)).collect();
        let count = |fate| fates.iter().filter(|other| **other == fate).count();
        assert_eq!([count(Fate::Withdraw), count(Fate::OverLimit)], [1, 1]);
        for fate in [Fate::RejectInReview, Fate::RejectAtTheEnd, Fate::ReturnOnce] {
            assert!(count(fate) >= 5, "{fate:?}");
        }
        assert!(count(Fate::Sign) > 100);
    }

    #[test]
    fn even_three_contracts_have_one_withdrawn_and_one_refused() {
        let fates: Vec<_> = (0..3).map(|index| Fate::of(index, 3)).collect();
        assert_eq!(fates, [Fate::Sign, Fate::Withdraw, Fate::OverLimit]);
    }
}
