//! Contracts of varied content and amount, the same for the same index.

use anyhow::Context as _;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use salient_proto::{
    contracts::v1::{Contract, ContractLine, DeliveryTerms, ScheduledPayment},
    google::r#type as google,
};
use salient_values::{Currency, Money, date, decimal};

use crate::installation::Customer;

/// Name, specification, unit of measure, and price in yuan.
const PRODUCTS: [(&str, &str, &str, &str); 6] = [
    ("五轴联动加工中心", "VMC-850L，主轴 15000 rpm", "台", "486000.00"),
    ("精密数控车床", "CK6150，最大回转直径 500 mm", "台", "128500.00"),
    ("直线导轨组件", "HSR-35，行程 1600 mm", "套", "6480.50"),
    ("伺服驱动系统", "7.5 kW，EtherCAT 总线", "套", "11260.00"),
    ("滚珠丝杠", "Φ40×10，C3 级", "根", "2345.80"),
    ("年度维护服务", "一年四次现场保养", "次", "3600.00"),
];

/// A contract for the customer, one of so many that together stay within its credit.
pub(super) fn contract(
    index: usize,
    customer: &Customer,
    contracts: usize,
    today: Date,
) -> anyhow::Result<Contract> {
    let limit: i64 = customer
        .credit_limit
        .parse()
        .context("a customer without credit")?;
    let most = limit / i64::try_from(contracts.max(1))?;
    let percent = i64::try_from(10 + scattered(index) % 85)?;
    of_amount(index, customer, Decimal::from(most * percent / 100), today)
}

/// A contract for more than the customer's whole credit.
pub(super) fn contract_over_limit(
    index: usize,
    customer: &Customer,
    today: Date,
) -> anyhow::Result<Contract> {
    let limit: Decimal = customer
        .credit_limit
        .parse()
        .context("a customer without credit")?;
    of_amount(index, customer, limit + limit / Decimal::from(10), today)
}

fn of_amount(index: usize, customer: &Customer, amount: Decimal, today: Date) -> anyhow::Result<Contract> {
    let mut lines = Vec::new();
    let mut total = Decimal::ZERO;
    // The dearest product that fits takes what it can, then the cheaper ones the rest.
    for (offset, (product, specification, unit, price)) in PRODUCTS.into_iter().enumerate() {
        let price: Decimal = price.parse()?;
        let discount = if scattered(index + offset).is_multiple_of(3) {
            Decimal::new(5, 2)
        } else {
            Decimal::ZERO
        };
        let net = price * (Decimal::ONE - discount);
        let quantity = ((amount - total) / net).floor();
        let is_last = offset + 1 == PRODUCTS.len() && lines.is_empty();
        let quantity = if is_last {
            quantity.max(Decimal::ONE)
        } else {
            quantity
        };
        if quantity < Decimal::ONE {
            continue;
        }
        total += (quantity * net).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        lines.push(ContractLine {
            product: product.to_owned(),
            specification: specification.to_owned(),
            quantity: Some(decimal::to_proto(quantity)),
            unit: unit.to_owned(),
            unit_price: Some(yuan(price)?),
            discount: (!discount.is_zero()).then(|| decimal::to_proto(discount)),
            tax_rate: Some(decimal::to_proto(Decimal::new(13, 2))),
            ..Default::default()
        });
    }
    let delivery = today.saturating_add(jiff::Span::new().days(30 + i64::try_from(scattered(index) % 60)?));
    Ok(Contract {
        title: format!("{} 设备采购合同 {:03}", customer.name, index + 1),
        customer: customer.customer.clone(),
        currency_code: Currency::CNY.as_str().to_owned(),
        lines,
        delivery: Some(DeliveryTerms {
            delivery_date: Some(date::to_proto(delivery)),
            place: format!("{} 厂区", customer.name),
            method: "公路运输，卖方承担运费".to_owned(),
        }),
        payments: payments(total, today, delivery)?,
        liability: "逾期交货或付款的，每日按未履行部分的万分之五支付违约金。".to_owned(),
        ..Default::default()
    })
}

/// Thirty percent at once, sixty on delivery, the rest, to the cent, after a year.
fn payments(total: Decimal, today: Date, delivery: Date) -> anyhow::Result<Vec<ScheduledPayment>> {
    let part =
        |percent| (total * Decimal::new(percent, 2)).round_dp_with_strategy(2, RoundingStrategy::ToZero);
    let (first, second) = (part(30), part(60));
    let parts = [
        (
            first,
            today.saturating_add(jiff::Span::new().days(10)),
            "合同生效后10日内",
        ),
        (
            second,
            delivery.saturating_add(jiff::Span::new().days(30)),
            "验收合格后30日内",
        ),
        (
            total - first - second,
            delivery.saturating_add(jiff::Span::new().years(1)),
            "质保期满",
        ),
    ];
    let payment = |(amount, due, condition): (Decimal, Date, &str)| {
        Ok(ScheduledPayment {
            due_date: Some(date::to_proto(due)),
            condition: condition.to_owned(),
            amount: Some(yuan(amount)?),
        })
    };
    parts
        .into_iter()
        .filter(|(amount, ..)| !amount.is_zero())
        .map(payment)
        .collect()
}

fn yuan(amount: Decimal) -> anyhow::Result<google::Money> {
    Ok(google::Money::from(&Money::new(amount, Currency::CNY)?))
}

/// A number that has little to do with the index, but is the same each time.
fn scattered(index: usize) -> usize {
    (index + 1).wrapping_mul(2_654_435_761) >> 7
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use salient_values::Money;

    use super::{Customer, contract};

    #[test]
    fn the_payments_of_every_contract_sum_to_its_lines() {
        let customer = Customer {
            customer: "customers/0".into(),
            name: "甲".into(),
            owner: String::new(),
            unit: String::new(),
            credit_limit: "12000000".into(),
        };
        for index in 0..200 {
            let contract = contract(index, &customer, 17, date(2026, 11, 24)).expect("a contract");
            let lines: i64 = contract
                .lines
                .iter()
                .map(|line| {
                    let price = Money::try_from(line.unit_price.as_ref().expect("priced"))
                        .expect("yuan")
                        .amount();
                    let quantity = salient_values::decimal::from_proto(line.quantity.as_ref().expect("set"))
                        .expect("a number");
                    let off = line.discount.as_ref().map_or(rust_decimal::Decimal::ZERO, |off| {
                        salient_values::decimal::from_proto(off).expect("a number")
                    });
                    let total = quantity * price * (rust_decimal::Decimal::ONE - off);
                    let total =
                        total.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
                    i64::try_from((total * rust_decimal::Decimal::from(100)).trunc()).expect("fits")
                })
                .sum();
            let payments: i64 = contract
                .payments
                .iter()
                .map(|payment| payment.amount.as_ref().expect("set"))
                .map(|money| money.units * 100 + i64::from(money.nanos / 10_000_000))
                .sum();
            assert_eq!(lines, payments, "{index}");
            assert!(lines > 0);
        }
    }
}
