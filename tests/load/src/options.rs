//! What can be said on the command line.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::scenario::Scenario;

/// Measures Salient's services beside what the database and the transport allow on the same machine.
#[derive(Debug, Clone, Parser)]
#[command(name = "salient-load", version)]
pub struct Options {
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// How often each is taken; medians are reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    pub runs: u64,
    /// With how many clients.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64], value_parser = clients)]
    pub clients: Vec<usize>,
    /// Which scenarios; all of them unless said otherwise.
    #[arg(long = "scenario", value_enum, default_values_t = Scenario::ALL)]
    pub scenarios: Vec<Scenario>,
    /// Leaves tracing off, which is otherwise on, every call of it exported.
    #[arg(long)]
    pub no_tracing: bool,
    /// Prints JSON instead of Markdown.
    #[arg(long)]
    pub json: bool,
    /// Serves empty calls; the harness starts itself so.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What else this program is.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// Serves empty calls until it is ended.
    #[command(name = crate::empty::SERVE, hide = true)]
    ServeEmpty,
    /// Measures the inbox at ten million tasks, beside ten thousand. Needs some 13 GB in the folder for temporary files.
    InboxScale(Scale),
}

/// How the inbox is measured at scale.
#[derive(Debug, Clone, Copy, Args)]
pub struct Scale {
    /// How many tasks the large set has.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(100_000..=100_000_000))]
    pub tasks: u64,
    /// How often each call is made to each set.
    #[arg(long, default_value_t = 300)]
    pub rounds: usize,
}

/// More than the drafts that `pgbench` divides among its clients suffice for.
const MOST_CLIENTS: usize = 64;

fn clients(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(clients) if (1..=MOST_CLIENTS).contains(&clients) => Ok(clients),
        _ => Err(format!("must be from 1 to {MOST_CLIENTS}")),
    }
}

impl Options {
    /// How long each measurement takes.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
