//! Every service's role against every other service's tables.

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _};
use salient_database::Connection;
use salient_tests::company::Company;
use secrecy::ExposeSecret as _;

const SCHEMAS: [&str; 4] = ["organization", "customers", "contracts", "approval"];

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_reads_or_writes_anothers_schema() {
    let company = Company::found().await;
    let database = company.suite().test_database();
    let mut tried = 0;
    for role in SCHEMAS {
        let mut connection = Connection::establish(database.url(role).expose_secret())
            .await
            .unwrap();
        for schema in SCHEMAS {
            let mut owner = database.owner(schema).await;
            let tables: Vec<Table> =
                diesel::sql_query("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = $1")
                    .bind::<Text, _>(schema)
                    .load(&mut owner)
                    .await
                    .unwrap();
            assert!(tables.len() > 5, "{schema} has its tables");
            for Table { name } in tables {
                if schema == role {
                    continue;
                }
                for statement in [
                    format!("SELECT 1 FROM {schema}.{name}"),
                    format!("INSERT INTO {schema}.{name} DEFAULT VALUES"),
                    format!("DELETE FROM {schema}.{name}"),
                    format!("TRUNCATE {schema}.{name}"),
                    format!("DROP TABLE {schema}.{name}"),
                ] {
                    let refused = diesel::sql_query(&statement).execute(&mut connection).await;
                    let error = refused.expect_err(&statement).to_string();
                    assert!(
                        error.contains("permission denied"),
                        "salient_{role}: {statement}: {error}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 4 * 3 * 5 * 5, "{tried} statements were refused");
}
