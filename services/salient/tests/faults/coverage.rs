//! Whether the acts pass all the points that there are: there is no list of points, but one of methods.

use std::collections::BTreeSet;

use salient_access::Rules;
use salient_proto::POOL;

/// Methods that change something and are not in any act, with the reason.
const UNPLAYED: [(&str, &str); 0] = [];

/// Fails unless every method that changes something passes points in some act.
pub fn check(points: &BTreeSet<String>) {
    let commits: BTreeSet<_> = points
        .iter()
        .filter(|point| point.ends_with(" after-commit"))
        .filter_map(|point| point.split(' ').nth(1))
        .collect();
    let mut missing = Vec::new();
    for service in POOL.services() {
        let name = service.full_name();
        let Ok(rules) = Rules::from_pool(&POOL, &[name]) else {
            // Not one of the suite's own.
            continue;
        };
        for method in service.methods() {
            let method = format!("{name}.{}", method.name());
            let path = format!(
                "/{}",
                method.replacen(&format!("{name}."), &format!("{name}/"), 1)
            );
            let changes = rules.get(&path).is_some_and(|rule| rule.mutation);
            let unplayed = UNPLAYED.iter().any(|(unplayed, _)| *unplayed == method);
            if changes && commits.contains(method.as_str()) == unplayed {
                missing.push(method);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "these change something, and no act calls them (or one does and they are in UNPLAYED): {missing:#?}"
    );
}
