//! Contract creation.

use salient_proto::{
    contracts::v1::{Contract, ContractLine, CreateContractRequest, DeliveryTerms, ScheduledPayment},
    google::r#type::{Date, Decimal, Money},
};

use super::{Stage, request_id};
use crate::company::Desk;

const CURRENCY: &str = "CNY";

/// Drafts a contract at one of the desks.
///
/// # Errors
/// What the call fails with.
pub async fn create(stage: &Stage, client: usize, turn: usize) -> anyhow::Result<()> {
    draft(stage, client, stage.desk(turn)).await?;
    Ok(())
}

/// Drafts a contract at this desk, complete enough to be submitted.
///
/// # Errors
/// What the call fails with.
pub async fn draft(stage: &Stage, client: usize, desk: &Desk) -> anyhow::Result<Contract> {
    let mut contracts = stage.connections.contracts(client, &desk.salesperson)?;
    let request = CreateContractRequest {
        contract: Some(contract(desk)),
        request_id: request_id(),
    };
    Ok(contracts.create_contract(request).await?.into_inner())
}

/// Three lines and two payments, of little worth: thousands of them have to fit into a customer's credit.
fn contract(desk: &Desk) -> Contract {
    let line = |product: &str, specification: &str, units: i64| ContractLine {
        product: product.to_owned(),
        specification: specification.to_owned(),
        quantity: decimal("2"),
        unit: "件".to_owned(),
        unit_price: yuan(units),
        tax_rate: decimal("0.13"),
        ..Default::default()
    };
    let payment = |condition: &str, units: i64| ScheduledPayment {
        condition: condition.to_owned(),
        amount: yuan(units),
        ..Default::default()
    };
    Contract {
        title: "备件采购".to_owned(),
        customer: desk.customer.clone(),
        unit: desk.unit.clone(),
        currency_code: CURRENCY.to_owned(),
        lines: vec![
            line("密封圈", "NBR 70, 40×3.5", 1),
            line("滚针轴承", "HK1612", 3),
            line("同步带", "HTD 5M-450-15", 1),
        ],
        delivery: Some(DeliveryTerms {
            delivery_date: Some(Date {
                year: 2030,
                month: 6,
                day: 30,
            }),
            place: "上海市浦东新区张江路 100 号".to_owned(),
            method: "汽运".to_owned(),
        }),
        payments: vec![payment("合同签订后7日内", 3), payment("验收合格后30日内", 7)],
        liability: "逾期交货按日支付合同总额千分之一的违约金。".to_owned(),
        ..Default::default()
    }
}

fn decimal(value: &str) -> Option<Decimal> {
    Some(Decimal {
        value: value.to_owned(),
    })
}

fn yuan(units: i64) -> Option<Money> {
    Some(Money {
        currency_code: CURRENCY.to_owned(),
        units,
        nanos: 0,
    })
}
