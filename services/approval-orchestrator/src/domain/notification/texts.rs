//! What notifications say: one table, both languages.
//!
//! `{title}` is what is to be signed off, `{step}` the step's title in the language, `{reason}` why an approval needs attention. What was said, where
//! anything was, follows the sentence. Nobody is named: names are for the gateway to look up, in its recipient's view.

use super::NotificationKind as Kind;
use crate::domain::approval::AttentionReason;

/// What stands between the languages of a title: `主管审核 · Supervisor's review`.
const LANGUAGES: &str = " · ";
/// How many characters of what was said a text repeats.
pub(super) const SAID: usize = 120;

/// A heading and a sentence in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The heading.
    pub heading: &'static str,
    /// The sentence.
    pub body: String,
}

/// What the sentences are filled with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filling<'a> {
    /// What is to be signed off, in words.
    pub title: &'a str,
    /// The step's title, in one language or in both.
    pub step: &'a str,
    /// What was said; empty where nothing was.
    pub comment: &'a str,
    /// The same in Chinese, where a service said it in both languages; empty where a person said it in theirs.
    pub comment_zh: &'a str,
    /// Why an approval needs attention.
    pub reason: Option<AttentionReason>,
}

/// A heading and a sentence, in Chinese and in English.
pub(super) struct Words {
    pub(super) zh: (&'static str, &'static str),
    pub(super) en: (&'static str, &'static str),
}

/// What a notification says, in Chinese and in English.
#[must_use]
pub fn text(kind: Kind, filling: Filling<'_>) -> (Text, Text) {
    let Words { zh, en } = words(kind);
    let (reason_zh, reason_en) = filling.reason.map_or(("原因不明", "unknown reason"), reason);
    let (step_zh, step_en) = filling
        .step
        .split_once(LANGUAGES)
        .unwrap_or((filling.step, filling.step));
    let in_zh = Filling {
        step: step_zh,
        ..filling
    };
    let in_en = Filling {
        step: step_en,
        ..filling
    };
    let comment_zh = match filling.comment_zh {
        "" => filling.comment,
        comment => comment,
    };
    (
        Text {
            heading: zh.0,
            body: filled(zh.1, in_zh, reason_zh) + &said("说明：", comment_zh),
        },
        Text {
            heading: en.0,
            body: filled(en.1, in_en, reason_en) + &said(" Comment: ", filling.comment),
        },
    )
}

/// The table.
pub(super) const fn words(kind: Kind) -> Words {
    let (zh, en) = match kind {
        Kind::TaskArrived => (
            ("待审批", "“{title}”等待您处理（{step}）。"),
            ("Approval needed", "“{title}” waits for your answer ({step})."),
        ),
        Kind::TaskTransferred => (
            ("转办给您", "“{title}”已转交给您处理（{step}）。"),
            (
                "Transferred to you",
                "“{title}” was handed over to you to decide ({step}).",
            ),
        ),
        Kind::TaskDelegated => (
            ("征求意见", "“{title}”请您提出意见（{step}）。"),
            (
                "Your opinion, please",
                "Your opinion on “{title}” is asked for ({step}).",
            ),
        ),
        Kind::TaskReassigned => (
            ("改派给您", "管理员已将“{title}”改派给您处理（{step}）。"),
            (
                "Assigned to you",
                "An administrator gave “{title}” to you to decide ({step}).",
            ),
        ),
        Kind::TaskDeputed => (
            ("代理审批", "“{title}”请您代理处理（{step}）。"),
            (
                "You stand in",
                "“{title}” waits for your answer as a deputy ({step}).",
            ),
        ),
        Kind::TaskInherited => (
            ("超时升级", "“{title}”超过办理时限，请您代为处理（{step}）。"),
            (
                "Overdue, now with you",
                "“{title}” is overdue; you are asked in a colleague's place ({step}).",
            ),
        ),
        Kind::SignerAdded => (
            ("加签", "“{title}”请您加签（{step}）。"),
            (
                "Added as a signer",
                "You were added as a signer of “{title}” ({step}).",
            ),
        ),
        Kind::TaskGivenBack => (
            ("已交回", "“{title}”已交回您处理（{step}）。"),
            ("Back with you", "“{title}” is back in your inbox ({step})."),
        ),
        Kind::TaskClosed => (
            ("无需处理", "“{title}”已无需您处理（{step}）。"),
            (
                "No answer needed",
                "“{title}” needs no answer of yours any more ({step}).",
            ),
        ),
        Kind::TaskTakenAway => (
            ("已改派他人", "管理员已将“{title}”改派他人处理（{step}）。"),
            (
                "Assigned to somebody else",
                "An administrator gave “{title}” to somebody else ({step}).",
            ),
        ),
        Kind::SignerRemoved => (
            ("减签", "“{title}”已无需您加签（{step}）。"),
            (
                "Removed as a signer",
                "You are no longer a signer of “{title}” ({step}).",
            ),
        ),
        Kind::TaskReminded => (
            (
                "办理时限提醒",
                "“{title}”即将超过或已超过办理时限，请尽快处理（{step}）。",
            ),
            ("Deadline", "“{title}” is due or overdue; please answer ({step})."),
        ),
        Kind::TaskEscalated => (
            (
                "超时已升级",
                "“{title}”超过办理时限，已请他人代为处理（{step}）。",
            ),
            (
                "Overdue, escalated",
                "“{title}” is overdue; others are asked in your place ({step}).",
            ),
        ),
        Kind::TaskExpired => (
            (
                "超时自动处理",
                "“{title}”超过办理时限，已按审批制度自动处理（{step}）。",
            ),
            (
                "Deadline passed",
                "The deadline of “{title}” passed; it was decided as the policy says ({step}).",
            ),
        ),
        Kind::TaskUrged => (
            ("催办", "提交人催办：“{title}”请尽快处理。"),
            ("Please hurry", "The submitter asks you to decide “{title}” soon."),
        ),
        Kind::DeputyAsked => (
            ("代理人已接手", "“{title}”已请您的代理人处理（{step}）。"),
            (
                "Your deputy is asked",
                "Your deputy is asked about “{title}” in your place ({step}).",
            ),
        ),
        Kind::ApprovalSignedOff => (
            ("审批通过", "“{title}”已审批通过。"),
            ("Signed off", "“{title}” is signed off."),
        ),
        Kind::ApprovalRejected => (
            ("审批未通过", "“{title}”未通过审批。"),
            ("Rejected", "“{title}” was rejected."),
        ),
        Kind::ApprovalReturned => (
            ("已退回", "“{title}”已退回提交人修改。"),
            ("Returned", "“{title}” was returned to its submitter."),
        ),
        Kind::ApprovalWithdrawn => (
            ("已撤回", "“{title}”已由提交人撤回。"),
            ("Withdrawn", "“{title}” was withdrawn by its submitter."),
        ),
        Kind::ApprovalRefused => (
            ("审批终止", "“{title}”未满足前提条件，审批终止。"),
            (
                "Refused",
                "“{title}” does not meet a precondition; its sign-off has ended.",
            ),
        ),
        Kind::ApprovalSuperseded => (
            ("审批作废", "“{title}”内容已变更，本次审批作废。"),
            (
                "Superseded",
                "“{title}” has changed; this sign-off of it is void.",
            ),
        ),
        Kind::ApprovalCancelled => (
            ("审批取消", "“{title}”的审批已由管理员取消。"),
            (
                "Cancelled",
                "An administrator cancelled the sign-off of “{title}”.",
            ),
        ),
        Kind::Copied => (
            ("抄送", "“{title}”抄送给您。"),
            ("Copied to you", "You were sent a copy of “{title}”."),
        ),
        Kind::Commented => (
            ("新评论", "“{title}”有新评论。"),
            ("New comment", "There is a new comment on “{title}”."),
        ),
        Kind::AttentionRaised => (
            ("需要关注", "“{title}”无法继续：{reason}。"),
            ("Attention needed", "“{title}” cannot go on: {reason}."),
        ),
        Kind::AttentionCleared => (
            ("已恢复", "“{title}”已恢复正常，无需关注。"),
            ("All right again", "“{title}” needs no attention any more."),
        ),
    };
    Words { zh, en }
}

/// Why an approval needs attention, in Chinese and in English.
pub(super) const fn reason(reason: AttentionReason) -> (&'static str, &'static str) {
    match reason {
        AttentionReason::NoApprover => ("找不到审批人", "nobody can be asked"),
        AttentionReason::ConditionFailed => ("条件无法判断", "a condition cannot be evaluated"),
        AttentionReason::VoteUnreachable => ("票数无法达到要求", "the vote cannot be won"),
        AttentionReason::NoStep => ("没有适用的审批步骤", "no step of the policy applies"),
        AttentionReason::ParticipantStuck => {
            ("相关服务未能响应", "a service that has to agree does not answer")
        }
        AttentionReason::OutcomeStuck => ("审批结果未能送达", "the outcome cannot be delivered"),
        AttentionReason::PolicyPaused => ("审批制度已暂停", "the policy is paused"),
        AttentionReason::DeadlineUnknown => ("办理时限无法计算", "a deadline cannot be reckoned"),
        AttentionReason::NoSuperior => (
            "超过办理时限且无人可以代为处理",
            "a deadline passed, and nobody can be asked in the place of who is late",
        ),
        AttentionReason::ApproverGone => ("审批人已离职或离岗", "an approver has left or lost their post"),
    }
}

/// A sentence with its places filled: in one pass, so that what fills one place is not searched for others.
fn filled(sentence: &str, filling: Filling<'_>, reason: &str) -> String {
    let mut text = String::with_capacity(sentence.len() + filling.title.len() + filling.step.len());
    let mut rest = sentence;
    while let Some((before, from)) = rest.split_once('{') {
        text.push_str(before);
        let (place, after) = from.split_once('}').unwrap_or((from, ""));
        text.push_str(match place {
            "title" => filling.title,
            "step" => filling.step,
            "reason" => reason,
            _ => "",
        });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The beginning of what was said, on one line; nothing where nothing was.
fn said(label: &str, comment: &str) -> String {
    let line = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SAID) {
        _ if line.is_empty() => String::new(),
        Some((end, _)) => format!("{label}{}…", &line[..end]),
        None => format!("{label}{line}"),
    }
}
