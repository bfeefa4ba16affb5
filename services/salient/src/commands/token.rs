use std::{path::PathBuf, time::Duration};

use clap::Args;
use jiff::SignedDuration;
use salient_access::token::Issuer;
use salient_config::Auth;

use crate::{data_dir::DataDir, installation::person_meant, output};

/// What `token` takes.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// For whom: a name, a personnel number, or `employees/<id>`.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// For how long (`12h`, `90m`).
    #[arg(long, value_name = "TIME", default_value = "12h")]
    valid: SignedDuration,
    /// The data directory whose issuer signs; the user's own by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) fn run(token: &Token) -> anyhow::Result<()> {
    let dir = DataDir::open(token.data_dir.as_deref())?;
    let person = person_meant(&dir, &token.person)?;
    let auth = Auth::default();
    let issuer = Issuer::open(&dir.issuer(), &auth.issuer, &auth.audience)?;
    let signed = issuer.issue_person(person, Duration::try_from(token.valid)?)?;
    output::line(&signed)
}
