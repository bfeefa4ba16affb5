//! A policy in Mermaid's language.

use super::{Lane, Stretch, stretches, words};
use crate::domain::policy::{Policy, Step};

/// Draws a policy.
#[must_use]
pub fn mermaid(policy: &Policy) -> String {
    let mut chart = Chart {
        text: "flowchart TD\n".to_owned(),
        last: 0,
    };
    let start = chart.node("([", &format!("{}\n{}", policy.title, words::SUBMITTED), "])");
    let mut ends = vec![(start, String::new())];
    for stretch in stretches(policy) {
        ends = match stretch {
            Stretch::Step(step) => {
                let node = chart.step(step, &ends);
                vec![(node, String::new())]
            }
            Stretch::Fork { branch, lanes } => {
                let fork = chart.node("{", &branch.title, "}");
                chart.arrows(&ends, fork);
                lanes.iter().map(|lane| chart.lane(lane, fork)).collect()
            }
        };
    }
    let end = chart.node("([", words::SIGNED_OFF, "])");
    chart.arrows(&ends, end);
    chart.text
}

struct Chart {
    text: String,
    last: usize,
}

impl Chart {
    fn node(&mut self, open: &str, label: &str, close: &str) -> usize {
        self.last += 1;
        self.text
            .push_str(&format!("    n{}{open}{}{close}\n", self.last, quoted(label)));
        self.last
    }

    fn step(&mut self, step: &Step, from: &[(usize, String)]) -> usize {
        let mut lines = vec![step.title.clone()];
        lines.extend(words::lines(step));
        lines.extend(words::condition(step));
        let node = self.node("[", &lines.join("\n"), "]");
        self.arrows(from, node);
        node
    }

    /// Draws a lane; answers where it ends, and what is still to be written on the arrow from there.
    fn lane(&mut self, lane: &Lane<'_>, fork: usize) -> (usize, String) {
        let when = if lane.when.is_empty() {
            words::OTHERWISE
        } else {
            lane.when
        };
        let mut end = (fork, format!("{}\n{when}", lane.title));
        for step in &lane.steps {
            end = (self.step(step, &[end]), String::new());
        }
        end
    }

    fn arrows(&mut self, from: &[(usize, String)], to: usize) {
        for (from, label) in from {
            self.arrow(*from, to, label);
        }
    }

    fn arrow(&mut self, from: usize, to: usize, label: &str) {
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("|{}|", quoted(label))
        };
        self.text.push_str(&format!("    n{from} -->{label} n{to}\n"));
    }
}

/// A text in quotes, in which nothing means anything to Mermaid or HTML: all but letters, digits, blanks and harmless signs
/// is written by its number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\n' => quoted.push_str("<br/>"),
            ' ' | ',' | '.' | '-' | '·' | '/' | '(' | ')' | '=' | '\'' => quoted.push(letter),
            letter if letter.is_alphanumeric() => quoted.push(letter),
            letter if letter.is_control() => {}
            letter => quoted.push_str(&format!("#{};", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{super::tests::policy, *};

    #[test]
    fn texts_cannot_break_out() {
        let drawn = mermaid(&policy());
        for line in drawn.lines().skip(1) {
            assert!(line.starts_with("    n"), "{line}");
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
            assert!(!line.replace("<br/>", "").contains('<'), "{line}");
        }
        assert!(!drawn.contains("<script"));
        assert!(drawn.contains("主管") && drawn.contains("审批"));
    }

    #[test]
    fn the_chart_is_as_drawn() {
        let policy: Policy = toml::from_str(include_str!("../../../policies/plan-adjustment.toml")).unwrap();
        assert_eq!(
            mermaid(&policy),
            r#"flowchart TD
    n1(["销售计划调整审批 · Plan adjustment sign-off<br/>提交 · Submitted"])
    n2["销售总监审核 · Director's review<br/>或签 · Any<br/>销售总监 · Director<br/>空缺时由上级审批 · Superior if vacant"]
    n1 --> n2
    n3["公司管理层审批 · Company management's approval<br/>或签 · Any<br/>公司管理层 · Company management"]
    n2 --> n3
    n4(["通过 · Signed off"])
    n3 --> n4
"#
        );
    }
}
