//! A contract's content as the database keeps it: one JSON document, its numbers as text.

use jiff::civil::Date;
use rust_decimal::{Decimal, serde::str as as_text};
use salient_database::Document;
use salient_values::Currency;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{Content, Delivery, Line, Payment};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ContentDocument {
    title: String,
    customer: Uuid,
    currency: String,
    lines: Vec<LineDocument>,
    delivery_date: Option<Date>,
    delivery_place: String,
    delivery_method: String,
    payments: Vec<PaymentDocument>,
    liability: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct LineDocument {
    product: String,
    specification: String,
    #[serde(with = "as_text")]
    quantity: Decimal,
    unit: String,
    #[serde(with = "as_text")]
    unit_price: Decimal,
    #[serde(with = "as_text")]
    discount: Decimal,
    #[serde(with = "as_text")]
    tax_rate: Decimal,
}

#[derive(Debug, Serialize, Deserialize)]
struct PaymentDocument {
    due_date: Option<Date>,
    condition: String,
    #[serde(with = "as_text")]
    amount: Decimal,
}

/// The document of a content.
pub(super) fn write(content: &Content) -> Document<ContentDocument> {
    Document(ContentDocument {
        title: content.title.clone(),
        customer: content.customer,
        currency: content.currency.as_str().to_owned(),
        lines: content.lines.iter().map(line_document).collect(),
        delivery_date: content.delivery.date,
        delivery_place: content.delivery.place.clone(),
        delivery_method: content.delivery.method.clone(),
        payments: content.payments.iter().map(payment_document).collect(),
        liability: content.liability.clone(),
    })
}

/// The content of a document; `None` where it is not one.
pub(super) fn read(Document(document): Document<ContentDocument>) -> Option<Content> {
    Some(Content {
        title: document.title,
        customer: document.customer,
        currency: Currency::parse(&document.currency).ok()?,
        lines: document.lines.into_iter().map(line).collect(),
        delivery: Delivery {
            date: document.delivery_date,
            place: document.delivery_place,
            method: document.delivery_method,
        },
        payments: document.payments.into_iter().map(payment).collect(),
        liability: document.liability,
    })
}

fn line_document(line: &Line) -> LineDocument {
    LineDocument {
        product: line.product.clone(),
        specification: line.specification.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        discount: line.discount,
        tax_rate: line.tax_rate,
    }
}

fn line(line: LineDocument) -> Line {
    Line {
        product: line.product,
        specification: line.specification,
        quantity: line.quantity,
        unit: line.unit,
        unit_price: line.unit_price,
        discount: line.discount,
        tax_rate: line.tax_rate,
    }
}

fn payment_document(payment: &Payment) -> PaymentDocument {
    PaymentDocument {
        due_date: payment.due_date,
        condition: payment.condition.clone(),
        amount: payment.amount,
    }
}

fn payment(payment: PaymentDocument) -> Payment {
    Payment {
        due_date: payment.due_date,
        condition: payment.condition,
        amount: payment.amount,
    }
}

#[cfg(test)]
mod tests {
    use super::{ContentDocument, read, write};
    use crate::domain::testing::content;

    #[test]
    fn a_content_comes_back_as_it_went() {
        let document = write(&content());
        let json = serde_json::to_value(&document.0).expect("JSON");
        assert_eq!(json["lines"][0]["unit_price"], "50000.00");
        assert_eq!(read(document), Some(content()));
    }

    #[test]
    fn what_is_no_content_is_not_read() {
        let read: Result<ContentDocument, _> = serde_json::from_value(serde_json::json!({"title": "x"}));
        read.expect_err("most of it is missing");
    }
}
