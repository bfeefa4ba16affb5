//! Whether the acts pass all the points that there are. There is no list of points, but the protos say which methods change
//! something, and the sources which methods services call.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use salient_access::Rules;
use salient_proto::POOL;

/// Methods that change something and are called in no act, and methods that a service calls in none; each with the reason.
const UNPLAYED: &[(&str, &str)] = &[("Check", "no service of the suite decides automatic steps")];

/// Fails unless every method that changes something commits in some act, and every method that a service calls is called in one.
pub fn check(points: &BTreeSet<String>) {
    let words = |end: &str, word: usize| -> BTreeSet<&str> {
        let points = points.iter().filter(|point| point.ends_with(end));
        let words = points.filter_map(|point| point.split(' ').nth(word));
        words.map(|path| path.rsplit('.').next().unwrap()).collect()
    };
    let (committed, called) = (words(" after-commit", 1), words(" after-answer", 2));
    let unplayed = |method: &str| UNPLAYED.iter().any(|(unplayed, _)| *unplayed == method);
    let missing: Vec<_> = changing()
        .into_iter()
        .filter(|method| committed.contains(method.as_str()) == unplayed(method))
        .chain(
            calling()
                .into_iter()
                .filter(|method| called.contains(method.as_str()) == unplayed(method)),
        )
        .collect();
    assert!(
        missing.is_empty(),
        "no act calls these (or one does, and they are in UNPLAYED): {missing:#?}"
    );
}

/// The methods that change something.
fn changing() -> BTreeSet<String> {
    let mut changing = BTreeSet::new();
    for service in POOL.services() {
        let name = service.full_name();
        // Others have no rules: they are not the suite's own.
        let Ok(rules) = Rules::from_pool(&POOL, &[name]) else {
            continue;
        };
        for method in service.methods() {
            let rule = rules.get(&format!("/{name}/{}", method.name()));
            if rule.is_some_and(|rule| rule.mutation) {
                changing.insert(method.name().to_owned());
            }
        }
    }
    assert!(changing.len() > 40, "{changing:?}");
    changing
}

/// The methods that services call: whatever takes an `outbound` request in their sources.
fn calling() -> BTreeSet<String> {
    let mut calling = BTreeSet::new();
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                called_in(&path, &mut calling);
            }
        }
    }
    assert!(calling.len() > 8, "{calling:?}");
    calling
}

fn called_in(source: &Path, calling: &mut BTreeSet<String>) {
    let source = fs::read_to_string(source).unwrap();
    for (at, _) in source.match_indices("(outbound(") {
        let method = source[..at].rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let method = method.into_iter().next().unwrap();
        let words = method.split('_').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        });
        calling.insert(words.collect());
    }
}
