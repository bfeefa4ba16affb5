//! What the posts mean for each other: where they are held, and which stands above which.

use salient_operation::Post;

use super::UnitKind;

/// Whether units of the kind have such a post (P2.1, P2.2).
pub const fn may_be_held_in(post: Post, kind: UnitKind) -> bool {
    match post {
        Post::Director | Post::CompanyManagement | Post::Administrator => matches!(kind, UnitKind::Company),
        Post::RegionalManager => matches!(kind, UnitKind::Region),
        Post::Supervisor | Post::Salesperson => matches!(kind, UnitKind::Region | UnitKind::Team),
        Post::Finance | Post::Analyst | Post::Production | Post::Logistics | Post::CustomerService => true,
    }
}

/// How high a post stands in the line from salespeople to company management (P2.1). Posts beside the line count as its lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Works for a supervisor, or for the region or the company.
    Staff,
    /// Leads a team.
    Supervisor,
    /// Answers for a region.
    RegionalManager,
    /// Leads all regions.
    Director,
    /// Has nobody above.
    CompanyManagement,
}

/// The post's rank.
pub const fn rank(post: Post) -> Rank {
    match post {
        Post::Supervisor => Rank::Supervisor,
        Post::RegionalManager => Rank::RegionalManager,
        Post::Director => Rank::Director,
        Post::CompanyManagement => Rank::CompanyManagement,
        Post::Salesperson
        | Post::Finance
        | Post::Analyst
        | Post::Production
        | Post::Logistics
        | Post::CustomerService
        | Post::Administrator => Rank::Staff,
    }
}

/// The least rank of those who may stand in for a missing holder of the post: its own or higher. What finance or another post
/// beside the line should have decided goes to the director, who is the first to stand above both.
pub const fn stand_in_rank(post: Post) -> Rank {
    match post {
        Post::Salesperson => Rank::Staff,
        Post::Supervisor => Rank::Supervisor,
        Post::RegionalManager => Rank::RegionalManager,
        Post::CompanyManagement => Rank::CompanyManagement,
        Post::Director
        | Post::Finance
        | Post::Analyst
        | Post::Production
        | Post::Logistics
        | Post::CustomerService
        | Post::Administrator => Rank::Director,
    }
}

/// The posts that lead, from the lowest.
pub const LINE: [Post; 4] = [
    Post::Supervisor,
    Post::RegionalManager,
    Post::Director,
    Post::CompanyManagement,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_rises() {
        assert!(LINE.is_sorted_by(|lower, higher| rank(*lower) < rank(*higher)));
        assert!(LINE.iter().all(|post| rank(*post) > Rank::Staff));
    }

    #[test]
    fn every_post_has_a_unit_and_the_leaders_just_one_level() {
        for post in Post::ALL {
            assert!(
                UnitKind::ALL.iter().any(|kind| may_be_held_in(post, *kind)),
                "{}",
                post.name()
            );
        }
        assert!(!may_be_held_in(Post::RegionalManager, UnitKind::Company));
        assert!(!may_be_held_in(Post::Director, UnitKind::Region));
        assert!(!may_be_held_in(Post::Supervisor, UnitKind::Company));
    }
}
