//! Findings: each item of a step's checklist needs one before the step can be approved (P6.1.2).

use super::{
    approval::{AnswerKind, Finding, FindingResult},
    policy::ChecklistItem,
    refusal::Refusal,
};

/// Checks an answer's findings against the checklist.
///
/// # Errors
/// `FindingInvalid` for a finding about no item, a second one about an item, or one without its remark; for an approval,
/// `FindingMissing` and `FindingNotAcceptable`.
pub fn check(checklist: &[ChecklistItem], findings: &[Finding], answer: AnswerKind) -> Result<(), Refusal> {
    for (position, finding) in findings.iter().enumerate() {
        let what = if !checklist.iter().any(|item| item.id == finding.item) {
            "it is not on the checklist"
        } else if findings[..position]
            .iter()
            .any(|earlier| earlier.item == finding.item)
        {
            "it has a finding already"
        } else if finding.result != FindingResult::Acceptable && finding.remark.trim().is_empty() {
            "it needs a remark"
        } else {
            continue;
        };
        return Err(Refusal::FindingInvalid {
            item: finding.item.clone(),
            position,
            what,
        });
    }
    if answer != AnswerKind::Approve {
        return Ok(());
    }
    let missing: Vec<_> = checklist
        .iter()
        .filter(|item| !findings.iter().any(|finding| finding.item == item.id))
        .map(|item| item.id.clone())
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::FindingMissing { items: missing });
    }
    let bad: Vec<_> = findings
        .iter()
        .filter(|finding| finding.result == FindingResult::NotAcceptable)
        .map(|finding| finding.item.clone())
        .collect();
    if bad.is_empty() {
        Ok(())
    } else {
        Err(Refusal::FindingNotAcceptable { items: bad })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checklist() -> Vec<ChecklistItem> {
        ["amount", "liability"]
            .map(|id| ChecklistItem {
                id: id.into(),
                title: id.into(),
            })
            .into()
    }

    fn finding(item: &str, result: FindingResult, remark: &str) -> Finding {
        Finding {
            item: item.into(),
            result,
            remark: remark.into(),
        }
    }

    #[test]
    fn an_approval_needs_every_item_in_order() {
        let good = |item| finding(item, FindingResult::Acceptable, "");
        let all = [good("amount"), good("liability")];
        assert_eq!(check(&checklist(), &all, AnswerKind::Approve), Ok(()));
        assert_eq!(
            check(&checklist(), &all[..1], AnswerKind::Approve),
            Err(Refusal::FindingMissing {
                items: vec!["liability".into()]
            })
        );
        let bad = [
            good("amount"),
            finding("liability", FindingResult::NotAcceptable, "no cap"),
        ];
        assert_eq!(
            check(&checklist(), &bad, AnswerKind::Approve),
            Err(Refusal::FindingNotAcceptable {
                items: vec!["liability".into()]
            })
        );
        assert_eq!(check(&checklist(), &bad, AnswerKind::Reject), Ok(()));
        assert_eq!(check(&checklist(), &[], AnswerKind::Return), Ok(()));
    }

    #[test]
    fn findings_have_to_make_sense() {
        let position_of = |findings: &[Finding]| match check(&checklist(), findings, AnswerKind::Reject) {
            Err(Refusal::FindingInvalid { position, .. }) => Some(position),
            _ => None,
        };
        let good = finding("amount", FindingResult::Acceptable, "");
        assert_eq!(position_of(&[good.clone(), good.clone()]), Some(1));
        assert_eq!(
            position_of(&[finding("colour", FindingResult::Acceptable, "")]),
            Some(0)
        );
        assert_eq!(
            position_of(&[finding("amount", FindingResult::AcceptableWithRemark, " ")]),
            Some(0)
        );
        assert_eq!(position_of(&[good]), None);
    }
}
