//! Histories of approvals, taken away and verified: what an auditor does.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use salient_access::token::Issuer;
use salient_approval_orchestrator::export::{ExportVerifier, PublicKeys, Report, key_of};
use salient_config::Auth;
use salient_proto::approval::v1::{ExportAuditTrailsRequest, audit_service_client::AuditServiceClient};
use salient_values::timestamp;

use crate::{
    client::{Connections, refused},
    data_dir::DataDir,
    installation::{Installation, person_meant},
    output,
    suite::Member,
};

/// The longest line that is read: several times the longest that is written.
const LONGEST: u64 = 8 << 20;

/// What `audit` takes.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Exports histories, signed, with everything that is needed to verify them anywhere.
    Export(Export),
    /// Verifies an exported file. It asks nobody: neither a database nor a service.
    Verify(Verify),
}

/// What `audit export` takes.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// One approval, `approvals/<id>`.
    #[arg(long, value_name = "APPROVAL", conflicts_with_all = ["from", "to"], required_unless_present = "from")]
    approval: Option<String>,
    /// Approvals created from this instant on (`2026-01-01T00:00:00+08:00`).
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Approvals created before this instant; now by default.
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<Timestamp>,
    /// The file; standard output by default.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// As whom: a name, a personnel number, or `employees/<id>`.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// Where `approval-orchestrator` answers; the address of the last `salient up` by default.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The data directory whose issuer signs; the user's own by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// What `audit verify` takes.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The file; `-` for standard input.
    file: PathBuf,
    /// A public key to believe, 64 hexadecimal digits (`salient call ListAnchorKeys`); may be given several times. Without one, the
    /// keys in the file are believed, and have to be compared.
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
}

pub(crate) async fn run(audit: &Audit) -> anyhow::Result<()> {
    match audit {
        Audit::Export(asked) => export(asked).await,
        Audit::Verify(asked) => verify(asked),
    }
}

async fn export(asked: &Export) -> anyhow::Result<()> {
    let dir = DataDir::open(asked.data_dir.as_deref())?;
    let address = match &asked.address {
        Some(address) => address.clone(),
        None => Installation::kept(&dir)?
            .and_then(|kept| kept.addresses.get(Member::ApprovalOrchestrator.name()).cloned())
            .with_context(|| format!("--address is not given, and {} knows none", dir.path().display()))?,
    };
    let auth = Auth::default();
    let issuer = Issuer::open(&dir.issuer(), &auth.issuer, &auth.audience)?;
    let connections = Connections::new([(Member::ApprovalOrchestrator, address)])?;
    let session = connections.sign_in(&issuer, person_meant(&dir, &asked.person)?)?;
    let mut client = AuditServiceClient::new(session.at(Member::ApprovalOrchestrator)?);
    let to = asked.from.map(|_| asked.to.unwrap_or_else(Timestamp::now));
    let request = ExportAuditTrailsRequest {
        approval: asked.approval.clone().unwrap_or_default(),
        start_time: asked.from.map(timestamp::to_proto),
        end_time: to.map(timestamp::to_proto),
    };
    let answer = client.export_audit_trails(request).await;
    let mut messages = answer.map_err(refused("exporting"))?.into_inner();
    let mut file: Box<dyn Write + Send> = match &asked.output {
        Some(path) => Box::new(BufWriter::new(create(path)?)),
        None => Box::new(io::stdout()),
    };
    while let Some(message) = messages.message().await.map_err(refused("exporting"))? {
        for line in message.lines {
            writeln!(file, "{line}")?;
        }
    }
    file.flush()?;
    Ok(())
}

fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("cannot write {}", path.display()))
}

fn verify(asked: &Verify) -> anyhow::Result<()> {
    let mut keys = PublicKeys::default();
    for key in &asked.keys {
        keys.add(&key_of(key).with_context(|| format!("{key:?} is not 64 hexadecimal digits"))?);
    }
    let pinned = !keys.is_empty();
    let report = if asked.file.as_os_str() == "-" {
        read(io::stdin().lock(), keys)?
    } else {
        let file = File::open(&asked.file);
        read(
            file.with_context(|| format!("cannot read {}", asked.file.display()))?,
            keys,
        )?
    };
    output::line(&summary(&report, pinned))?;
    if !report.intact() {
        bail!(
            "{} problems: the histories are not what was written",
            report.problem_count
        );
    }
    Ok(())
}

fn read(file: impl Read, keys: PublicKeys) -> anyhow::Result<Report> {
    let mut verifier = ExportVerifier::new(keys);
    let mut reader = BufReader::new(file);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.by_ref().take(LONGEST).read_line(&mut line)? == 0 {
            return Ok(verifier.finish());
        }
        verifier.next(line.strip_suffix('\n').unwrap_or(&line));
    }
}

fn summary(report: &Report, pinned: bool) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        text.push_str(problem);
        text.push('\n');
    }
    text.push_str(&format!(
        "{} histories, {} entries, {} anchors; {} entries not anchored yet\n",
        report.trails, report.entries, report.anchors, report.unanchored
    ));
    let keys = report.keys.join(", ");
    if pinned {
        text.push_str(&format!("checked with the keys given: {keys}\n"));
    } else {
        text.push_str(&format!(
            "checked with the keys in the file: {keys}. Compare them with those of the suite (`salient call ListAnchorKeys`), \
             and give them with --key\n"
        ));
    }
    text.push_str(if report.intact() { "intact" } else { "NOT INTACT" });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_export_is_not_intact() {
        for content in ["", "{}\n", "\u{0}\n\n", "{\"type\":\"end\"}"] {
            let report = read(content.as_bytes(), PublicKeys::default()).expect("read");
            assert!(!report.intact(), "{content:?}");
            assert!(summary(&report, false).ends_with("NOT INTACT"));
        }
    }
}
