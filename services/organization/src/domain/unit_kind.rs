/// What kind of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// The company, the root.
    Company,
    /// A sales region (P2.2.2).
    Region,
    /// A team or department (P2.2.3).
    Team,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Company, Self::Region, Self::Team];

    /// Its name in the proto, and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "KIND_COMPANY",
            Self::Region => "KIND_REGION",
            Self::Team => "KIND_TEAM",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether such a unit may stand directly under one of the other kind. Whoever lies below a region lies in exactly one.
    pub const fn may_stand_under(self, parent: Self) -> bool {
        match (self, parent) {
            (Self::Region, Self::Company) | (Self::Team, _) => true,
            (Self::Company, _) | (Self::Region, Self::Region | Self::Team) => false,
        }
    }
}
