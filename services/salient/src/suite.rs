//! The services that this binary has.

use std::sync::Arc;

use clap::ValueEnum;
use salient_config::Settings;
use salient_database::migrate::MigrationSet;
use salient_server::{Listener, Running, Service, host};
use tokio_util::sync::CancellationToken;

/// One service of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Member {
    /// Units, employees, posts, calendars.
    Organization,
    /// The archive of customers and their credit.
    Customers,
    /// Sales contracts.
    Contracts,
    /// Every sign-off.
    ApprovalOrchestrator,
}

/// Evaluates an expression with the member's type.
macro_rules! with {
    ($member:expr, $service:ident => $then:expr) => {
        match $member {
            Member::Organization => {
                type $service = salient_organization::Organization;
                $then
            }
            Member::Customers => {
                type $service = salient_customers::Customers;
                $then
            }
            Member::Contracts => {
                type $service = salient_contracts::Contracts;
                $then
            }
            Member::ApprovalOrchestrator => {
                type $service = salient_approval_orchestrator::ApprovalOrchestrator;
                $then
            }
        }
    };
}

impl Member {
    /// All of them, in the order in which they start: those that others ask come first.
    pub(crate) const ALL: [Self; 4] = [
        Self::Organization,
        Self::Customers,
        Self::Contracts,
        Self::ApprovalOrchestrator,
    ];

    pub(crate) fn name(self) -> &'static str {
        with!(self, S => S::NAME)
    }

    pub(crate) fn schema(self) -> &'static str {
        with!(self, S => S::SCHEMA)
    }

    pub(crate) fn port(self) -> u16 {
        with!(self, S => S::PORT)
    }

    pub(crate) fn migrations(self) -> MigrationSet {
        with!(self, S => S::migrations())
    }

    pub(crate) async fn host(
        self,
        settings: Arc<Settings>,
        listener: Listener,
        shutdown: CancellationToken,
    ) -> anyhow::Result<Running> {
        with!(self, S => host::<S>(settings, listener, shutdown).await)
    }
}

/// The migrations of every service.
pub(crate) fn migrations() -> Vec<MigrationSet> {
    Member::ALL.into_iter().map(Member::migrations).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use clap::ValueEnum as _;

    use super::Member;

    #[test]
    fn no_two_services_share_a_name_a_schema_or_a_port() {
        let names: HashSet<_> = Member::ALL.map(Member::name).into();
        let schemas: HashSet<_> = Member::ALL.map(Member::schema).into();
        let ports: HashSet<_> = Member::ALL.map(Member::port).into();
        assert_eq!([names.len(), schemas.len(), ports.len()], [Member::ALL.len(); 3]);
    }

    #[test]
    fn services_are_named_on_the_command_line_as_everywhere_else() {
        assert_eq!(Member::value_variants(), Member::ALL);
        for member in Member::ALL {
            let value = member.to_possible_value().expect("not skipped");
            assert_eq!(value.get_name(), member.name());
        }
    }
}
