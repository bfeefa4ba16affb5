use proptest::prelude::*;

use super::*;

const FIELDS: [Field; 7] = [
    field("number", Kind::Text),
    field("state", Kind::Enum(&["DRAFT", "ACTIVE"])),
    field("total.amount", Kind::Decimal),
    field("due_date", Kind::Date),
    field("create_time", Kind::Timestamp),
    field("customer", Kind::Name("customers")),
    field("overdue", Kind::Bool),
];
const ID: &str = "0198a0c2-7f00-7abc-8def-0123456789ab";

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

fn one(text: &str) -> (&'static str, Operator, Value) {
    let parsed = parse(text, &FIELDS).expect(text);
    let [comparison] = parsed.as_slice() else {
        panic!("{text}: {parsed:?}");
    };
    (comparison.field, comparison.operator, comparison.value.clone())
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn each_kind_has_its_operators_and_values() {
    use Operator::{Equal, Greater, GreaterOrEqual, Has, Less, LessOrEqual, NotEqual};
    let customer = format!("customer = customers/{ID}");
    for (filter, expected) in [
        ("number:HT-HD", ("number", Has, text("HT-HD"))),
        ("state = DRAFT", ("state", Equal, Value::Enum("DRAFT"))),
        ("state!=ACTIVE", ("state", NotEqual, Value::Enum("ACTIVE"))),
        (
            "total.amount >= -1200.50",
            (
                "total.amount",
                GreaterOrEqual,
                Value::Decimal(Decimal::new(-120_050, 2)),
            ),
        ),
        (
            "due_date<2026-11-24",
            ("due_date", Less, Value::Date(jiff::civil::date(2026, 11, 24))),
        ),
        (
            "create_time > 1970-01-01T08:00:01+08:00",
            (
                "create_time",
                Greater,
                Value::Timestamp(Timestamp::constant(1, 0)),
            ),
        ),
        (
            "create_time <= \"1970-01-01T00:00:01Z\"",
            (
                "create_time",
                LessOrEqual,
                Value::Timestamp(Timestamp::constant(1, 0)),
            ),
        ),
        (
            &customer,
            (
                "customer",
                Equal,
                Value::Name(Uuid::try_parse(ID).expect("a UUID")),
            ),
        ),
        ("overdue = true", ("overdue", Equal, Value::Bool(true))),
    ] {
        assert_eq!(one(filter), expected, "{filter}");
    }
}

#[test]
fn whatever_is_in_quotes_stands_for_itself() {
    for (filter, value) in [
        (r#"number = "a b""#, "a b"),
        (r#"number = "say \"hi\" \\ or 'ho'""#, r#"say "hi" \ or 'ho'"#),
        (r"number = 'it\'s'", "it's"),
        (r#"number = "OR (x) = * -""#, "OR (x) = * -"),
        (r#"number = """#, ""),
        ("number = 华东：一", "华东：一"),
    ] {
        assert_eq!(one(filter), ("number", Operator::Equal, text(value)), "{filter}");
    }
}

#[test]
fn comparisons_are_joined_by_and_or_by_nothing() {
    for filter in [
        "state = DRAFT AND overdue = true AND number:x",
        "  state=DRAFT overdue=true\n AND  number : \"x\" ",
    ] {
        let fields: Vec<_> = parse(filter, &FIELDS)
            .expect(filter)
            .iter()
            .map(|c| c.field)
            .collect();
        assert_eq!(fields, ["state", "overdue", "number"], "{filter}");
    }
    assert_eq!(parse(" ", &FIELDS).expect("blank"), []);
}

#[test]
fn what_is_not_in_the_subset_is_refused_where_it_stands() {
    for (filter, position, why) in [
        ("state = DRAFT OR overdue = true", 14, "`OR` is not supported"),
        ("NOT state = DRAFT", 0, "negation is not supported"),
        ("-state = DRAFT", 0, "negation is not supported"),
        ("(state = DRAFT)", 0, "parentheses"),
        ("state = DRAFT AND (overdue = true)", 18, "parentheses"),
        ("state = (DRAFT)", 8, "parentheses"),
        ("number = f(x)", 10, "parentheses and functions"),
        ("number:*", 7, "wildcards"),
        ("number = HT*", 11, "wildcards"),
        ("AND state = DRAFT", 0, "expected a field"),
        ("state = DRAFT AND", 14, "expected a field"),
        ("state = DRAFT AND AND overdue = true", 18, "expected a field"),
        ("number = 华东 AND 金额 = 1", 16, "expected a field"),
        ("state", 5, "expected one of the operators"),
        ("state DRAFT", 6, "expected one of the operators"),
        ("state =", 7, "expected a value"),
        ("state == DRAFT", 7, "expected a value"),
        ("state = AND", 8, "expected a value"),
        ("number = \"x", 11, "expected a closing quote"),
        (r#"number = "\n""#, 11, r#"expected `\"`, `\'` or `\\`"#),
        ("number = \"x\"state = DRAFT", 12, "expected a blank"),
        (
            "State = DRAFT",
            0,
            "there is no field \"State\" to filter by; these are: number, state",
        ),
        ("overdue = true size = 3", 15, "there is no field \"size\""),
        ("state > DRAFT", 6, "state takes = and !="),
        ("number < HT", 7, "number takes = != and :"),
        ("due_date:2026-11-24", 8, "due_date takes = != < <= > and >="),
        ("state = GONE", 8, "state must be one of DRAFT, ACTIVE"),
        ("total.amount = 1,5", 16, "expected a blank"),
        ("total.amount = ten", 15, "must be a decimal number"),
        ("total.amount = \"\"", 15, "must be a decimal number"),
        ("due_date = 2026-02-30", 11, "must be a date"),
        ("due_date = 2026-11-24T08:00:00", 11, "must be a date"),
        ("due_date = -009999-01-01", 11, "must be a date"),
        ("create_time = 2026-11-24", 14, "must be a time"),
        ("create_time = 0000-11-24T08:00:00Z", 14, "must be a time"),
        (
            "customer = contracts/1",
            11,
            "must be a name such as customers/{uuid}",
        ),
        ("overdue = yes", 10, "must be true or false"),
        ("number = \"a\0\"", 9, "must be a text without"),
    ] {
        let failure = parse(filter, &FIELDS).expect_err(filter);
        assert_eq!(failure.reason(), "ERROR_REASON_FILTER_INVALID");
        let told = failure.to_string();
        assert!(
            told.contains(&format!("position={position} ")),
            "{filter}: {told}"
        );
        assert!(told.contains(why), "{filter}: {told}");
    }
}

#[test]
fn a_filter_has_an_end() {
    let many = |count| vec!["overdue=true"; count].join(" AND ");
    assert_eq!(parse(&many(20), &FIELDS).expect("as many as may be").len(), 20);
    let failure = parse(&many(21), &FIELDS).expect_err("one too many");
    assert!(
        failure
            .to_string()
            .contains("position=340 filter: at position 340: a filter has at most 20 comparisons")
    );

    let long = |characters: usize| format!("number = {}", "长".repeat(characters - 9));
    assert!(parse(&long(2_000), &FIELDS).is_ok());
    assert!(parse(&long(2_001), &FIELDS).is_err());
}

proptest! {
    #[test]
    fn any_text_is_found_again_in_quotes(value in "[^\0]{0,50}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        prop_assert_eq!(one(&format!("number = \"{quoted}\"")).2, text(&value));
    }

    #[test]
    fn any_filter_is_understood_or_refused(filter in r#"((state|number|total\.amount|AND|OR|[=<>!:()*"'\\-]|x|1| )){0,30}"#) {
        let _ = parse(&filter, &FIELDS);
    }

    #[test]
    fn any_text_is_understood_or_refused(filter in ".{0,100}") {
        let _ = parse(&filter, &FIELDS);
    }
}
