//! What happened, as data.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rust_decimal::Decimal;
use salient_proto::{
    approval::v1::{Approval, approval::State, visit},
    contracts::v1::contract,
    customers::v1::{GetCreditAccountRequest, credit_service_client::CreditServiceClient},
    google::r#type as google,
};
use salient_values::Money;
use serde::Serialize;

use super::{
    follow::Office,
    play::Played,
    timeline::{Timeline, seconds, timeline},
};
use crate::{
    client::refused,
    installation::{Installation, Person},
    suite::Member,
};

/// How many credit accounts are asked for at once.
const AT_ONCE: usize = 8;

/// The whole run.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(super) contracts: usize,
    pub(super) seconds: f64,
    pub(super) outcomes: BTreeMap<&'static str, Sum>,
    pub(super) regions: BTreeMap<String, BTreeMap<&'static str, Sum>>,
    /// How many sign-offs went back to their submitters on the way.
    pub(super) returned: usize,
    pub(super) refusals: Vec<Refusal>,
    pub(super) credit: Credit,
    pub(super) approvals: Vec<SignOff>,
    pub(super) timeline: Option<Timeline>,
}

/// Contracts and their amounts together, in yuan.
#[derive(Default, Serialize)]
pub(super) struct Sum {
    pub(super) contracts: usize,
    pub(super) amount: Decimal,
}

/// Why a participant did not take part.
#[derive(Serialize)]
pub(super) struct Refusal {
    pub(super) contract: String,
    pub(super) customer: String,
    pub(super) amount: Decimal,
    pub(super) reason: String,
    pub(super) message: String,
}

/// All customers' credit together, in yuan.
#[derive(Default, Serialize)]
pub(super) struct Credit {
    pub(super) limit: Decimal,
    pub(super) reserved: Decimal,
    pub(super) confirmed: Decimal,
}

/// One contract's sign-off.
#[derive(Serialize)]
pub(super) struct SignOff {
    approval: String,
    contract: String,
    number: String,
    region: String,
    customer: String,
    amount: Decimal,
    state: &'static str,
    outcome: &'static str,
    rounds: i32,
    steps: Vec<Step>,
}

/// One visit of a step.
#[derive(Serialize)]
struct Step {
    step: String,
    round: i32,
    state: &'static str,
    decided_by: Vec<String>,
    seconds: Option<f64>,
}

pub(super) async fn report(
    office: Office<'_>,
    installation: &Installation,
    played: Vec<Played>,
    took: Duration,
) -> anyhow::Result<Report> {
    let mut report = Report {
        contracts: played.len(),
        seconds: took.as_secs_f64(),
        outcomes: BTreeMap::new(),
        regions: BTreeMap::new(),
        returned: played.iter().filter(|played| played.approval.round > 1).count(),
        refusals: Vec::new(),
        credit: credit(office, installation).await?,
        approvals: Vec::new(),
        timeline: None,
    };
    for Played { contract, approval } in &played {
        let amount = amount(contract.total.as_ref())?;
        let outcome = outcome(contract.state(), approval.state());
        let region = report.regions.entry(contract.region_code.clone()).or_default();
        for sum in [
            report.outcomes.entry(outcome).or_default(),
            region.entry(outcome).or_default(),
        ] {
            sum.contracts += 1;
            sum.amount += amount;
        }
        let customer = customer(installation, &contract.customer);
        for participation in approval
            .participants
            .iter()
            .filter(|part| !part.refusal_reason.is_empty())
        {
            report.refusals.push(Refusal {
                contract: contract.number.clone(),
                customer: customer.clone(),
                amount,
                reason: participation.refusal_reason.clone(),
                message: participation.refusal_message.clone(),
            });
        }
        report.approvals.push(SignOff {
            approval: approval.name.clone(),
            contract: contract.name.clone(),
            number: contract.number.clone(),
            region: contract.region_code.clone(),
            customer,
            amount,
            state: contract.state().as_str_name(),
            outcome,
            rounds: approval.round,
            steps: steps(installation, approval),
        });
    }
    report
        .approvals
        .sort_by(|left, right| left.number.cmp(&right.number));
    // The one that went back and came again tells most.
    let telling = played
        .iter()
        .max_by_key(|played| (played.approval.round, played.approval.state() == State::Approved));
    if let Some(Played { contract, approval }) = telling {
        report.timeline = Some(timeline(office, installation, contract, approval).await?);
    }
    Ok(report)
}

async fn credit(office: Office<'_>, installation: &Installation) -> anyhow::Result<Credit> {
    let finance = installation
        .people
        .iter()
        .find(|person| person.post == "POST_FINANCE");
    let session = office.session(&finance.context("nobody holds the post of finance")?.employee)?;
    let client = CreditServiceClient::new(session.at(Member::Customers)?);
    let accounts: Vec<_> = stream::iter(&installation.customers)
        .map(|customer| {
            let mut client = client.clone();
            let name = format!("{}/credit", customer.customer);
            async move { client.get_credit_account(GetCreditAccountRequest { name }).await }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
        .map_err(refused("reading credit accounts"))?;
    let mut credit = Credit::default();
    for account in accounts.into_iter().map(tonic::Response::into_inner) {
        credit.limit += amount(account.limit.as_ref())?;
        credit.reserved += amount(account.reserved.as_ref())?;
        credit.confirmed += amount(account.confirmed.as_ref())?;
    }
    Ok(credit)
}

fn steps(installation: &Installation, approval: &Approval) -> Vec<Step> {
    let step = |visit: &salient_proto::approval::v1::Visit| {
        let decided = visit.tasks.iter().filter(|task| task.decision.is_some());
        Step {
            step: visit.step.clone(),
            round: visit.round,
            state: visit::State::try_from(visit.state)
                .unwrap_or_default()
                .as_str_name(),
            decided_by: decided.map(|task| person(installation, &task.assignee)).collect(),
            seconds: seconds(visit.start_time.as_ref(), visit.end_time.as_ref()),
        }
    };
    approval.visits.iter().map(step).collect()
}

/// How it ended, in a word.
fn outcome(contract: contract::State, approval: State) -> &'static str {
    match (approval, contract) {
        (State::Approved, contract::State::Archived) => "signed",
        (State::Approved, _) => "approved",
        (State::Rejected, _) => "rejected",
        (State::Withdrawn, _) => "withdrawn",
        (State::Refused, _) => "refused",
        (State::Superseded, _) => "superseded",
        _ => "open",
    }
}

/// The name of somebody, as people say it; of a service, what it is called.
pub(super) fn person(installation: &Installation, name: &str) -> String {
    let is = |person: &&Person| person.employee == name;
    let person = installation
        .people
        .iter()
        .find(is)
        .map(|person| person.name.clone());
    person.unwrap_or_else(|| name.trim_start_matches("services/").to_owned())
}

fn customer(installation: &Installation, name: &str) -> String {
    let customer = installation
        .customers
        .iter()
        .find(|customer| customer.customer == name);
    customer.map_or_else(|| name.to_owned(), |customer| customer.name.clone())
}

fn amount(money: Option<&google::Money>) -> anyhow::Result<Decimal> {
    let money = money.map(Money::try_from).transpose()?;
    Ok(money.map(|money| money.amount()).unwrap_or_default())
}
