//! What a filter says, before what it means.

use std::borrow::Cow;

use winnow::{
    LocatingSlice, ModalResult, Parser,
    ascii::{multispace0, multispace1},
    combinator::{alt, cut_err, delimited, eof, opt, preceded, repeat, terminated},
    error::ContextError,
    stream::Location as _,
    token::{none_of, one_of, take_while},
};

use super::{Operator, Problem};

type Input<'a> = LocatingSlice<&'a str>;
/// What would have been understood.
type Expected = ContextError<&'static str>;

/// Stand between terms in AIP-160, and are therefore neither fields nor values.
const KEYWORDS: [&str; 3] = ["AND", "OR", "NOT"];

/// One comparison as it is written, with the bytes at which its parts begin.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub field: &'a str,
    pub field_at: usize,
    pub operator: Operator,
    pub operator_at: usize,
    pub value: Cow<'a, str>,
    pub value_at: usize,
}

/// The comparisons of a filter.
pub(super) fn comparisons(text: &str) -> Result<Vec<Written<'_>>, Problem> {
    filter.parse(LocatingSlice::new(text)).map_err(|error| Problem {
        at: error.offset(),
        why: explain(
            text.get(error.offset()..).unwrap_or_default(),
            error.inner().context().next().copied(),
        ),
    })
}

/// Says of the rest of a filter why it is not understood: what of AIP-160 it would be, or else what is expected.
fn explain(rest: &str, expected: Option<&'static str>) -> String {
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next();
    match (rest.chars().next(), word) {
        (Some('(' | ')'), _) => "parentheses and functions are not supported".to_owned(),
        (Some('*'), _) => "wildcards are not supported; put a literal `*` in quotes".to_owned(),
        (Some('-'), _) | (_, Some("NOT")) => "negation is not supported".to_owned(),
        (_, Some("OR")) => "`OR` is not supported".to_owned(),
        _ => format!("expected {}", expected.unwrap_or("a comparison")),
    }
}

fn filter<'a>(input: &mut Input<'a>) -> ModalResult<Vec<Written<'a>>, Expected> {
    multispace0.parse_next(input)?;
    let mut comparisons = Vec::new();
    while opt(eof).parse_next(input)?.is_none() {
        if !comparisons.is_empty() {
            opt(("AND", multispace1)).parse_next(input)?;
        }
        comparisons.push(comparison.parse_next(input)?);
        alt((multispace1, eof))
            .context("a blank after the value")
            .parse_next(input)?;
    }
    Ok(comparisons)
}

fn comparison<'a>(input: &mut Input<'a>) -> ModalResult<Written<'a>, Expected> {
    let field_at = input.current_token_start();
    let field = terminated(field, multispace0).parse_next(input)?;
    let operator_at = input.current_token_start();
    let operator = terminated(operator, multispace0).parse_next(input)?;
    let value_at = input.current_token_start();
    let value = value.parse_next(input)?;
    Ok(Written {
        field,
        field_at,
        operator,
        operator_at,
        value,
        value_at,
    })
}

fn field<'a>(input: &mut Input<'a>) -> ModalResult<&'a str, Expected> {
    let letter = |c: char| c.is_ascii_alphabetic();
    let further = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    (one_of(letter), take_while(0.., further))
        .take()
        .verify(|word| !KEYWORDS.contains(word))
        .context("a field")
        .parse_next(input)
}

fn operator(input: &mut Input<'_>) -> ModalResult<Operator, Expected> {
    // The longer ones first: `<` would take half of `<=`.
    alt((
        "!=".value(Operator::NotEqual),
        "<=".value(Operator::LessOrEqual),
        ">=".value(Operator::GreaterOrEqual),
        "=".value(Operator::Equal),
        "<".value(Operator::Less),
        ">".value(Operator::Greater),
        ":".value(Operator::Has),
    ))
    .context("one of the operators = != < <= > >= :")
    .parse_next(input)
}

fn value<'a>(input: &mut Input<'a>) -> ModalResult<Cow<'a, str>, Expected> {
    alt((
        quoted('"').map(Cow::Owned),
        quoted('\'').map(Cow::Owned),
        word.map(Cow::Borrowed),
    ))
    .parse_next(input)
}

fn word<'a>(input: &mut Input<'a>) -> ModalResult<&'a str, Expected> {
    take_while(1.., |c: char| !c.is_whitespace() && !"\"'(),*=<>!".contains(c))
        .verify(|word| !KEYWORDS.contains(word))
        .context("a value")
        .parse_next(input)
}

fn quoted<'a>(quote: char) -> impl Parser<Input<'a>, String, winnow::error::ErrMode<Expected>> {
    let escaped = preceded(
        '\\',
        cut_err(one_of(['"', '\'', '\\'])).context("`\\\"`, `\\'` or `\\\\`"),
    );
    let text = repeat(0.., alt((none_of([quote, '\\']), escaped)));
    // Once there is a quote, nothing but a text in quotes is meant.
    delimited(quote, text, cut_err(quote).context("a closing quote"))
}
