//! A policy as an SVG: from top to bottom, alternatives in columns side by side. Layered as the way itself is, so nothing crosses.

use std::fmt::Write as _;

use super::{Lane, Stretch, stretches, words};
use crate::domain::policy::{Policy, Step};

/// The width of a box, its inner margin, and the space between two columns, in pixels.
const BOX: i32 = 288;
const PADDING: i32 = 12;
const BETWEEN: i32 = 36;
/// The space between two layers, in which the arrows run.
const LAYER: i32 = 40;
/// The space around everything.
const MARGIN: i32 = 32;
const LINE: i32 = 19;
/// What a letter takes: wide ones are as wide as they are high.
const WIDE: i32 = 13;
const NARROW: i32 = 7;

const STYLE: &str = "text{font:13px 'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1f2933;text-anchor:middle}\
.title{font-weight:bold}.name{font-weight:bold;font-size:16px}.when{fill:#7a4b00}\
rect{stroke:#52606d;stroke-width:1.2;fill:#fff}.end{fill:#e3f8e8}.fork{fill:#fff3c4}.lane{fill:#fffaeb;stroke:#d9b44a}\
.empty{fill:#f5f7fa;stroke-dasharray:2 3}.maybe{stroke-dasharray:6 4}path{fill:none;stroke:#52606d;stroke-width:1.2}";

/// Draws a policy.
#[must_use]
pub fn svg(policy: &Policy) -> String {
    let stretches = stretches(policy);
    let columns = stretches.iter().map(|stretch| match stretch {
        Stretch::Step(_) => 1,
        Stretch::Fork { lanes, .. } => i32::try_from(lanes.len()).unwrap_or(1),
    });
    let columns = columns.max().unwrap_or(1);
    let width = columns * BOX + (columns - 1) * BETWEEN + 2 * MARGIN;
    let mut sheet = Sheet {
        middle: width / 2,
        y: MARGIN,
        marks: String::new(),
    };
    sheet.heading(&policy.title, width - 2 * MARGIN);
    let mut ends = vec![sheet.boxed("end", sheet.middle, sheet.y, &[line("title", words::SUBMITTED)])];
    for stretch in stretches {
        ends = match stretch {
            Stretch::Step(step) => vec![sheet.step(step, sheet.middle, &ends)],
            Stretch::Fork { branch, lanes } => {
                let fork = sheet.next("fork", sheet.middle, &ends, &[line("title", &branch.title)]);
                sheet.lanes(&lanes, fork)
            }
        };
    }
    let end = sheet.next("end", sheet.middle, &ends, &[line("title", words::SIGNED_OFF)]);
    let height = end.y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <path d=\"M0 0 L8 4 L0 8 z\" style=\"fill:#52606d;stroke:none\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" style=\"stroke:none\"/>\n{}</svg>\n",
        escaped(&policy.title),
        sheet.marks,
    )
}

/// Where something ends, and the way goes on.
#[derive(Clone, Copy)]
struct Point {
    x: i32,
    y: i32,
}

/// A line of text, and what kind of one.
struct Line<'a> {
    class: &'static str,
    text: &'a str,
}

const fn line<'a>(class: &'static str, text: &'a str) -> Line<'a> {
    Line { class, text }
}

struct Sheet {
    middle: i32,
    /// Down to where it is drawn.
    y: i32,
    marks: String,
}

impl Sheet {
    fn heading(&mut self, title: &str, width: i32) {
        for text in wrapped(title, width * 13 / 16) {
            self.y += LINE + 2;
            self.text("name", self.middle, self.y - 6, &text);
        }
        self.y += LINE;
    }

    /// A box below everything that is there, with an arrow from each of the ends.
    fn next(&mut self, class: &str, x: i32, from: &[Point], lines: &[Line<'_>]) -> Point {
        let top = from.iter().map(|point| point.y).max().unwrap_or(self.y) + LAYER;
        for point in from {
            let turn = top - LAYER / 2;
            self.path(&format!("M{} {} V{turn} H{x} V{top}", point.x, point.y));
        }
        self.boxed(class, x, top, lines)
    }

    fn step(&mut self, step: &Step, x: i32, from: &[Point]) -> Point {
        let (said, condition) = (words::lines(step), words::condition(step));
        let mut lines = vec![line("title", &step.title)];
        lines.extend(said.iter().map(|text| line("said", text)));
        lines.extend(condition.iter().map(|text| line("when", text)));
        let class = if condition.is_some() { "maybe" } else { "step" };
        self.next(class, x, from, &lines)
    }

    /// Columns side by side; all of them end where the longest does.
    fn lanes(&mut self, lanes: &[Lane<'_>], fork: Point) -> Vec<Point> {
        let count = i32::try_from(lanes.len()).unwrap_or(1);
        let width = count * BOX + (count - 1) * BETWEEN;
        let mut x = self.middle - width / 2 + BOX / 2;
        let mut ends = Vec::with_capacity(lanes.len());
        for lane in lanes {
            ends.push(self.lane(lane, x, fork));
            x += BOX + BETWEEN;
        }
        let bottom = ends.iter().map(|end| end.y).max().unwrap_or(fork.y);
        for end in &mut ends {
            if end.y < bottom {
                let _ = writeln!(self.marks, "<path d=\"M{} {} V{bottom}\"/>", end.x, end.y);
                end.y = bottom;
            }
        }
        ends
    }

    fn lane(&mut self, lane: &Lane<'_>, x: i32, fork: Point) -> Point {
        let when = if lane.when.is_empty() {
            words::OTHERWISE
        } else {
            lane.when
        };
        let mut end = self.next(
            "lane",
            x,
            &[fork],
            &[line("title", lane.title), line("when", when)],
        );
        for step in &lane.steps {
            end = self.step(step, x, &[end]);
        }
        if lane.steps.is_empty() {
            end = self.next("empty", x, &[end], &[line("said", words::NOBODY)]);
        }
        end
    }

    /// A box around lines of text; answers where it ends.
    fn boxed(&mut self, class: &str, x: i32, top: i32, lines: &[Line<'_>]) -> Point {
        let lines: Vec<_> = lines
            .iter()
            .flat_map(|line| {
                wrapped(line.text, BOX - 2 * PADDING)
                    .into_iter()
                    .map(|text| (line.class, text))
            })
            .collect();
        let height = i32::try_from(lines.len()).unwrap_or(1) * LINE + PADDING;
        let radius = if class == "end" { height / 2 } else { 6 };
        let left = x - BOX / 2;
        let _ = writeln!(
            self.marks,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{BOX}\" height=\"{height}\" rx=\"{radius}\"/>"
        );
        let mut baseline = top + PADDING / 2 - 5;
        for (class, text) in lines {
            baseline += LINE;
            self.text(class, x, baseline, &text);
        }
        self.y = self.y.max(top + height);
        Point { x, y: top + height }
    }

    // Writing to a string cannot fail.
    fn text(&mut self, class: &str, x: i32, y: i32, text: &str) {
        let _ = writeln!(
            self.marks,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(text)
        );
    }

    fn path(&mut self, path: &str) {
        let _ = writeln!(self.marks, "<path d=\"{path}\" marker-end=\"url(#tip)\"/>");
    }
}

/// A text in lines of at most this width, broken at blanks where there are any, between any two letters else.
fn wrapped(text: &str, width: i32) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut current, mut used) = (String::new(), 0);
    for letter in text.chars() {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        let takes = if is_wide(letter) { WIDE } else { NARROW };
        if used + takes > width {
            let rest = match current.rfind(' ') {
                Some(blank) if blank > 0 && letter != ' ' && !is_wide(letter) => current.split_off(blank),
                _ => String::new(),
            };
            lines.push(std::mem::replace(&mut current, rest.trim_start().to_owned()));
            used = current
                .chars()
                .map(|letter| if is_wide(letter) { WIDE } else { NARROW })
                .sum();
        }
        current.push(letter);
        used += takes;
    }
    lines.push(current);
    lines
}

/// Whether a letter is as wide as it is high: Chinese, and signs of that width.
fn is_wide(letter: char) -> bool {
    u32::from(letter) >= 0x1100
}

/// A text in XML, without what XML or the eye cannot tell: control characters, and those that turn the direction of writing.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fffe}'
            | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{super::tests::policy, *};

    #[test]
    fn texts_cannot_break_out() {
        let drawn = svg(&policy());
        assert!(!drawn.contains("<script") && !drawn.contains("<b>") && !drawn.contains("\"; click"));
        assert!(drawn.contains("审批") && drawn.contains("&lt;script&gt;"));
        // Every tag is one of ours, and is closed.
        for tag in drawn.split('<').skip(1) {
            let name: String = tag
                .chars()
                .take_while(|letter| letter.is_ascii_alphabetic() || *letter == '/')
                .collect();
            let known = ["svg", "title", "style", "defs", "marker", "path", "rect", "text"];
            assert!(known.contains(&name.trim_matches('/')), "{tag}");
        }
    }

    #[test]
    fn long_texts_are_broken_within_the_box() {
        for text in [
            "销售".repeat(60),
            "amount ".repeat(60),
            "x".repeat(300),
            String::new(),
        ] {
            for line in wrapped(&text, 264) {
                let width: i32 = line
                    .chars()
                    .map(|letter| if is_wide(letter) { WIDE } else { NARROW })
                    .sum();
                assert!(width <= 264, "{line}");
            }
        }
        assert_eq!(wrapped("one two three", 7 * 8), ["one two", "three"]);
    }

    #[test]
    fn nothing_invisible_is_left() {
        assert_eq!(escaped("a\u{202e}b\u{0}c\u{1b}d"), "abcd");
    }
}
