use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use salient_config::Settings;

use crate::{
    cli::Common,
    data_dir::DataDir,
    embedded::Lifetime,
    machine::{self, Machine},
    output, private,
    serving::asked_to_stop,
};

/// How long the tokens printed are valid.
const VALID: Duration = Duration::from_secs(12 * 60 * 60);

/// What `up` takes.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where the database, the keys and the files are kept; the user's own data directory by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// The first of the ports that the services listen on; 0 takes free ones.
    #[arg(long, value_name = "PORT")]
    ports_from: Option<u16>,
    /// Writes addresses, people with tokens, and customers to this file (JSON) once everything answers.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, up: &Up) -> anyhow::Result<()> {
    let mut settings = Settings::load(&common.config)?;
    let _telemetry = salient_telemetry::init(&machine::quiet(&settings.telemetry), "salient")?;
    if let Some(first) = up.ports_from {
        machine::listen_from(&mut settings, first)?;
    }
    let dir = DataDir::open(up.data_dir.as_deref())?;
    // Until signals are listened to, below, they end the process at once, and its PostgreSQL is stopped by what watches over it.
    let machine = Machine::start(settings, &dir, Lifetime::Lasting).await?;
    let done = async {
        let installation = machine.installation.with_tokens(&machine.issuer, VALID)?;
        if let Some(path) = &up.ready_file {
            private::write(path, &serde_json::to_vec_pretty(&installation)?)?;
        }
        output::write(&super::how_to_call::text(&installation, &dir))?;
        tokio::select! {
            asked = asked_to_stop() => asked,
            () = machine.database_ended() => Err(anyhow::anyhow!("PostgreSQL has ended; its log is in {}", dir.cluster().display())),
        }
    };
    let done = done.await;
    eprintln!("stopping");
    machine.stop().await.context("not stopped in order")?;
    done
}
