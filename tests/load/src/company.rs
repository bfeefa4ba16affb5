//! The sample company as the services told it when they were ready: who sells to whom, and who signs that off.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use serde::Deserialize;

/// What `salient up` writes once everything answers.
#[derive(Debug, Deserialize)]
struct Ready {
    addresses: BTreeMap<String, String>,
    people: Vec<Person>,
    customers: Vec<Customer>,
}

/// Somebody, with a token.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// `employees/{uuid}`.
    pub employee: String,
    /// By which calls are made in this person's name.
    pub token: String,
    post: String,
    unit: String,
    region_code: String,
}

#[derive(Debug, Deserialize)]
struct Customer {
    customer: String,
    owner: String,
}

/// A customer, and the people through whom a contract with it goes.
#[derive(Debug, Clone)]
pub struct Desk {
    /// `customers/{uuid}`.
    pub customer: String,
    /// `orgUnits/{uuid}`, the salesperson's team.
    pub unit: String,
    /// The code of the region that the team is in.
    pub region_code: String,
    /// Who drafts and submits.
    pub salesperson: Person,
    /// Who reviews.
    pub supervisor: Person,
    /// Who approves.
    pub manager: Person,
}

/// The services and whom they serve.
#[derive(Debug, Clone)]
pub struct Company {
    /// URLs by service.
    pub addresses: BTreeMap<String, String>,
    /// Whose contracts are signed off.
    pub desks: Vec<Desk>,
    /// Whose contracts are submitted and then left: their supervisor has a full inbox.
    pub waiting: Desk,
}

impl Company {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not what `salient up` writes, or lacks somebody in a chain.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let Ready {
            addresses,
            people,
            customers,
        } = serde_json::from_slice(&fs::read(path)?)?;
        let mut desks = customers
            .iter()
            .map(|customer| desk(customer, &people))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let waiting = desks.pop().context("the sample company has no customers")?;
        desks.retain(|desk| desk.supervisor.employee != waiting.supervisor.employee);
        anyhow::ensure!(!desks.is_empty(), "the sample company has one supervisor only");
        Ok(Self {
            addresses,
            desks,
            waiting,
        })
    }

    /// Where a service answers.
    ///
    /// # Errors
    /// Where it is not known.
    pub fn address(&self, service: &str) -> anyhow::Result<&str> {
        let address = self.addresses.get(service).map(String::as_str);
        address.with_context(|| format!("the address of {service} is not known"))
    }
}

fn desk(customer: &Customer, people: &[Person]) -> anyhow::Result<Desk> {
    let missing = |what| format!("{} has no {what}", customer.customer);
    let salesperson = people.iter().find(|person| person.employee == customer.owner);
    let salesperson = salesperson.with_context(|| missing("salesperson"))?;
    let holds = |post: &str| {
        people
            .iter()
            .filter(move |person| person.post == post)
            .collect::<Vec<_>>()
    };
    let supervisor = holds("POST_SUPERVISOR")
        .into_iter()
        .find(|person| person.unit == salesperson.unit);
    let manager = holds("POST_REGIONAL_MANAGER");
    let manager = manager
        .into_iter()
        .find(|person| person.region_code == salesperson.region_code);
    Ok(Desk {
        customer: customer.customer.clone(),
        unit: salesperson.unit.clone(),
        region_code: salesperson.region_code.clone(),
        salesperson: salesperson.clone(),
        supervisor: supervisor.with_context(|| missing("supervisor"))?.clone(),
        manager: manager.with_context(|| missing("regional manager"))?.clone(),
    })
}
