//! Databases that are migrated once and copied for each test.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use diesel::{
    migration::{Migration, MigrationSource},
    pg::Pg,
};
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use salient_database::{
    Connection,
    migrate::{self, MigrationSet},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use crate::cluster::{Shared, apart, shared};

/// The templates of the process, by what they were migrated with.
#[derive(Default)]
pub(crate) struct Templates(Mutex<HashMap<String, Arc<OnceCell<String>>>>);

/// Makes a database for one test; empty where there are no sets.
pub(crate) async fn create(sets: &[MigrationSet]) -> String {
    let shared = shared().await;
    let template = if sets.is_empty() {
        "template0".to_owned()
    } else {
        template(shared, sets).await
    };
    let database = format!("test_{:016x}", rand::random::<u64>());
    let create = format!("CREATE DATABASE {database} TEMPLATE {template}");
    execute(&shared.cluster.owner_url("postgres"), &create).await;
    database
}

/// Runs a statement by its own connection.
pub(crate) async fn execute(url: &SecretString, statement: &str) {
    let mut connection = connect(url).await;
    let done = connection.batch_execute(statement).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

pub(crate) async fn connect(url: &SecretString) -> Connection {
    let connection = Connection::establish(url.expose_secret()).await;
    connection.unwrap_or_else(|error| panic!("no connection: {error}"))
}

/// The name of the migrated template for these sets, made by whoever asks first.
async fn template(shared: &'static Shared, sets: &[MigrationSet]) -> String {
    let template = shared.templates.get(digest(sets));
    let made = template.get_or_init(|| async { apart(migrated(shared, sets)) });
    made.await.clone()
}

impl Templates {
    fn get(&self, digest: String) -> Arc<OnceCell<String>> {
        let mut templates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(templates.entry(digest).or_default())
    }
}

async fn migrated(shared: &'static Shared, sets: &[MigrationSet]) -> String {
    let name = format!("template_{:016x}", rand::random::<u64>());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    execute(&shared.cluster.owner_url("postgres"), &create).await;
    shared.create_roles(sets).await;
    let done = migrate::run(&shared.cluster.owner_url(&name), sets).await;
    done.unwrap_or_else(|error| panic!("the migrations fail: {error:?}"));
    name
}

/// What tells sets apart within one process, where migrations do not change: their schemas and the migrations' names.
fn digest(sets: &[MigrationSet]) -> String {
    let mut digest = String::new();
    for set in sets {
        let migrations: Vec<Box<dyn Migration<Pg>>> = set.migrations().expect("embedded migrations");
        digest.push_str(set.schema());
        for migration in migrations {
            digest.push_str(&format!("/{}", migration.name()));
        }
        digest.push('\n');
    }
    digest
}
