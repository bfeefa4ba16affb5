use std::{env, fs, path::PathBuf};

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use salient_config::Settings;

use crate::{
    cli::Common,
    data_dir::DataDir,
    demo::{Report, play},
    embedded::Lifetime,
    machine::{self, Machine},
    output,
    serving::asked_to_stop,
};

/// What `demo` takes.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Prints what happened as JSON.
    #[arg(long)]
    json: bool,
    /// How many contracts to play.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    contracts: usize,
    /// Keeps everything in this data directory; by default everything is thrown away in the end.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, demo: &Demo) -> anyhow::Result<()> {
    let mut settings = Settings::load(&common.config)?;
    let _telemetry = salient_telemetry::init(&machine::quiet(&settings.telemetry), "salient")?;
    machine::listen_from(&mut settings, 0)?;
    let (path, lifetime) = match &demo.data_dir {
        Some(path) => (path.clone(), Lifetime::Lasting),
        None => (throwaway(), Lifetime::Throwaway),
    };
    let dir = DataDir::open(Some(&path))?;
    let report = tokio::select! {
        report = bring_up_and_play(settings, &dir, lifetime, demo.contracts) => report,
        // Dropping what runs stops the database, too.
        asked = asked_to_stop() => asked.and_then(|()| Err(anyhow::anyhow!("interrupted"))),
    };
    if lifetime == Lifetime::Throwaway {
        // What cannot be removed now stays in the folder for temporary files.
        drop(fs::remove_dir_all(dir.path()));
    }
    let report = report?;
    if demo.json {
        output::line(&serde_json::to_string_pretty(&report)?)?;
    } else {
        output::write(&report.to_string())?;
    }
    Ok(())
}

async fn bring_up_and_play(
    settings: Settings,
    dir: &DataDir,
    lifetime: Lifetime,
    contracts: usize,
) -> anyhow::Result<Report> {
    eprintln!("bringing up PostgreSQL, the services and a company");
    let zone = TimeZone::get(&settings.calendar.time_zone)?;
    let today = Timestamp::now().to_zoned(zone).date();
    let machine = Machine::start(settings, dir, lifetime).await?;
    let report = play(&machine, contracts, today).await;
    let stopped = machine.stop().await;
    let report = report?;
    stopped.map(|()| report)
}

fn throwaway() -> PathBuf {
    env::temp_dir().join(format!("salient-demo-{:016x}", rand::random::<u64>()))
}
