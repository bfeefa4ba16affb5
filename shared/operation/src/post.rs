use salient_proto::access::v1;

/// A post that a person holds in a unit (P2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// Finds prospects, drafts contracts, keeps customers (P2.2.4).
    Salesperson,
    /// Leads a team and reviews its contracts (P2.2.3).
    Supervisor,
    /// Answers for a region (P2.2.2).
    RegionalManager,
    /// Leads all regional teams (P2.2.1).
    Director,
    /// Approves plans, changes and budgets (P3.1.3).
    CompanyManagement,
    /// Reviews budgets and claims, follows payments (P6.2.4, P8).
    Finance,
    /// Analyses sales data (P7).
    Analyst,
    /// Schedules against contracts (P6.2.2).
    Production,
    /// Delivers (P6.2.3).
    Logistics,
    /// Handles complaints and service requests (P5.2, P5.4).
    CustomerService,
    /// Runs the suite.
    Administrator,
}

impl Post {
    /// Every post.
    pub const ALL: [Self; 11] = [
        Self::Salesperson,
        Self::Supervisor,
        Self::RegionalManager,
        Self::Director,
        Self::CompanyManagement,
        Self::Finance,
        Self::Analyst,
        Self::Production,
        Self::Logistics,
        Self::CustomerService,
        Self::Administrator,
    ];

    /// The post's name in the proto, as it stands in error metadata: `POST_SUPERVISOR`.
    #[must_use]
    pub fn name(self) -> &'static str {
        v1::Post::from(self).as_str_name()
    }
}

impl From<Post> for v1::Post {
    fn from(post: Post) -> Self {
        match post {
            Post::Salesperson => Self::Salesperson,
            Post::Supervisor => Self::Supervisor,
            Post::RegionalManager => Self::RegionalManager,
            Post::Director => Self::Director,
            Post::CompanyManagement => Self::CompanyManagement,
            Post::Finance => Self::Finance,
            Post::Analyst => Self::Analyst,
            Post::Production => Self::Production,
            Post::Logistics => Self::Logistics,
            Post::CustomerService => Self::CustomerService,
            Post::Administrator => Self::Administrator,
        }
    }
}

impl From<Post> for i32 {
    fn from(post: Post) -> Self {
        v1::Post::from(post).into()
    }
}

/// The number is that of no post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a post")]
pub struct UnknownPost(pub i32);

impl TryFrom<i32> for Post {
    type Error = UnknownPost;

    fn try_from(number: i32) -> Result<Self, UnknownPost> {
        match v1::Post::try_from(number).unwrap_or_default() {
            v1::Post::Unspecified => Err(UnknownPost(number)),
            v1::Post::Salesperson => Ok(Self::Salesperson),
            v1::Post::Supervisor => Ok(Self::Supervisor),
            v1::Post::RegionalManager => Ok(Self::RegionalManager),
            v1::Post::Director => Ok(Self::Director),
            v1::Post::CompanyManagement => Ok(Self::CompanyManagement),
            v1::Post::Finance => Ok(Self::Finance),
            v1::Post::Analyst => Ok(Self::Analyst),
            v1::Post::Production => Ok(Self::Production),
            v1::Post::Logistics => Ok(Self::Logistics),
            v1::Post::CustomerService => Ok(Self::CustomerService),
            v1::Post::Administrator => Ok(Self::Administrator),
        }
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::POOL;

    use super::{Post, UnknownPost};

    #[test]
    fn every_post_of_the_proto_is_one_of_ours_and_back() {
        let posts = POOL.get_enum_by_name("salient.access.v1.Post").expect("declared");
        assert_eq!(posts.values().len(), Post::ALL.len() + 1);
        for post in Post::ALL {
            assert_eq!(Post::try_from(i32::from(post)), Ok(post));
            assert!(posts.get_value_by_name(post.name()).is_some());
        }
    }

    #[test]
    fn an_unset_or_unknown_number_is_no_post() {
        assert_eq!(Post::try_from(0), Err(UnknownPost(0)));
        assert_eq!(Post::try_from(-1), Err(UnknownPost(-1)));
    }
}
