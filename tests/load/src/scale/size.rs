//! How much there is.

/// How many tasks there are of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// All of them.
    pub tasks: u64,
    /// Those that are pending, the newest.
    pub pending: u64,
    /// Those of the pending that wait for the approver whose inbox is read, scattered among the others.
    pub own: u64,
}

/// What one approver has in the large set.
const OWN: u64 = 20_000;

impl Size {
    /// The small set: half of it is decided, and what is pending waits for the one approver, so that there are deep pages.
    pub const SMALL: Self = Self {
        tasks: 10_000,
        pending: 5_000,
        own: 5_000,
    };

    /// A large set of so many tasks, a tenth of them pending.
    #[must_use]
    pub fn large(tasks: u64) -> Self {
        let pending = tasks / 10;
        Self {
            tasks,
            pending,
            own: OWN.min(pending / 2),
        }
    }

    /// Every how many of the pending one is the approver's.
    #[must_use]
    pub const fn stride(self) -> u64 {
        self.pending / self.own
    }

    /// How many that makes.
    #[must_use]
    pub const fn waiting(self) -> u64 {
        self.pending / self.stride()
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn ten_million_have_a_million_pending_and_an_inbox_of_twenty_thousand() {
        let large = Size::large(10_000_000);
        assert_eq!((large.pending, large.own), (1_000_000, 20_000));
        assert_eq!((large.stride(), large.waiting()), (50, 20_000));
        assert_eq!((Size::SMALL.stride(), Size::SMALL.waiting()), (1, 5_000));
        assert_eq!(Size::large(100_000).waiting(), 5_000);
    }
}
