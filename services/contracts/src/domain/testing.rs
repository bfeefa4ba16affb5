//! Samples for tests.

use jiff::{Timestamp, civil::date};
use rust_decimal::{Decimal, dec};
use salient_values::Currency;
use uuid::Uuid;

use super::{Content, Contract, Delivery, Line, Payment, Seat};

/// A line of this many at this price.
pub(crate) fn line(quantity: Decimal, unit_price: Decimal) -> Line {
    Line {
        product: "数控机床".into(),
        specification: "CK6150".into(),
        quantity,
        unit: "台".into(),
        unit_price,
        discount: Decimal::ZERO,
        tax_rate: dec!(0.13),
    }
}

/// A complete content of 100,500.00 CNY.
pub(crate) fn content() -> Content {
    let payment = |amount, condition: &str| Payment {
        due_date: Some(date(2026, 12, 31)),
        condition: condition.into(),
        amount,
    };
    Content {
        title: "机床采购".into(),
        customer: Uuid::from_u128(7),
        currency: Currency::parse("CNY").expect("a currency"),
        lines: vec![line(dec!(2), dec!(50000.00)), line(dec!(10), dec!(50.00))],
        delivery: Delivery {
            date: Some(date(2026, 12, 1)),
            place: "上海市浦东新区".into(),
            method: "公路".into(),
        },
        payments: vec![
            payment(dec!(30150.00), "签订后"),
            payment(dec!(70350.00), "验收合格后"),
        ],
        liability: "逾期每日按合同总额的万分之五支付违约金".into(),
    }
}

/// A draft with that content, of person 1 in unit 2.
pub(crate) fn draft() -> Contract {
    let seat = Seat {
        unit: Uuid::from_u128(2),
        region_code: "HD".into(),
    };
    Contract::draft(
        Uuid::from_u128(9),
        Uuid::from_u128(1),
        seat,
        content(),
        Timestamp::UNIX_EPOCH,
    )
    .expect("sound")
}
