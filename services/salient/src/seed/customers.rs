//! Customers, each recorded by its salesperson, graded by the supervisor, and granted credit by finance.

use std::collections::HashMap;

use anyhow::Context as _;
use salient_access::token::Issuer;
use salient_proto::{
    customers::v1::{
        Address, Contact, CreateCustomerRequest, Customer as Archive, Grade, ListCustomersRequest,
        SetCreditLimitRequest, SetGradeRequest, credit_service_client::CreditServiceClient,
        customer_service_client::CustomerServiceClient,
    },
    google::r#type::Money,
};

use super::sample;
use crate::{
    client::{Connections, Session, id_of, refused, request_id},
    installation::{Customer, Person},
    suite::Member,
};

const CURRENCY: &str = "CNY";

/// Makes the customers whose names are not there yet, and returns all of the sample's.
pub(super) async fn make(
    connections: &Connections,
    issuer: &Issuer,
    people: &[Person],
) -> anyhow::Result<Vec<Customer>> {
    let sign_in = |number: &str| {
        let person = people.iter().find(|person| person.number == number);
        let person = person.with_context(|| format!("nobody has the personnel number {number}"))?;
        connections.sign_in(issuer, id_of(&person.employee)?)
    };
    let finance = sign_in(sample::FINANCE.0)?;
    let manager_of = |number: &str| {
        let teams = sample::REGIONS.iter().flat_map(|region| region.teams);
        let team = teams
            .into_iter()
            .find(|team| team.salespeople.iter().any(|name| name.0 == number));
        team.map(|team| team.supervisor.0)
            .context("a customer's owner is in no team")
    };
    let mut there = list(&sign_in(sample::DIRECTOR.0)?).await?;
    let mut customers = Vec::new();
    for wanted in sample::CUSTOMERS {
        let archive = match there.remove(wanted.name) {
            Some(archive) => archive,
            None => record(&sign_in(wanted.owner)?, wanted).await?,
        };
        let limit = match &archive.credit_limit {
            Some(limit) => limit.units,
            // The grant comes last: without it, the grade may not be set yet either.
            None => {
                grade(&sign_in(manager_of(wanted.owner)?)?, &archive, wanted.grade).await?;
                grant(&finance, &archive, wanted.credit_limit).await?
            }
        };
        customers.push(Customer {
            customer: archive.name,
            name: archive.display_name,
            owner: archive.owner,
            unit: archive.org_unit,
            credit_limit: limit.to_string(),
        });
    }
    Ok(customers)
}

async fn list(director: &Session) -> anyhow::Result<HashMap<String, Archive>> {
    let mut client = CustomerServiceClient::new(director.at(Member::Customers)?);
    let mut there = HashMap::new();
    let mut request = ListCustomersRequest {
        page_size: 1000,
        ..Default::default()
    };
    loop {
        let page = client
            .list_customers(request.clone())
            .await
            .map_err(refused("listing customers"))?
            .into_inner();
        there.extend(
            page.customers
                .into_iter()
                .map(|customer| (customer.display_name.clone(), customer)),
        );
        if page.next_page_token.is_empty() {
            return Ok(there);
        }
        request.page_token = page.next_page_token;
    }
}

async fn record(salesperson: &Session, wanted: &sample::Customer) -> anyhow::Result<Archive> {
    let mut client = CustomerServiceClient::new(salesperson.at(Member::Customers)?);
    let customer = Archive {
        display_name: wanted.name.to_owned(),
        unified_social_credit_code: wanted.code.to_owned(),
        address: Some(Address {
            region_code: "CN".to_owned(),
            administrative_area: wanted.place.0.to_owned(),
            locality: wanted.place.1.to_owned(),
            ..Default::default()
        }),
        contacts: vec![Contact {
            display_name: wanted.contact.to_owned(),
            title: "采购经理".to_owned(),
            primary: true,
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = CreateCustomerRequest {
        customer: Some(customer),
        request_id: request_id(),
    };
    let made = client
        .create_customer(request)
        .await
        .map_err(refused(wanted.name))?;
    Ok(made.into_inner())
}

async fn grade(supervisor: &Session, archive: &Archive, grade: Grade) -> anyhow::Result<()> {
    let mut client = CustomerServiceClient::new(supervisor.at(Member::Customers)?);
    let request = SetGradeRequest {
        name: archive.name.clone(),
        grade: grade.into(),
        reason: "首次评级".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    client
        .set_grade(request)
        .await
        .map_err(refused(&archive.display_name))?;
    Ok(())
}

async fn grant(finance: &Session, archive: &Archive, limit: i64) -> anyhow::Result<i64> {
    let mut client = CreditServiceClient::new(finance.at(Member::Customers)?);
    let request = SetCreditLimitRequest {
        name: format!("{}/credit", archive.name),
        limit: Some(Money {
            currency_code: CURRENCY.to_owned(),
            units: limit,
            nanos: 0,
        }),
        reason: "年度授信".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    client
        .set_credit_limit(request)
        .await
        .map_err(refused(&archive.display_name))?;
    Ok(limit)
}
