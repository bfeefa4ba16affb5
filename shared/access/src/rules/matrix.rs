use std::{fmt::Write as _, sync::Arc};

use super::MethodRule;

/// Each method, sorted by path, with how it is treated and below it who may call it and how far they reach.
pub(super) fn render<'a>(rules: impl Iterator<Item = &'a Arc<MethodRule>>) -> String {
    let mut rules: Vec<_> = rules.collect();
    rules.sort_unstable_by_key(|rule| rule.method);
    let mut text = String::new();
    for rule in rules {
        let treatment = match (rule.mutation, rule.audited) {
            (true, true) => " (changes state, audited)",
            (true, false) => " (changes state)",
            (false, true) => " (audited)",
            (false, false) => "",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}{treatment}", rule.method);
        for grant in &rule.grants {
            let _ = writeln!(text, "  {:<32}{}", grant.post.name(), grant.scope);
        }
        if rule.any_employee {
            let _ = writeln!(text, "  {:<32}own", "any employee");
        }
        for service in &rule.services {
            let _ = writeln!(text, "  {:<32}as itself", format!("services/{service}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use salient_operation::Post;

    use super::{MethodRule, render};
    use crate::rules::{Grant, Scope};

    #[test]
    fn the_matrix_reads_method_by_method() {
        let submit = MethodRule {
            method: "/b.B/Submit",
            grants: vec![
                Grant {
                    post: Post::Salesperson,
                    scope: Scope::Own,
                },
                Grant {
                    post: Post::RegionalManager,
                    scope: Scope::Region,
                },
            ],
            any_employee: false,
            services: vec!["approval-orchestrator".into()],
            mutation: true,
            audited: true,
        };
        let get = MethodRule {
            method: "/a.A/Get",
            grants: Vec::new(),
            any_employee: true,
            services: Vec::new(),
            mutation: false,
            audited: false,
        };
        let expected = "\
/a.A/Get
  any employee                    own
/b.B/Submit (changes state, audited)
  POST_SALESPERSON                own
  POST_REGIONAL_MANAGER           region
  services/approval-orchestrator  as itself
";
        assert_eq!(render([Arc::new(submit), Arc::new(get)].iter()), expected);
    }
}
