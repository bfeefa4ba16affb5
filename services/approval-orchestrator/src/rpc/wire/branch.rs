//! Branches.

use salient_proto::approval::v1 as proto;

use crate::domain::branch::{Alternative, Branch};

/// A branch.
pub fn branch(branch: &Branch) -> proto::Branch {
    let alternative = |alternative: &Alternative| proto::Alternative {
        id: alternative.id.clone(),
        title: alternative.title.clone(),
        when: alternative.when.clone(),
        default: alternative.default,
        steps: alternative.steps.clone(),
    };
    proto::Branch {
        id: branch.id.clone(),
        title: branch.title.clone(),
        alternatives: branch.alternatives.iter().map(alternative).collect(),
    }
}

/// A branch, as sent. Whether it makes sense is for the domain to check.
pub fn branch_from(branch: proto::Branch) -> Branch {
    let alternative = |alternative: proto::Alternative| Alternative {
        id: alternative.id,
        title: alternative.title,
        when: alternative.when,
        default: alternative.default,
        steps: alternative.steps,
    };
    Branch {
        id: branch.id,
        title: branch.title,
        alternatives: branch.alternatives.into_iter().map(alternative).collect(),
    }
}
