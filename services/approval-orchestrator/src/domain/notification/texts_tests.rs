//! That every notification has its words in both languages.

use super::NotificationKind as Kind;
use super::texts::*;
use crate::domain::approval::AttentionReason;

const FILLING: Filling<'_> = Filling {
    title: "HT-1 {step} {reason}",
    step: "审核 · Review",
    comment: "",
    comment_zh: "",
    reason: Some(AttentionReason::NoStep),
};

#[test]
fn every_kind_speaks_both_languages_and_says_what_it_is_about() {
    let mut headings = Vec::new();
    for kind in Kind::ALL {
        let (zh, en) = text(kind, FILLING);
        assert!(!zh.heading.is_empty() && !en.heading.is_empty(), "{kind:?}");
        assert_ne!(zh.heading, en.heading, "{kind:?}");
        assert_ne!(zh.body, en.body, "{kind:?}");
        assert!(en.heading.is_ascii(), "{kind:?}");
        assert!(has_chinese(zh.heading), "{kind:?}");
        let Words {
            zh: (_, zh_body),
            en: (_, en_body),
        } = words(kind);
        assert!(has_chinese(zh_body) && !has_chinese(en_body), "{kind:?}");
        for body in [zh.body, en.body] {
            assert!(body.contains(FILLING.title), "{kind:?}: {body}");
        }
        headings.push((zh.heading, en.heading));
    }
    let (zh, en): (std::collections::HashSet<_>, std::collections::HashSet<_>) = headings.into_iter().unzip();
    assert_eq!(
        (zh.len(), en.len()),
        (Kind::ALL.len(), Kind::ALL.len()),
        "told apart"
    );
}

#[test]
fn places_are_the_same_in_both_languages_and_all_known() {
    for kind in Kind::ALL {
        let Words {
            zh: (zh_heading, zh),
            en: (en_heading, en),
        } = words(kind);
        let found = places(zh);
        assert_eq!(found, places(en), "{kind:?}");
        assert!(
            found
                .iter()
                .all(|place| ["title", "step", "reason"].contains(place)),
            "{kind:?}"
        );
        assert!(
            places(zh_heading).is_empty() && places(en_heading).is_empty(),
            "{kind:?}"
        );
        assert_eq!(found.contains(&"step"), tells_of_a_step(kind), "{kind:?}");
    }
}

#[test]
fn no_place_is_left_and_none_is_filled_twice() {
    for kind in Kind::ALL {
        let plain = Filling {
            title: "T",
            ..FILLING
        };
        let (zh, en) = text(kind, plain);
        for body in [zh.body, en.body] {
            assert!(!body.contains(['{', '}']), "{kind:?}: {body}");
        }
    }
    let (zh, _) = text(Kind::TaskArrived, FILLING);
    assert_eq!(zh.body, "“HT-1 {step} {reason}”等待您处理（审核）。");
}

#[test]
fn a_step_whose_title_is_in_both_languages_is_named_in_each() {
    let bodies = |step| {
        let filling = Filling {
            title: "T",
            step,
            ..Filling::default()
        };
        let (zh, en) = text(Kind::TaskArrived, filling);
        (zh.body, en.body)
    };
    let (zh, en) = bodies("主管审核 · Supervisor's review");
    assert_eq!(zh, "“T”等待您处理（主管审核）。");
    assert_eq!(en, "“T” waits for your answer (Supervisor's review).");
    let (zh, en) = bodies("主管审核");
    assert!(zh.contains("（主管审核）") && en.contains("(主管审核)"));
}

#[test]
fn what_was_said_follows_on_one_line_and_is_cut() {
    let rejected = |comment: &str, comment_zh: &str| {
        let (zh, en) = text(
            Kind::ApprovalRejected,
            Filling {
                title: "HT-1",
                comment,
                comment_zh,
                ..Filling::default()
            },
        );
        (zh.body, en.body)
    };
    let (zh, en) = rejected("  价格\n过低 ", "");
    assert_eq!(zh, "“HT-1”未通过审批。说明：价格 过低");
    assert_eq!(en, "“HT-1” was rejected. Comment: 价格 过低");
    let (zh, en) = rejected("The credit is used up.", "信用额度不足。");
    assert!(zh.ends_with("说明：信用额度不足。") && en.ends_with("The credit is used up."));
    assert_eq!(rejected("\n ", "").0, "“HT-1”未通过审批。");
    let (zh, _) = rejected(&"长".repeat(2_000), "");
    assert!(zh.ends_with(&format!("说明：{}…", "长".repeat(SAID))));
    assert!(rejected(&"长".repeat(SAID), "").0.ends_with("长"));
}

#[test]
fn each_reason_for_attention_is_told_in_both_languages() {
    use AttentionReason as Reason;
    let mut told = std::collections::HashSet::new();
    let reasons = [
        Reason::NoApprover,
        Reason::ConditionFailed,
        Reason::VoteUnreachable,
        Reason::NoStep,
        Reason::ParticipantStuck,
        Reason::OutcomeStuck,
        Reason::PolicyPaused,
        Reason::DeadlineUnknown,
        Reason::NoSuperior,
        Reason::ApproverGone,
    ];
    for known in reasons {
        let (zh, en) = reason(known);
        assert!(has_chinese(zh) && en.is_ascii(), "{known:?}");
        assert!(told.insert((zh, en)), "{known:?}");
        let filling = Filling {
            reason: Some(known),
            ..FILLING
        };
        let (zh_text, en_text) = text(Kind::AttentionRaised, filling);
        assert!(
            zh_text.body.contains(zh) && en_text.body.contains(en),
            "{known:?}"
        );
    }
}

fn tells_of_a_step(kind: Kind) -> bool {
    let name = format!("{kind:?}");
    kind != Kind::TaskUrged
        && ["Task", "Signer", "Deputy"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

fn places(sentence: &str) -> Vec<&str> {
    let mut found: Vec<_> = sentence
        .split('{')
        .skip(1)
        .map(|from| from.split_once('}').expect("closed").0)
        .collect();
    found.sort_unstable();
    found
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}
