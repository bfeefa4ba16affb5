//! The access rules of methods, as the proto declares them.

mod authorize;
mod matrix;
mod rule;

use std::{collections::HashMap, sync::Arc};

use prost_reflect::{DescriptorPool, ExtensionDescriptor, MethodDescriptor, Value};
use salient_proto::access::v1;

use self::rule::Traits;
pub use self::rule::{Grant, MethodRule, Scope};

const OPTION: &str = "salient.access.v1.rule";

/// A rule that is missing or makes no sense. A service with one does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// The descriptors do not hold the service.
    #[error("the descriptors have no service {0}")]
    UnknownService(String),
    /// The method has no rule.
    #[error("{0} has no access rule")]
    Missing(String),
    /// The rule contradicts itself or its method.
    #[error("the access rule of {method} {problem}")]
    Malformed {
        /// The method.
        method: String,
        /// What is wrong.
        problem: &'static str,
    },
}

/// The rules of all methods that a server offers, by path.
#[derive(Debug)]
pub struct Rules(HashMap<&'static str, Arc<MethodRule>>);

impl Rules {
    /// Reads the rules of these services (`salient.contracts.v1.ContractService`).
    ///
    /// # Errors
    /// A method without a rule, or with one that makes no sense: better no service than one that nobody guards.
    pub fn from_pool(pool: &DescriptorPool, services: &[&str]) -> Result<Self, InvalidRule> {
        let mut rules = HashMap::new();
        for name in services {
            let service = pool
                .get_service_by_name(name)
                .ok_or_else(|| InvalidRule::UnknownService((*name).to_owned()))?;
            for method in service.methods() {
                let rule = read(pool, &method)?;
                rules.insert(rule.method, Arc::new(rule));
            }
        }
        Ok(Self(rules))
    }

    /// The rule of the method with this path (`/salient.contracts.v1.ContractService/SubmitContract`).
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Arc<MethodRule>> {
        self.0.get(path)
    }

    /// All rules as text, one line for each method and each post that may call it, in a stable order: for people to review,
    /// and for a test to notice any change.
    #[must_use]
    pub fn matrix(&self) -> String {
        matrix::render(self.0.values())
    }
}

fn read(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<MethodRule, InvalidRule> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let declared = pool
        .get_extension_by_name(OPTION)
        .and_then(|option| declared(method, &option))
        .ok_or_else(|| InvalidRule::Missing(path.clone()))?;
    let traits = Traits {
        client_streaming: method.is_client_streaming(),
        takes_request_id: method.input().get_field_by_name("request_id").is_some(),
    };
    MethodRule::new(path, &declared, traits)
}

fn declared(method: &MethodDescriptor, option: &ExtensionDescriptor) -> Option<v1::Rule> {
    let options = method.options();
    if !options.has_extension(option) {
        return None;
    }
    match options.get_extension(option).into_owned() {
        Value::Message(rule) => rule.transcode_to().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use prost_types::{FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto};
    use salient_proto::POOL;

    use super::{InvalidRule, Rules};

    const GET_PROFILE: &str = "/salient.access.v1.ProfileService/GetProfile";

    #[test]
    fn rules_are_those_of_the_proto() {
        let rules = Rules::from_pool(&POOL, &["salient.access.v1.ProfileService"]).expect("it has rules");
        let rule = rules.get(GET_PROFILE).expect("the method");
        assert_eq!(rule.method, GET_PROFILE);
        assert!(rule.any_employee && !rule.mutation);
        assert!(rule.services.iter().any(|service| service == "contracts"));
        assert!(rules.get("/salient.access.v1.ProfileService/Other").is_none());
    }

    #[test]
    fn every_method_of_the_suite_has_a_rule_that_makes_sense() {
        let services: Vec<_> = POOL.services().collect();
        let ours: Vec<_> = services
            .iter()
            .map(|service| service.full_name())
            .filter(|name| name.starts_with("salient."))
            .collect();
        assert!(!ours.is_empty());
        Rules::from_pool(&POOL, &ours).expect("rules");
    }

    #[test]
    fn a_method_without_a_rule_keeps_the_service_from_starting() {
        let mut pool = POOL.clone();
        pool.add_file_descriptor_proto(FileDescriptorProto {
            name: Some("bare.proto".into()),
            package: Some("bare".into()),
            dependency: vec!["salient/access/v1/profile_service.proto".into()],
            service: vec![ServiceDescriptorProto {
                name: Some("Bare".into()),
                method: vec![MethodDescriptorProto {
                    name: Some("Do".into()),
                    input_type: Some(".salient.access.v1.GetProfileRequest".into()),
                    output_type: Some(".salient.access.v1.GetProfileRequest".into()),
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        })
        .expect("a valid file");
        let refused = Rules::from_pool(&pool, &["bare.Bare"]).expect_err("no rule");
        assert_eq!(refused, InvalidRule::Missing("/bare.Bare/Do".into()));
    }

    #[test]
    fn a_service_that_is_not_described_has_no_rules() {
        let refused = Rules::from_pool(&POOL, &["salient.Nothing"]).expect_err("unknown");
        assert_eq!(refused, InvalidRule::UnknownService("salient.Nothing".into()));
    }
}
