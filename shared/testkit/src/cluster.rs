//! The cluster that all tests of a process share.

use std::{env, panic::resume_unwind, path::PathBuf, thread};

use salient_database::migrate::{self, MigrationSet, ServiceRole};
use salient_embedded_postgres::{Cluster, Options};
use secrecy::SecretString;
use tokio::{
    runtime::Builder,
    sync::{Mutex, OnceCell},
};

use crate::template::Templates;

static SHARED: OnceCell<Shared> = OnceCell::const_new();

/// The cluster and what was made in it.
pub(crate) struct Shared {
    pub(crate) cluster: Cluster,
    /// Removed together with the cluster: tests put their files here.
    pub(crate) folder: PathBuf,
    /// The password of every service's role.
    pub(crate) password: SecretString,
    pub(crate) templates: Templates,
    /// Roles belong to the cluster, so two tests that make the same one would collide.
    roles: Mutex<Vec<&'static str>>,
}

/// The cluster, started by whoever asks first.
pub(crate) async fn shared() -> &'static Shared {
    SHARED.get_or_init(|| async { apart(start()) }).await
}

async fn start() -> Shared {
    let folder = env::temp_dir().join(format!("salient-test-{:016x}", rand::random::<u64>()));
    let cluster = Cluster::start(Options::throwaway(&folder)).await;
    Shared {
        cluster: cluster.unwrap_or_else(|error| panic!("{error}")),
        folder,
        password: format!("{:032x}", rand::random::<u128>()).into(),
        templates: Templates::default(),
        roles: Mutex::default(),
    }
}

impl Shared {
    /// Makes the roles of these schemas, unless they are there already.
    pub(crate) async fn create_roles(&self, sets: &[MigrationSet]) {
        let mut known = self.roles.lock().await;
        for schema in sets.iter().map(MigrationSet::schema) {
            if known.contains(&schema) {
                continue;
            }
            let role = ServiceRole {
                schema,
                password: self.password.clone(),
            };
            migrate::create_roles(&self.cluster.owner_url("postgres"), &[role])
                .await
                .unwrap_or_else(|error| panic!("{error:?}"));
            known.push(schema);
        }
    }
}

/// Runs something that outlives the test that needs it first, or that blocks its thread (migrating does), on a runtime of its own.
/// The test itself waits: it can do nothing else before its database is there.
pub(crate) fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let run = || {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(work)
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|panic| resume_unwind(panic))
}
