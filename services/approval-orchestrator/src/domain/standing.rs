//! Whether a policy is in force, and what changes that: one table.

/// How a policy stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Its newest version applies.
    #[default]
    Active,
    /// What is submitted waits.
    Paused,
    /// Nothing new is signed off by it.
    Retired,
}

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// An operator pauses it.
    Pause,
    /// An operator resumes it.
    Resume,
    /// It is taken out of force.
    Retire,
    /// Another version is published.
    Publish,
}

impl Standing {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Retired];

    /// Its name, as the database and error details write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Paused => "PAUSED",
            Self::Retired => "RETIRED",
        }
    }

    /// The standing of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }

    /// How it stands afterwards; `None` where that cannot be done now.
    #[must_use]
    pub const fn after(self, turn: Turn) -> Option<Self> {
        match (self, turn) {
            (Self::Active | Self::Paused, Turn::Pause) | (Self::Paused, Turn::Publish) => Some(Self::Paused),
            (Self::Active | Self::Paused, Turn::Resume) | (Self::Active | Self::Retired, Turn::Publish) => {
                Some(Self::Active)
            }
            (_, Turn::Retire) => Some(Self::Retired),
            (Self::Retired, Turn::Pause | Turn::Resume) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Standing::*, Turn::*, *};

    #[test]
    fn the_table_is_as_documented() {
        for (turn, after) in [
            (Pause, [Some(Paused), Some(Paused), None]),
            (Resume, [Some(Active), Some(Active), None]),
            (Retire, [Some(Retired); 3]),
            (Publish, [Some(Active), Some(Paused), Some(Active)]),
        ] {
            assert_eq!(
                Standing::ALL.map(|standing| standing.after(turn)),
                after,
                "{turn:?}"
            );
        }
    }

    #[test]
    fn the_database_knows_the_same() {
        let migration = include_str!(
            "../../../../migrations/approval-orchestrator/2026-11-29-000200_manage_policies/up.sql"
        );
        let names = Standing::ALL
            .map(|standing| format!("'{}'", standing.name()))
            .join(", ");
        assert!(migration.contains(&format!("CHECK (state IN ({names}))")));
    }
}
