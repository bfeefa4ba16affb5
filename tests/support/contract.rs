//! Contracts as salespeople draft them.

use rust_decimal::Decimal;
use salient_proto::{
    contracts::v1::{Contract, ContractLine, DeliveryTerms, ScheduledPayment},
    google::r#type::{Date, Decimal as DecimalMessage, Money as MoneyMessage},
};
use salient_values::{Currency, Money};

/// An amount in a currency.
#[must_use]
pub fn money(amount: Decimal, currency: &str) -> MoneyMessage {
    let currency = Currency::parse(currency).expect("a currency");
    MoneyMessage::from(&Money::new(amount, currency).expect("an amount"))
}

/// The amount of a message.
#[must_use]
pub fn amount(money: &MoneyMessage) -> Decimal {
    Money::try_from(money).expect("an amount").amount()
}

/// A number as the contracts have it.
#[must_use]
pub fn decimal(value: Decimal) -> DecimalMessage {
    DecimalMessage {
        value: value.to_string(),
    }
}

/// A line of one product.
#[must_use]
pub fn line(product: &str, quantity: Decimal, unit_price: Decimal, currency: &str) -> ContractLine {
    ContractLine {
        product: product.into(),
        quantity: Some(decimal(quantity)),
        unit: "台".into(),
        unit_price: Some(money(unit_price, currency)),
        ..ContractLine::default()
    }
}

/// A complete contract with a customer: one machine at a price, in yuan, paid at once.
#[must_use]
pub fn contract_over(customer: &str, price: Decimal) -> Contract {
    Contract {
        title: "注塑机采购".into(),
        customer: customer.into(),
        currency_code: "CNY".into(),
        lines: vec![line("注塑机", Decimal::ONE, price, "CNY")],
        delivery: Some(delivery()),
        payments: vec![payment(price, "CNY")],
        liability: "逾期交货每日按合同总额的0.05%支付违约金。".into(),
        ..Contract::default()
    }
}

/// Delivery to a place by a date.
#[must_use]
pub fn delivery() -> DeliveryTerms {
    DeliveryTerms {
        delivery_date: Some(Date {
            year: 2027,
            month: 3,
            day: 31,
        }),
        place: "上海市浦东新区".into(),
        method: "公路运输".into(),
    }
}

/// One payment of everything.
#[must_use]
pub fn payment(total: Decimal, currency: &str) -> ScheduledPayment {
    ScheduledPayment {
        condition: "验收合格后30日内".into(),
        amount: Some(money(total, currency)),
        ..ScheduledPayment::default()
    }
}
