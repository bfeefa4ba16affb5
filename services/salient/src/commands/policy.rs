//! Policies as files: taken out, checked, published and drawn.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use salient_access::token::Issuer;
use salient_config::Settings;
use salient_proto::approval::v1::{
    ExportPolicyVersionRequest, ImportPolicyVersionRequest, RenderPolicyRequest, ValidatePolicyRequest,
    policy_service_client::PolicyServiceClient, render_policy_request::Format,
};

use crate::{
    cli::Common,
    client::{Caller, Connections, refused, request_id},
    data_dir::DataDir,
    installation::{Installation, person_meant},
    output,
    suite::Member,
};

/// The longest file that is read: the service takes none longer.
const LONGEST: u64 = 64 * 1024;

/// What `policy` takes.
#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    action: Action,
    /// Who does it: a name, a personnel number, or `employees/<id>`.
    #[arg(long = "as", value_name = "PERSON", global = true)]
    person: Option<String>,
    /// Where `approval-orchestrator` answers; the address of the last `salient up` by default.
    #[arg(long, value_name = "URL", global = true)]
    address: Option<String>,
    /// The data directory whose issuer signs; the user's own by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Writes a version as a TOML file.
    Export {
        #[command(flatten)]
        version: Version,
        /// Where to; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Finds every mistake in a TOML file, and publishes nothing.
    Validate {
        /// The kind of subject (`contract`).
        kind: String,
        /// The file.
        file: PathBuf,
    },
    /// Publishes a TOML file as the next version.
    Publish {
        /// The kind of subject (`contract`).
        kind: String,
        /// The file.
        file: PathBuf,
    },
    /// Draws a version or a draft.
    Draw {
        #[command(flatten)]
        version: Version,
        /// The draft to draw instead of a version.
        #[arg(long, conflicts_with = "number")]
        draft: Option<String>,
        /// What to draw it as.
        #[arg(long, value_enum, default_value_t = Picture::Svg)]
        format: Picture,
        /// Where to; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Which version is meant.
#[derive(Debug, Args)]
struct Version {
    /// The kind of subject (`contract`).
    kind: String,
    /// The version's number; the newest by default.
    #[arg(value_name = "VERSION")]
    number: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Picture {
    Svg,
    Mermaid,
}

impl Version {
    fn name(&self) -> String {
        match self.number {
            Some(number) => format!("policies/{}/versions/{number}", self.kind),
            None => format!("policies/{}/versions/latest", self.kind),
        }
    }
}

pub(crate) async fn run(common: &Common, policy: &Policy) -> anyhow::Result<()> {
    let mut client = client(common, policy)?;
    match &policy.action {
        Action::Export { version, out } => {
            let request = ExportPolicyVersionRequest { name: version.name() };
            let answer = client.export_policy_version(request).await;
            let text = answer.map_err(refused("exporting"))?.into_inner().text;
            deliver(out.as_deref(), &text)
        }
        Action::Validate { kind, file } => {
            let request = ValidatePolicyRequest {
                parent: format!("policies/{kind}"),
                text: read(file)?,
                policy_version: None,
            };
            let answer = client.validate_policy(request).await;
            let mistakes = answer.map_err(refused("validating"))?.into_inner().mistakes;
            for mistake in &mistakes {
                output::line(&format!("{}: {}", mistake.place, mistake.description))?;
            }
            anyhow::ensure!(mistakes.is_empty(), "{} mistakes", mistakes.len());
            output::line("no mistakes")
        }
        Action::Publish { kind, file } => {
            let request = ImportPolicyVersionRequest {
                parent: format!("policies/{kind}"),
                text: read(file)?,
                request_id: request_id(),
            };
            let answer = client.import_policy_version(request).await;
            let published = answer.map_err(refused("publishing"))?.into_inner();
            output::line(&format!("published {}", published.name))
        }
        Action::Draw {
            version,
            draft,
            format,
            out,
        } => {
            let format = match format {
                Picture::Svg => Format::Svg,
                Picture::Mermaid => Format::Mermaid,
            };
            let name = match draft {
                Some(draft) => format!("policies/{}/drafts/{draft}", version.kind),
                None => version.name(),
            };
            let request = RenderPolicyRequest {
                name,
                format: format.into(),
            };
            let answer = client.render_policy(request).await;
            deliver(
                out.as_deref(),
                &answer.map_err(refused("drawing"))?.into_inner().content,
            )
        }
    }
}

fn client(common: &Common, policy: &Policy) -> anyhow::Result<PolicyServiceClient<Caller>> {
    let settings = Settings::load(&common.config)?;
    let dir = DataDir::open(policy.data_dir.as_deref())?;
    let member = Member::ApprovalOrchestrator;
    let address = match &policy.address {
        Some(address) => address.clone(),
        None => {
            let kept = Installation::kept(&dir)?;
            let address = kept.and_then(|kept| kept.addresses.get(member.name()).cloned());
            address
                .with_context(|| format!("--address is not given, and {} knows none", dir.path().display()))?
        }
    };
    let person = policy.person.as_deref().context("--as: say who does it")?;
    let issuer = Issuer::open(&dir.issuer(), &settings.auth.issuer, &settings.auth.audience)?;
    let connections = Connections::new([(member, address)])?;
    let session = connections.sign_in(&issuer, person_meant(&dir, person)?)?;
    Ok(PolicyServiceClient::new(session.at(member)?))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    file.take(LONGEST + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("{} is not a text", path.display()))?;
    anyhow::ensure!(
        text.len() as u64 <= LONGEST,
        "{} is longer than {LONGEST} bytes",
        path.display()
    );
    Ok(text)
}

fn deliver(out: Option<&Path>, text: &str) -> anyhow::Result<()> {
    match out {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => output::write(text),
    }
}
