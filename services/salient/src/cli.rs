//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    audit::Audit, call::Call, demo::Demo, import::Import, migrate::Migrate, policy::Policy, serve::Serve,
    token::Token, up::Up,
};

/// Salient: regional sales, from plan to signed contract.
#[derive(Debug, Parser)]
#[command(name = "salient", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// A settings file (TOML); later ones win, and variables `SALIENT__<SECTION>__<NAME>` win over all.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "SALIENT_CONFIG",
        value_delimiter = ','
    )]
    pub(crate) config: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Brings up the whole suite on this machine, with a PostgreSQL of its own and a sample company.
    Up(Up),
    /// Serves one or more services of a deployment.
    Serve(Serve),
    /// Brings the databases up to date, or tells how they stand.
    Migrate(Migrate),
    /// Prints a token of the embedded issuer.
    Token(Token),
    /// Calls a method of the running suite as one of its people.
    Call(Call),
    /// Brings up everything and plays the main job: contracts, drafted, submitted, reviewed, approved, signed.
    Demo(Demo),
    /// Imports employees from a CSV file, all of them or none.
    Import(Import),
    /// Exports, checks, publishes and draws sign-off policies.
    Policy(Policy),
    /// Exports histories of approvals, and verifies what was exported.
    #[command(subcommand)]
    Audit(Audit),
}
