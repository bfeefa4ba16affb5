//! What is refused of a condition before it is parsed: what is long, nests deeply, or calls what the language does not have. The
//! parser then sees nothing whose cost grows faster than its length, and no macro is ever expanded.

use super::values;

/// The longest condition, in characters.
pub const MAX_LENGTH: usize = 1000;
/// How deeply brackets may nest; keeps the parser's and the checker's stack small.
const MAX_DEPTH: usize = 32;
/// How many operators may stand that nest without brackets: `!!!!a`, `----1`, `a ? b : c ? d : …`, `a.b.c.d`.
const MAX_RUN: usize = 64;
/// What may be called.
const CALLS: [&str; 5] = [
    values::MONEY,
    values::DECIMAL,
    "startsWith",
    "endsWith",
    "contains",
];

/// Checks a condition's size and vocabulary.
///
/// # Errors
/// What it may not have, in words for the policy's author.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.chars().count() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} characters"));
    }
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '"' | '\'' => {
                scan.end_word();
                string_length(rest, letter)?
            }
            letter => {
                scan.take(letter, rest)?;
                letter.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

#[derive(Default)]
struct Scan {
    depth: usize,
    run: usize,
    /// The name being read, or the last one where only blanks follow it.
    word: String,
    word_ended: bool,
}

impl Scan {
    fn take(&mut self, letter: char, rest: &str) -> Result<(), String> {
        match letter {
            letter if letter.is_alphanumeric() || letter == '_' => {
                if std::mem::take(&mut self.word_ended) {
                    self.word.clear();
                }
                self.word.push(letter);
                return Ok(());
            }
            letter if letter.is_whitespace() => {
                self.word_ended = true;
                return Ok(());
            }
            '{' | '}' => {
                return Err("loops, maps and structures are not part of the language of conditions".into());
            }
            '/' if rest.starts_with("//") => {
                return Err("comments are not part of the language of conditions".into());
            }
            '(' if !self.word.is_empty() && self.word != "in" && !CALLS.contains(&self.word.as_str()) => {
                return Err(format!("{} is not part of the language of conditions", self.word));
            }
            '(' | '[' => self.depth += 1,
            ')' | ']' => self.depth = self.depth.saturating_sub(1),
            '!' | '-' | '?' | '.' => self.run += 1,
            _ => {}
        }
        self.end_word();
        if self.depth > MAX_DEPTH || self.run > MAX_RUN {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        Ok(())
    }

    fn end_word(&mut self) {
        self.word.clear();
        self.word_ended = false;
    }
}

/// The length of the text written out that starts here, quotes included.
fn string_length(rest: &str, quote: char) -> Result<usize, String> {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if rest.starts_with(&triple) {
        return Err("texts stand in single or double quotes".into());
    }
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return Ok(at + 1),
            _ => {}
        }
    }
    Err("a text does not end".into())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_stands_in_texts_counts_as_text() {
        for text in [
            "region == '((((((((((((((((((((((((((((((((((((((((((('",
            r#"region == "it's {fine} // size(x)""#,
            r"region == 'a\'exists('",
            "money ('5', 'CNY') < amount && region in ('HD')",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_the_language_does_not_have_is_refused_unparsed() {
        for (text, complaint) in [
            ("[1].all (x, true)", "all"),
            ("has(amount.currency)", "has"),
            ("[[1]].map(x, x.map(y, y))", "map"),
            ("{'a': 1}", "maps"),
            ("days > 1 // why", "comments"),
            ("region == '''x'''", "quotes"),
            ("region == 'x", "does not end"),
            ("a.b.c.d.e.f.g.h".repeat(20).as_str(), "nested"),
        ] {
            let error = check(text).expect_err(text);
            assert!(error.contains(complaint), "{text}: {error}");
        }
    }
}
