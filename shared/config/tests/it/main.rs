//! What a deployment sets, and what it is told when it sets it wrong.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::{io::Write as _, time::Duration};

use salient_config::{Invalid, LogFormat, Settings};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use tempfile::NamedTempFile;

const NO_FILES: [&str; 0] = [];

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn from_text(text: &str) -> Result<Settings, Invalid> {
    Settings::from_sources(&[file(text).path()], [])
}

fn from_variables(variables: &[(&str, &str)]) -> Result<Settings, Invalid> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from_sources(&NO_FILES, variables)
}

fn settings_named(invalid: &Invalid) -> Vec<&str> {
    invalid
        .problems()
        .iter()
        .map(|problem| problem.setting.as_str())
        .collect()
}

#[test]
fn nothing_need_be_set() {
    let settings = from_text("").unwrap();
    assert_eq!(settings.limits.deadline, Duration::from_secs(30));
    assert_eq!(settings.calendar.time_zone, "Asia/Shanghai");
    assert!(!settings.reflection);
}

#[test]
fn later_files_win_and_variables_win_over_files() {
    let first = file("reflection = true\n[limits]\ndrain = '3s'\nconcurrent_calls = 7");
    let second = file("[limits]\nconcurrent_calls = 8");
    let variables = [("SALIENT__LIMITS__DRAIN".to_owned(), "4s".to_owned())];
    let settings = Settings::from_sources(&[first.path(), second.path()], variables).unwrap();
    assert!(settings.reflection);
    assert_eq!(settings.limits.concurrent_calls, 8);
    assert_eq!(settings.limits.drain, Duration::from_secs(4));
}

#[test]
fn a_variable_names_a_service_with_underscores() {
    let settings = from_variables(&[
        ("SALIENT__SERVICES__APPROVAL_ORCHESTRATOR__LISTEN", "0.0.0.0:7104"),
        (
            "SALIENT__SERVICES__APPROVAL_ORCHESTRATOR__DATABASE_URL",
            "postgres://a/b",
        ),
        ("SALIENT__PEERS__APPROVAL_ORCHESTRATOR", "http://approvals:7104"),
        ("SALIENT__TELEMETRY__FORMAT", "json"),
        ("SALIENTISH", "someone else's"),
    ]);
    let settings = settings.unwrap();
    let service = &settings.services["approval-orchestrator"];
    assert_eq!(service.listen.unwrap().port(), 7104);
    assert_eq!(settings.peers["approval-orchestrator"], "http://approvals:7104");
    assert_eq!(
        service.database_url.as_ref().unwrap().expose_secret(),
        "postgres://a/b"
    );
    assert_eq!(settings.telemetry.format, LogFormat::Json);
}

#[test]
fn every_malformed_setting_is_reported_at_once_by_its_name() {
    let invalid = from_text(
        "reflektion = true
         [limits]
         drain = 'soon'
         concurrent_calls = 'many'
         [services.contracts]
         listen = 'here'
         lissten = '127.0.0.1:1'
         [telemetry]
         format = 'loud'",
    )
    .unwrap_err();
    let mut named = settings_named(&invalid);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "limits.concurrent_calls",
            "limits.drain",
            "reflektion",
            "services.contracts.lissten",
            "services.contracts.listen",
            "telemetry.format"
        ],
        "{invalid}"
    );
}

#[test]
fn every_value_out_of_range_is_reported_at_once() {
    let invalid = from_text(
        "peers.contracts = 'contracts:7103'
         [database]
         url = 'mysql://u:hunter2@h/d'
         max_connections = 0
         [limits]
         concurrent_calls = 0
         message_bytes = 100000000
         deadline = '0s'
         [paging]
         key = 'short'
         [calendar]
         time_zone = 'Asia/Nowhere'",
    )
    .unwrap_err();
    assert_eq!(
        settings_named(&invalid),
        [
            "database.url",
            "database.max_connections",
            "peers.contracts",
            "limits.concurrent_calls",
            "limits.message_bytes",
            "limits.deadline",
            "paging.key",
            "calendar.time_zone"
        ],
        "{invalid}"
    );
    assert!(!invalid.to_string().contains("hunter2"), "{invalid}");
}

#[test]
fn serving_needs_databases_keys_and_tokens() {
    let invalid = Settings::default().check_for_serving(&["contracts"]).unwrap_err();
    assert_eq!(
        settings_named(&invalid),
        [
            "services.contracts.database_url",
            "auth.jwks",
            "auth.service_token_file",
            "paging.key"
        ]
    );
    let settings = from_text(
        "[auth]
         jwks = '/keys/jwks.json'
         service_token_file = '/run/token'
         [paging]
         key = '0123456789abcdef0123456789abcdef'
         [services.contracts]
         database_url = 'postgres://contracts@db/salient'",
    );
    settings.unwrap().check_for_serving(&["contracts"]).unwrap();
}

#[test]
fn secrets_do_not_show() {
    let settings = from_variables(&[
        ("SALIENT__DATABASE__URL", "postgres://u:hunter2@h/d"),
        ("SALIENT__PAGING__KEY", "hunter2hunter2hunter2hunter2hunter2"),
    ]);
    assert!(!format!("{:?}", settings.unwrap()).contains("hunter2"));
}

#[test]
fn a_missing_file_is_named() {
    let invalid = Settings::from_sources(&["/nowhere/salient.toml"], []).unwrap_err();
    assert!(invalid.to_string().contains("/nowhere/salient.toml"), "{invalid}");
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Domain {
    prefix: String,
    largest: u32,
}

#[test]
fn a_service_reads_its_own_settings() {
    let settings = from_text("[services.contracts.settings]\nprefix = 'HT'\nlargest = 5").unwrap();
    let domain: Domain = settings.services["contracts"].domain("contracts").unwrap();
    assert_eq!(
        domain,
        Domain {
            prefix: "HT".into(),
            largest: 5
        }
    );
}

#[test]
fn what_a_service_was_not_told_can_be_filled_in() {
    let mut settings = from_text("[services.contracts.settings]\nprefix = 'HT'").unwrap();
    let own = settings.services.get_mut("contracts").unwrap();
    own.set_default("prefix", "XS");
    own.set_default("largest", "5");
    let domain: Domain = own.domain("contracts").unwrap();
    assert_eq!((domain.prefix.as_str(), domain.largest), ("HT", 5));
    let mut unset = salient_config::ServiceSettings::default();
    unset.set_default("prefix", "XS");
    assert_eq!(unset.domain::<Domain>("contracts").unwrap().prefix, "XS");
}

#[test]
fn a_services_own_settings_are_named_in_full_when_wrong() {
    let settings = from_text("[services.contracts.settings]\nprefixx = 'HT'\nlargest = -1").unwrap();
    let invalid = settings.services["contracts"]
        .domain::<Domain>("contracts")
        .unwrap_err();
    let mut named = settings_named(&invalid);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "services.contracts.settings.largest",
            "services.contracts.settings.prefixx"
        ]
    );
}
