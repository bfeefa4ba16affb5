//! The digest of a contract's content: what approvers see is what they sign off.

use jiff::civil::Date;
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Content;

/// Changes with the encoding, so that digests of different encodings never meet.
const ENCODING: &str = "salient.contracts.content.1";

/// SHA-256 over the contract's id, the revision and the content.
///
/// Every value is preceded by its length and every list by its count, so that nothing can run into its neighbour; decimals are in
/// their shortest form, so that `1.0` and `1` are the same.
pub(crate) fn digest(contract: Uuid, revision: i64, content: &Content) -> [u8; 32] {
    let mut encoding = Encoding(Sha256::new());
    encoding.text(ENCODING);
    encoding.bytes(contract.as_bytes());
    encoding.number(revision);
    encoding.text(&content.title);
    encoding.bytes(content.customer.as_bytes());
    encoding.text(content.currency.as_str());
    encoding.count(content.lines.len());
    for line in &content.lines {
        encoding.text(&line.product);
        encoding.text(&line.specification);
        encoding.decimal(line.quantity);
        encoding.text(&line.unit);
        encoding.decimal(line.unit_price);
        encoding.decimal(line.discount);
        encoding.decimal(line.tax_rate);
    }
    encoding.date(content.delivery.date);
    encoding.text(&content.delivery.place);
    encoding.text(&content.delivery.method);
    encoding.count(content.payments.len());
    for payment in &content.payments {
        encoding.date(payment.due_date);
        encoding.text(&payment.condition);
        encoding.decimal(payment.amount);
    }
    encoding.text(&content.liability);
    encoding.0.finalize().into()
}

struct Encoding(Sha256);

impl Encoding {
    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn decimal(&mut self, decimal: Decimal) {
        self.text(&decimal.normalize().to_string());
    }

    fn date(&mut self, date: Option<Date>) {
        self.text(&date.map(|date| date.to_string()).unwrap_or_default());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use uuid::Uuid;

    use super::digest;
    use crate::domain::{Content, testing::content};

    const CONTRACT: Uuid = Uuid::from_u128(9);

    #[test]
    fn the_same_content_has_the_same_digest_and_no_other_has() {
        let first = digest(CONTRACT, 1, &content());
        assert_eq!(first, digest(CONTRACT, 1, &content()));
        assert_ne!(first, digest(CONTRACT, 2, &content()));
        assert_ne!(first, digest(Uuid::nil(), 1, &content()));
        let changes: [fn(&mut Content); 8] = [
            |content| content.title.push('x'),
            |content| content.customer = Uuid::nil(),
            |content| content.lines[0].quantity += dec!(1),
            |content| content.lines[1].specification.clear(),
            |content| content.lines.swap(0, 1),
            |content| content.delivery.date = None,
            |content| content.payments[0].condition.clear(),
            |content| content.liability.clear(),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut changed = content();
            change(&mut changed);
            assert_ne!(first, digest(CONTRACT, 1, &changed), "change {index}");
        }
    }

    #[test]
    fn how_a_number_is_written_does_not_matter() {
        let mut padded = content();
        padded.lines[0].quantity = dec!(2.000);
        assert_eq!(digest(CONTRACT, 1, &padded), digest(CONTRACT, 1, &content()));
    }

    #[test]
    fn text_does_not_move_from_one_field_to_the_next() {
        let mut moved = content();
        moved.delivery.place = "上海市".into();
        moved.delivery.method = "浦东新区公路".into();
        assert_ne!(digest(CONTRACT, 1, &moved), digest(CONTRACT, 1, &content()));
    }
}
