use std::collections::HashMap;

use salient_access::Rules;
use salient_proto::POOL;

/// The methods served, by path.
pub(super) struct Methods(HashMap<String, Method>);

/// What the layers need to know of a method.
pub(super) struct Method {
    /// Its name in traces: the path without the leading slash.
    pub(super) full_name: String,
    pub(super) service: String,
    pub(super) name: String,
    pub(super) client_streaming: bool,
    pub(super) mutation: bool,
}

impl Methods {
    pub(super) fn of(services: &[&str], rules: &Rules) -> Self {
        let services = services.iter().filter_map(|name| POOL.get_service_by_name(name));
        let methods = services.flat_map(|service| {
            service
                .methods()
                .map(|method| {
                    let full_name = format!("{}/{}", service.full_name(), method.name());
                    let path = format!("/{full_name}");
                    let method = Method {
                        full_name,
                        service: service.full_name().to_owned(),
                        name: method.name().to_owned(),
                        client_streaming: method.is_client_streaming(),
                        mutation: rules.get(&path).is_some_and(|rule| rule.mutation),
                    };
                    (path, method)
                })
                .collect::<Vec<_>>()
        });
        Self(methods.collect())
    }

    pub(super) fn get(&self, path: &str) -> Option<&Method> {
        self.0.get(path)
    }
}
