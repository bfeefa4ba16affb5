use std::{fmt, sync::Arc};

use uuid::Uuid;

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `employees/{uuid}`.
    Person(Uuid),
    /// `services/{name}`.
    Service(Arc<str>),
}

impl Subject {
    /// Reads the `sub` claim; `None` where it names neither a person nor a service.
    pub(super) fn parse(sub: &str) -> Option<Self> {
        match sub.split_once('/')? {
            // Only the usual form: whoever compares subjects as text must not find two that mean one person.
            ("employees", id) if id.len() == 36 => Uuid::try_parse(id).ok().map(Self::Person),
            ("services", name) if is_service_name(name) => Some(Self::Service(name.into())),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "employees/{person}"),
            Self::Service(name) => write!(f, "services/{name}"),
        }
    }
}

fn is_service_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 63
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Subject;

    #[test]
    fn people_and_services_are_told_apart_and_others_refused() {
        let person = Subject::Person(Uuid::from_u128(7));
        assert_eq!(Subject::parse(&person.to_string()), Some(person));
        let service = Subject::Service("approval-orchestrator".into());
        assert_eq!(Subject::parse("services/approval-orchestrator"), Some(service));
        for sub in [
            "",
            "7",
            "employees/",
            "employees/7",
            "employees/00000000000000000000000000000007",
            "employees/00000000-0000-0000-0000-000000000007/profile",
            "customers/00000000-0000-0000-0000-000000000007",
            "services/",
            "services/Contracts",
            "services/a b",
        ] {
            assert_eq!(Subject::parse(sub), None, "{sub:?}");
        }
    }
}
