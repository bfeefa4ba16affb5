//! Each command once, as somebody types it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the suite may take to get up.
const PATIENCE: Duration = Duration::from_secs(90);

/// A folder that the user who runs root's PostgreSQL may pass through.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

/// The binary, untouched by the settings of whoever runs the tests.
fn salient(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_salient"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SALIENT")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

/// The suite, up in a data directory; killed if the test fails.
struct Up(Child);

impl Up {
    fn start(folder: &Path) -> Self {
        let up = salient(&["up", "--ports-from", "0"])
            .arg("--data-dir")
            .arg(folder.join("data"))
            .arg("--ready-file")
            .arg(folder.join("ready.json"))
            .stdout(Stdio::piped())
            .spawn();
        let mut up = Self(up.unwrap());
        let until = Instant::now() + PATIENCE;
        while !folder.join("ready.json").exists() {
            assert!(Instant::now() < until, "it never got up");
            assert_eq!(up.0.try_wait().unwrap(), None, "it ended by itself");
            std::thread::sleep(Duration::from_millis(20));
        }
        up
    }

    /// Asks it to stop, as a supervisor does, and waits until it has.
    fn stop(mut self) -> bool {
        let asked = Command::new("kill")
            .args(["-TERM", &self.0.id().to_string()])
            .status();
        assert!(asked.unwrap().success());
        self.0.wait().unwrap().success()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("ready.json")).unwrap()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

#[test]
fn what_is_brought_up_can_be_called_runs_once_and_comes_back_as_it_was() {
    let folder = folder();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let up = Up::start(folder.path());
    let first = ready(folder.path());
    assert_eq!(first["addresses"].as_object().unwrap().len(), 4);
    let people = first["people"].as_array().unwrap();
    assert!(
        people
            .iter()
            .all(|person| person["token"].as_str().is_some_and(|token| !token.is_empty()))
    );
    assert_eq!(first["customers"].as_array().unwrap().len(), 12);

    let listed = salient(&["call", "ListCustomers", "--as", "林志强", "--data-dir", data])
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["customers"].as_array().unwrap().len(), 12);

    let second = salient(&["up", "--data-dir", data, "--ports-from", "0"])
        .output()
        .unwrap();
    assert!(!second.status.success());
    let pid = up.0.id().to_string();
    assert!(said(&second).contains(&pid), "{}", said(&second));

    assert!(up.stop());
    fs::remove_file(folder.path().join("ready.json")).unwrap();
    let up = Up::start(folder.path());
    let again = ready(folder.path());
    assert_eq!(again["customers"], first["customers"]);
    let employees = |ready: &Value| -> Vec<Value> {
        ready["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["employee"].clone())
            .collect()
    };
    assert_eq!(employees(&again), employees(&first));
    assert!(up.stop());
}

#[test]
fn employees_are_imported_all_of_them_or_none() {
    let folder = folder();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let up = Up::start(folder.path());
    let file = folder.path().join("employees.csv");
    let import = |content: &str| {
        fs::write(&file, content).unwrap();
        let arguments = [
            "import",
            file.to_str().unwrap(),
            "--as",
            "1000",
            "--data-dir",
            data,
        ];
        salient(&arguments).output().unwrap()
    };
    let good = "5001,高飞,salesperson,HD1";
    let header = "number,display_name,post,unit";
    let refused = import(&format!(
        "{header}\n{good}\n5002,齐思,supervisor,XX9\n,无号,salesperson,HD1\n"
    ));
    assert!(!refused.status.success());
    for line in ["line 3: unit", "line 4: number"] {
        assert!(said(&refused).contains(line), "{}", said(&refused));
    }
    let imported = import(&format!("{header}\n{good}\n"));
    assert!(imported.status.success(), "{}", said(&imported));
    assert!(
        said(&imported).contains("1 employees, 1 appointments"),
        "{}",
        said(&imported)
    );
    assert!(up.stop());
}

#[test]
fn a_policy_is_taken_out_changed_checked_published_and_drawn() {
    let folder = folder();
    let data = folder.path().join("data");
    let up = Up::start(folder.path());
    let file = folder.path().join("contract.toml");
    let policy = |arguments: &[&str]| {
        let mut command = salient(&["policy"]);
        command
            .args(arguments)
            .args(["--as", "1000", "--data-dir"])
            .arg(&data);
        command.output().unwrap()
    };
    let path = file.to_str().unwrap();
    let exported = policy(&["export", "contract", "--out", path]);
    assert!(exported.status.success(), "{}", said(&exported));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("return_targets = [\"review\"]", "return_targets = [\"nowhere\"]"),
    )
    .unwrap();
    let checked = policy(&["validate", "contract", path]);
    assert!(!checked.status.success());
    assert!(
        said(&checked).contains("steps[1].return_targets[0]"),
        "{}",
        said(&checked)
    );
    fs::write(&file, text.replace("主管审核", "主管初审")).unwrap();
    assert!(policy(&["validate", "contract", path]).status.success());
    let published = policy(&["publish", "contract", path]);
    assert!(
        said(&published).contains("policies/contract/versions/2"),
        "{}",
        said(&published)
    );
    let drawn = policy(&["draw", "contract"]);
    assert!(
        said(&drawn).starts_with("<svg") && said(&drawn).contains("主管初审"),
        "{}",
        said(&drawn)
    );
    let drawn = policy(&["draw", "contract", "1", "--format", "mermaid"]);
    assert!(said(&drawn).contains("主管审核"), "{}", said(&drawn));
    assert!(up.stop());
}

#[test]
fn histories_are_exported_and_verified_and_a_changed_file_is_not() {
    let folder = folder();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let up = Up::start(folder.path());
    let call = |method: &str, request: Value, person: &str| -> Value {
        let request = request.to_string();
        let arguments = ["call", method, &request, "--as", person, "--data-dir", data];
        let output = salient(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let customers = call("ListCustomers", json!({"page_size": 1}), "2111");
    let contract = json!({"contract": {
        "title": "注塑机采购", "customer": customers["customers"][0]["name"], "currency_code": "CNY",
        "lines": [{"product": "注塑机", "quantity": {"value": "2"}, "unit": "台",
                   "unit_price": {"currency_code": "CNY", "units": "18000"}, "tax_rate": {"value": "0.13"}}],
        "delivery": {"delivery_date": {"year": 2027, "month": 3, "day": 31}, "place": "上海市浦东新区"},
        "payments": [{"condition": "验收合格后30日内", "amount": {"currency_code": "CNY", "units": "36000"}}],
        "liability": "逾期交货每日按合同总额的0.05%支付违约金。"}});
    let contract = call("CreateContract", contract, "2111");
    call("SubmitContract", json!({"name": contract["name"]}), "2111");

    let file = folder.path().join("trails.jsonl");
    let file = file.to_str().unwrap();
    let verify = |key: &str| {
        salient(&["audit", "verify", file, "--key", key])
            .output()
            .unwrap()
    };
    let keys = call("ListAnchorKeys", json!({}), "2111");
    // A public key as JSON has it is base64; as the file has it, hexadecimal.
    let key_id = keys["keys"][0]["key_id"].as_str().unwrap().to_owned();
    let until = Instant::now() + PATIENCE;
    let key = loop {
        let arguments = [
            "audit",
            "export",
            "--from",
            "2020-01-01T00:00:00Z",
            "--as",
            "1000",
        ];
        let exported = salient(&arguments)
            .args(["--output", file, "--data-dir", data])
            .output()
            .unwrap();
        assert!(exported.status.success(), "{}", said(&exported));
        let content = fs::read_to_string(file).unwrap();
        let line: Value = serde_json::from_str(content.lines().nth(1).unwrap()).unwrap();
        assert_eq!(line["key_id"], key_id);
        let key = line["public_key"].as_str().unwrap()[2..].to_owned();
        let verified = verify(&key);
        assert!(verified.status.success(), "{}", said(&verified));
        if said(&verified).contains("1 histories") && said(&verified).contains("; 0 entries not anchored") {
            break key;
        }
        assert!(Instant::now() < until, "{}", said(&verified));
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(folder.path().join("data/anchors/000000000001.json").exists());
    assert!(!verify(&"07".repeat(32)).status.success());
    let content = fs::read_to_string(file).unwrap();
    let changed = content.replacen("SUBMITTED", "WITHDRAWN", 1);
    assert_ne!(changed, content);
    fs::write(file, changed).unwrap();
    let refused = verify(&key);
    assert!(
        !refused.status.success() && said(&refused).contains("NOT INTACT"),
        "{}",
        said(&refused)
    );
    assert!(up.stop());
}

#[test]
fn the_demo_adds_up() {
    let demo = salient(&["demo", "--json", "--contracts", "24"])
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(demo.status.success());
    let report: Value = serde_json::from_slice(&demo.stdout).unwrap();
    let outcome = |outcome: &str| {
        report["outcomes"][outcome]["contracts"]
            .as_u64()
            .unwrap_or_default()
    };
    assert_eq!([outcome("withdrawn"), outcome("refused")], [1, 1]);
    let all = ["signed", "rejected", "withdrawn", "refused"].map(outcome);
    assert_eq!(all.iter().sum::<u64>(), 24, "nothing is left open");
    assert!(report["returned"].as_u64().unwrap() > 0);
    assert_eq!(
        report["refusals"][0]["reason"],
        "ERROR_REASON_CREDIT_INSUFFICIENT"
    );
    assert_eq!(
        report["credit"]["confirmed"],
        report["outcomes"]["signed"]["amount"]
    );
    assert_eq!(report["credit"]["reserved"], "0.00");
    assert_eq!(report["timeline"]["intact"], true);
}

#[test]
fn a_deployment_that_is_not_configured_hears_everything_that_is_missing() {
    let served = salient(&["serve", "contracts"]).output().unwrap();
    assert!(!served.status.success());
    for setting in ["services.contracts.database_url", "auth.jwks", "paging.key"] {
        assert!(said(&served).contains(setting), "{}", said(&served));
    }
    let migrated = salient(&["migrate"]).output().unwrap();
    assert!(!migrated.status.success());
    assert!(
        said(&migrated).contains("database.owner_url"),
        "{}",
        said(&migrated)
    );
}
