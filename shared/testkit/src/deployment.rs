//! The settings of a deployment in a test.

use salient_access::token::Issuer;
use salient_config::Settings;

use crate::{
    TestDatabase,
    caller::{AUDIENCE, ISSUER, issuer},
    cluster::shared,
};

/// What services in another process need for working on this database: variables for its environment. It has to be told where they
/// listen, and where to find each other.
pub async fn variables(database: &TestDatabase) -> Vec<(String, String)> {
    let mut deployment = Deployment::new(&issuer().await).await;
    deployment.set("database.url", database.url_template());
    deployment.variables()
}

/// Settings as environment variables, the way a deployment has them.
pub(crate) struct Deployment(Vec<(String, String)>);

impl Deployment {
    /// What every deployment in a test has: the process's issuer, a page-token key, a folder for files of its own.
    pub(crate) async fn new(issuer: &Issuer) -> Self {
        let files = shared()
            .await
            .folder
            .join(format!("files-{:016x}", rand::random::<u64>()));
        let mut deployment = Self(Vec::new());
        deployment.set("auth.issuer", ISSUER);
        deployment.set("auth.audience", AUDIENCE);
        deployment.set("auth.jwks", issuer.jwks().to_string_lossy());
        let folder = issuer.jwks().parent().expect("a folder");
        deployment.set("auth.issuer_folder", folder.to_string_lossy());
        deployment.set("paging.key", "only for tests: 32 bytes or more of no secret");
        deployment.set("object_store.url", format!("file://{}", files.display()));
        deployment.set("database.max_connections", "6");
        deployment.set("reflection", "true");
        deployment
    }

    /// Sets a setting by its full name, `limits.deadline`.
    pub(crate) fn set(&mut self, setting: &str, value: impl Into<String>) {
        let name = setting.replace('.', "__").replace('-', "_").to_uppercase();
        self.0.push((format!("SALIENT__{name}"), value.into()));
    }

    /// The settings as another process reads them.
    pub(crate) fn variables(self) -> Vec<(String, String)> {
        self.0
    }

    /// The settings as services read them.
    pub(crate) fn settings(self) -> Settings {
        let settings = Settings::from_sources::<&str>(&[], self.0);
        settings.unwrap_or_else(|invalid| panic!("{invalid}"))
    }
}
