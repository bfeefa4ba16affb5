//! All contracts, some at a time.

use std::time::Instant;

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use salient_proto::{
    approval::v1::{Approval, approval},
    contracts::v1::{
        Contract, CreateContractRequest, SubmitContractRequest, UpdateContractRequest,
        contract_service_client::ContractServiceClient,
    },
};

use super::{
    draft,
    fate::Fate,
    follow::Office,
    report::{Report, report},
    sign::{settled, sign},
};
use crate::{
    client::{Caller, Session, refused, request_id},
    installation::{Customer, Installation, Person},
    machine::Machine,
    suite::Member,
};

/// How many contracts are under way at once.
const AT_ONCE: usize = 16;

/// A contract that has come to its end, with the approval that it went through.
pub(super) struct Played {
    pub(super) contract: Contract,
    pub(super) approval: Approval,
}

/// Plays so many contracts, and tells what happened.
pub(crate) async fn play(machine: &Machine, count: usize, today: Date) -> anyhow::Result<Report> {
    let started = Instant::now();
    let office = Office {
        connections: &machine.connections,
        issuer: &machine.issuer,
    };
    let stage = Stage {
        office,
        installation: &machine.installation,
        count,
        today,
    };
    let progress = ProgressBar::new(u64::try_from(count)?).with_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} contracts, {elapsed}",
    )?);
    let played: Vec<Played> = stream::iter(0..count)
        .map(|index| {
            let progress = &progress;
            async move {
                let played = stage
                    .one(index)
                    .await
                    .with_context(|| format!("contract {}", index + 1));
                progress.inc(1);
                played
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    progress.finish_and_clear();
    report(office, &machine.installation, played, started.elapsed()).await
}

/// What every contract's play needs.
#[derive(Clone, Copy)]
struct Stage<'a> {
    office: Office<'a>,
    installation: &'a Installation,
    count: usize,
    today: Date,
}

impl Stage<'_> {
    async fn one(&self, index: usize) -> anyhow::Result<Played> {
        let fate = Fate::of(index, self.count);
        let customers = &self.installation.customers;
        let customer = customers
            .get(index % customers.len().max(1))
            .context("there are no customers")?;
        let owner = self.person(&customer.owner)?;
        let session = self.office.session(&owner.employee)?;
        let mut contracts = ContractServiceClient::new(session.at(Member::Contracts)?);
        let drafted = self.draft(index, fate, customer, owner)?;
        let request = CreateContractRequest {
            contract: Some(drafted),
            request_id: request_id(),
        };
        let contract = contracts
            .create_contract(request)
            .await
            .map_err(refused("drafting"))?
            .into_inner();
        let mut contract = submit(&mut contracts, &contract).await?;
        let approval = contract
            .sign_off
            .take()
            .context("a submitted contract has no sign-off")?
            .approval;
        let mut ended = self.office.follow(&session, &approval, fate).await?;
        contract = settled(&session, &contract.name).await?;
        if ended.state() == approval::State::Returned {
            contract = improve(&mut contracts, contract).await?;
            submit(&mut contracts, &contract).await?;
            ended = self.follow_again(&session, &approval, fate).await?;
            contract = settled(&session, &contract.name).await?;
        }
        if ended.state() == approval::State::Approved {
            contract = sign(&session, &contract, &owner.name, &customer.name).await?;
        }
        Ok(Played {
            contract,
            approval: ended,
        })
    }

    /// The next round starts when the resubmission has arrived; until then the approval still counts as returned.
    async fn follow_again(&self, session: &Session, approval: &str, fate: Fate) -> anyhow::Result<Approval> {
        let mut patience = super::follow::Patience::new();
        loop {
            let approval = self.office.follow(session, approval, fate).await?;
            if approval.state() != approval::State::Returned {
                return Ok(approval);
            }
            patience.wait(&approval.name).await?;
        }
    }

    fn draft(
        &self,
        index: usize,
        fate: Fate,
        customer: &Customer,
        owner: &Person,
    ) -> anyhow::Result<Contract> {
        let per_customer = self.count.div_ceil(self.installation.customers.len().max(1));
        let contract = match fate {
            Fate::OverLimit => draft::contract_over_limit(index, customer, self.today),
            _ => draft::contract(index, customer, per_customer, self.today),
        };
        Ok(Contract {
            unit: owner.unit.clone(),
            ..contract?
        })
    }

    fn person(&self, employee: &str) -> anyhow::Result<&Person> {
        let mut people = self.installation.people.iter();
        people
            .find(|person| person.employee == employee)
            .with_context(|| format!("{employee} is not known"))
    }
}

async fn submit(
    contracts: &mut ContractServiceClient<Caller>,
    contract: &Contract,
) -> anyhow::Result<Contract> {
    let request = SubmitContractRequest {
        name: contract.name.clone(),
        comment: "请审批".to_owned(),
        etag: contract.etag.clone(),
        request_id: request_id(),
    };
    Ok(contracts
        .submit_contract(request)
        .await
        .map_err(refused("submitting"))?
        .into_inner())
}

/// Writes what the reviewer asked for into the contract.
async fn improve(
    contracts: &mut ContractServiceClient<Caller>,
    mut contract: Contract,
) -> anyhow::Result<Contract> {
    contract
        .liability
        .push_str("逾期付款超过30日的，卖方有权解除合同并要求赔偿损失。");
    let request = UpdateContractRequest {
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["liability".to_owned()],
        }),
        contract: Some(contract),
        request_id: request_id(),
    };
    Ok(contracts
        .update_contract(request)
        .await
        .map_err(refused("changing"))?
        .into_inner())
}
