//! What is worked out about alternatives, against asking the interpreter about every combination of facts that could matter.

use proptest::{prelude::*, sample::select};

use super::{
    super::facts::{FactDeclaration, FactType, FactValue, Facts},
    Condition,
    cases::can_all_fail,
};

fn declared() -> Vec<FactDeclaration> {
    let fact = |name: &str, kind| FactDeclaration {
        name: name.into(),
        kind,
    };
    vec![
        fact("amount", FactType::Money),
        fact("grade", FactType::Text),
        fact("days", FactType::Number),
        fact("export", FactType::Flag),
    ]
}

/// Every combination that conditions with the numbers 1 to 3 can tell apart: on the bounds, between them and beyond.
fn combinations() -> Vec<Facts> {
    let mut all = Vec::new();
    for halves in 1..8 {
        for currency in ["CNY", "USD", "EUR"] {
            for grade in ["A", "B", "Z"] {
                for days in 0..5 {
                    for export in [false, true] {
                        let facts = [
                            (
                                "amount",
                                FactValue::Money {
                                    amount: rust_decimal::Decimal::new(halves * 5, 1),
                                    currency: currency.into(),
                                },
                            ),
                            ("grade", FactValue::Text { value: grade.into() }),
                            ("days", FactValue::Number { value: days }),
                            ("export", FactValue::Flag { value: export }),
                        ];
                        all.push(Facts(facts.map(|(name, value)| (name.to_owned(), value)).into()));
                    }
                }
            }
        }
    }
    all
}

fn comparison() -> impl Strategy<Value = String> {
    let operator = select(vec!["<", "<=", ">", ">="]);
    let equality = select(vec!["==", "!="]);
    prop_oneof![
        (operator.clone(), 1..4, select(vec!["CNY", "USD"])).prop_map(
            |(operator, number, currency)| format!("amount {operator} money('{number}', '{currency}')")
        ),
        (operator, 1..4).prop_map(|(operator, number)| format!("{number} {operator} days")),
        (equality.clone(), 1..4).prop_map(|(equality, number)| format!("days {equality} {number}")),
        (equality.clone(), select(vec!["A", "B"]))
            .prop_map(|(equality, grade)| format!("grade {equality} '{grade}'")),
        equality.prop_map(|equality| format!("amount.currency {equality} 'CNY'")),
        select(vec![
            "export",
            "!export",
            "export == false",
            "days in [1, 3]",
            "!(days in [2])",
            "grade in ['A', 'B']",
            "!(amount > money('2', 'CNY'))",
        ])
        .prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let joined = |operator: &'static str| move |parts: Vec<String>| parts.join(operator);
    let all = prop::collection::vec(comparison(), 1..4).prop_map(joined(" && "));
    prop::collection::vec(all, 1..3)
        .prop_map(|parts| parts.into_iter().map(|part| format!("({part})")).collect())
        .prop_map(joined(" || "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_worked_out_is_so(texts in prop::collection::vec(condition(), 2)) {
        let declared = declared();
        let conditions: Vec<_> = texts.iter().map(|text| Condition::compile(text, &declared).unwrap()).collect();
        let cases: Vec<_> = conditions.iter().map(|condition| condition.cases(&declared).unwrap()).collect();
        let answers: Vec<Vec<_>> = combinations()
            .iter()
            .map(|facts| conditions.iter().map(|condition| condition.holds(facts).ok()).collect())
            .collect();
        let any = |wanted: &[Option<bool>]| answers.iter().any(|answer| answer == wanted);
        let holds = answers.iter().any(|answer| answer[0] == Some(true));
        prop_assert_eq!(cases[0].can_hold(), holds, "{:?} can hold", &texts[0]);
        let overlap = cases[0].overlap(&cases[1]);
        prop_assert_eq!(overlap.is_some(), any(&[Some(true); 2]), "{:?} overlap: {:?}", &texts, overlap);
        prop_assert_eq!(can_all_fail(&cases), Some(any(&[Some(false); 2])), "{:?} leave something over", &texts);
    }
}
