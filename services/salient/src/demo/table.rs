//! What happened, for people.

use std::fmt::{self, Display, Formatter};

use rust_decimal::Decimal;

use super::report::Report;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} contracts in {:.1} s\n", self.contracts, self.seconds)?;
        writeln!(
            f,
            "{:<8} {:<12} {:>10} {:>22}",
            "region", "outcome", "contracts", "amount (CNY)"
        )?;
        for (region, outcomes) in &self.regions {
            for (outcome, sum) in outcomes {
                writeln!(
                    f,
                    "{region:<8} {outcome:<12} {:>10} {:>22}",
                    sum.contracts,
                    grouped(sum.amount)
                )?;
            }
        }
        for (outcome, sum) in &self.outcomes {
            writeln!(
                f,
                "{:<8} {outcome:<12} {:>10} {:>22}",
                "all",
                sum.contracts,
                grouped(sum.amount)
            )?;
        }
        writeln!(f, "\nsent back on the way and submitted again: {}", self.returned)?;
        for refusal in &self.refusals {
            let amount = grouped(refusal.amount);
            writeln!(
                f,
                "refused: {} for {}, {amount}: {} [{}]",
                refusal.contract, refusal.customer, refusal.message, refusal.reason
            )?;
        }
        let credit = &self.credit;
        writeln!(
            f,
            "credit: {} confirmed, {} still reserved, of {}",
            grouped(credit.confirmed),
            grouped(credit.reserved),
            grouped(credit.limit)
        )?;
        let Some(timeline) = &self.timeline else {
            return Ok(());
        };
        writeln!(
            f,
            "\n{} {} ({})",
            timeline.number, timeline.title, timeline.approval
        )?;
        writeln!(
            f,
            "{:<12} {:>9}  {:<6} {:<22} {:<10} who",
            "when (UTC)", "after", "round", "what", "step"
        )?;
        for entry in &timeline.entries {
            let (what, step) = (&entry.what, &entry.step);
            writeln!(
                f,
                "{:<12} {:>7.3} s  {:<6} {what:<22} {step:<10} {}",
                clock(&entry.time),
                entry.seconds,
                entry.round,
                entry.who
            )?;
        }
        let total: f64 = timeline.entries.iter().map(|entry| entry.seconds).sum();
        let intact = if timeline.intact {
            "verifies"
        } else {
            "DOES NOT VERIFY"
        };
        writeln!(f, "{:<12} {total:>7.3} s  in all; the audit trail {intact}", "")
    }
}

/// The time of day, to the millisecond, of an instant in RFC 3339.
fn clock(time: &str) -> &str {
    time.get(11..23).unwrap_or(time)
}

/// `1234567.8` as `1,234,567.80`.
fn grouped(amount: Decimal) -> String {
    let text = format!("{amount:.2}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{cents}")
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::grouped;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        for (cents, text) in [
            (0, "0.00"),
            (12_345, "123.45"),
            (123_456_789, "1,234,567.89"),
            (-100_000, "-1,000.00"),
        ] {
            assert_eq!(grouped(Decimal::new(cents, 2)), text);
        }
    }
}
