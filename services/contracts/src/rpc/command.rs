//! From the proto to the domain. What is refused names its field.

use jiff::civil::Date;
use rust_decimal::Decimal;
use salient_failure::Failure;
use salient_proto::{
    contracts::v1::{Contract as ProtoContract, ContractLine, DeliveryTerms, ScheduledPayment},
    google::r#type::{Date as ProtoDate, Decimal as ProtoDecimal, Money as ProtoMoney},
};
use salient_values::{Currency, Money, ValueError, date, decimal, mask::Mask, name};
use uuid::Uuid;

use super::answer::CUSTOMERS;
use crate::{
    CONTRACTS,
    domain::{Content, Delivery, Line, Payment},
};

/// The fields that are a contract's content.
pub(super) const CONTENT_FIELDS: [&str; 7] = [
    "title",
    "customer",
    "currency_code",
    "lines",
    "delivery",
    "payments",
    "liability",
];

/// The contract of a name.
pub(super) fn contract_id(text: &str, field: &'static str) -> Result<Uuid, Failure> {
    name::parse(CONTRACTS, text).map_err(|error| error.at(field))
}

/// The contract and the number in the name of one of its revisions or files.
pub(super) fn child_of_contract<N: std::str::FromStr>(
    children: &'static str,
    text: &str,
) -> Result<(Uuid, N), Failure> {
    let malformed = |error: ValueError| error.at("name");
    let (contract, child) = name::parse_child(CONTRACTS, children, text).map_err(malformed)?;
    let number = child
        .parse()
        .map_err(|_| Failure::invalid_field("name", "must end with a number"))?;
    Ok((contract, number))
}

/// The content of a new contract.
pub(super) fn content(contract: ProtoContract) -> Result<Content, Failure> {
    let currency = currency(&contract.currency_code)?;
    Ok(Content {
        customer: customer(&contract.customer)?,
        currency,
        lines: lines(contract.lines, currency)?,
        delivery: delivery(contract.delivery)?,
        payments: payments(contract.payments, currency)?,
        title: contract.title,
        liability: contract.liability,
    })
}

/// A content with the fields of the mask changed.
pub(super) fn changed(current: &Content, contract: ProtoContract, mask: &Mask) -> Result<Content, Failure> {
    let mut content = current.clone();
    if mask.has("currency_code") {
        content.currency = currency(&contract.currency_code)?;
    }
    if mask.has("title") {
        content.title = contract.title;
    }
    if mask.has("customer") {
        content.customer = customer(&contract.customer)?;
    }
    if mask.has("lines") {
        content.lines = lines(contract.lines, content.currency)?;
    }
    if mask.has("delivery") {
        content.delivery = delivery(contract.delivery)?;
    }
    if mask.has("payments") {
        content.payments = payments(contract.payments, content.currency)?;
    }
    if mask.has("liability") {
        content.liability = contract.liability;
    }
    in_one_currency(current, &content, mask)?;
    Ok(content)
}

/// Amounts of one currency do not silently become amounts of another.
fn in_one_currency(current: &Content, changed: &Content, mask: &Mask) -> Result<(), Failure> {
    let kept = (!mask.has("lines") && !changed.lines.is_empty())
        || (!mask.has("payments") && !changed.payments.is_empty());
    if kept && current.currency != changed.currency {
        return Err(Failure::invalid_field(
            "contract.currency_code",
            "changes together with `lines` and `payments`",
        ));
    }
    Ok(())
}

fn currency(code: &str) -> Result<Currency, Failure> {
    Currency::parse(code).map_err(|error| error.at("contract.currency_code"))
}

fn customer(text: &str) -> Result<Uuid, Failure> {
    name::parse(CUSTOMERS, text).map_err(|error| error.at("contract.customer"))
}

fn delivery(terms: Option<DeliveryTerms>) -> Result<Delivery, Failure> {
    let terms = terms.unwrap_or_default();
    Ok(Delivery {
        date: day(terms.delivery_date.as_ref(), || {
            "contract.delivery.delivery_date".into()
        })?,
        place: terms.place,
        method: terms.method,
    })
}

fn lines(lines: Vec<ContractLine>, currency: Currency) -> Result<Vec<Line>, Failure> {
    let numbered = lines.into_iter().enumerate();
    let lines = numbered.map(|(index, line)| {
        let at = |field: &str| format!("contract.lines[{index}].{field}");
        Ok(Line {
            quantity: number(line.quantity.as_ref(), || at("quantity"))?,
            unit_price: amount(line.unit_price.as_ref(), currency, || at("unit_price"))?,
            discount: number(line.discount.as_ref(), || at("discount"))?,
            tax_rate: number(line.tax_rate.as_ref(), || at("tax_rate"))?,
            product: line.product,
            specification: line.specification,
            unit: line.unit,
        })
    });
    lines.collect()
}

fn payments(payments: Vec<ScheduledPayment>, currency: Currency) -> Result<Vec<Payment>, Failure> {
    let numbered = payments.into_iter().enumerate();
    let payments = numbered.map(|(index, payment)| {
        let at = |field: &str| format!("contract.payments[{index}].{field}");
        Ok(Payment {
            due_date: day(payment.due_date.as_ref(), || at("due_date"))?,
            amount: amount(payment.amount.as_ref(), currency, || at("amount"))?,
            condition: payment.condition,
        })
    });
    payments.collect()
}

/// A decimal; 0 where not set. Fields that may not be 0 are required by the proto.
fn number(number: Option<&ProtoDecimal>, at: impl FnOnce() -> String) -> Result<Decimal, Failure> {
    number.map_or(Ok(Decimal::ZERO), |number| {
        decimal::from_proto(number).map_err(|error| error.at(at()))
    })
}

/// An amount in the contract's currency.
fn amount(
    money: Option<&ProtoMoney>,
    currency: Currency,
    at: impl Fn() -> String,
) -> Result<Decimal, Failure> {
    let refuse = |error: ValueError| error.at(at());
    let money = Money::try_from(money.unwrap_or(&ProtoMoney::default())).map_err(refuse)?;
    // Adding is where values of different currencies are refused, in one wording for the whole suite.
    let money = Money::zero(currency).checked_add(&money).map_err(refuse)?;
    Ok(money.amount())
}

/// A day; none where not set.
pub(super) fn day(day: Option<&ProtoDate>, at: impl FnOnce() -> String) -> Result<Option<Date>, Failure> {
    day.map(|day| date::from_proto(day).map_err(|error| error.at(at())))
        .transpose()
}

#[cfg(test)]
mod tests {
    use salient_failure::Kind;
    use salient_proto::google::r#type::{Decimal as ProtoDecimal, Money};
    use salient_values::mask::Mask;

    use super::{CONTENT_FIELDS, changed, content};
    use crate::{domain::testing, rpc::answer};

    fn sent() -> salient_proto::contracts::v1::Contract {
        answer::contract(&testing::draft()).expect("in range")
    }

    #[test]
    fn a_content_comes_back_as_it_went() {
        assert_eq!(content(sent()).expect("well-formed"), testing::content());
    }

    #[test]
    fn what_is_malformed_names_its_field() {
        let mut contract = sent();
        contract.lines[1].quantity = Some(ProtoDecimal { value: "ten".into() });
        let failure = content(contract).expect_err("no number");
        assert!(
            failure.to_string().contains("contract.lines[1].quantity"),
            "{failure}"
        );
    }

    #[test]
    fn an_amount_in_another_currency_is_refused() {
        let mut contract = sent();
        contract.payments[0].amount = Some(Money {
            currency_code: "USD".into(),
            units: 1,
            nanos: 0,
        });
        let failure = content(contract).expect_err("another currency");
        assert_eq!(failure.reason(), "ERROR_REASON_AMOUNT_INVALID");
        assert!(
            failure.to_string().contains("contract.payments[0].amount"),
            "{failure}"
        );
    }

    #[test]
    fn a_mask_changes_what_it_names_and_nothing_else() {
        let mask = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            Mask::new(Some(prost_types::FieldMask { paths }), &CONTENT_FIELDS).expect("allowed")
        };
        let mut contract = sent();
        contract.liability = "新条款".into();
        contract.title = "新标题".into();
        let content =
            changed(&testing::content(), contract.clone(), &mask(&["liability"])).expect("well-formed");
        assert_eq!(content.liability, "新条款");
        assert_eq!(content.title, testing::content().title);
        // The lines would stay in CNY.
        contract.currency_code = "USD".into();
        let failure =
            changed(&testing::content(), contract, &mask(&["currency_code"])).expect_err("lines stay");
        assert_eq!(failure.kind(), Kind::InvalidArgument);
    }
}
