use anyhow::Context as _;
use clap::{Args, Subcommand};
use salient_config::Settings;
use salient_database::migrate;

use crate::{cli::Common, output, suite::migrations};

/// What `migrate` takes.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Tells which migrations have run; fails where some have not.
    Status,
}

pub(crate) async fn run(common: &Common, migrate: &Migrate) -> anyhow::Result<()> {
    let settings = Settings::load(&common.config)?;
    let owner_url = settings.database.owner_url;
    let owner_url = owner_url
        .context("database.owner_url: is not set: migrations run as the role that owns the schemas")?;
    let sets = migrations();
    if let Some(Action::Status) = migrate.action {
        let rows = migrate::status(&owner_url, &sets).await?;
        for row in &rows {
            let stands = if row.applied { "applied" } else { "pending" };
            output::line(&format!("{stands}  {:<14} {}", row.schema, row.migration))?;
        }
        let pending = rows.iter().filter(|row| !row.applied).count();
        anyhow::ensure!(pending == 0, "{pending} migrations are pending");
        return Ok(());
    }
    let applied = migrate::run(&owner_url, &sets).await?;
    output::line(&format!(
        "{applied} migrations applied, {} schemas up to date",
        sets.len()
    ))?;
    Ok(())
}
