//! What pictures say about steps, in the two languages of the suite.

use salient_operation::Post;

use crate::domain::{
    mode::{Mode, Threshold},
    policy::{Approver, EmptyApprover, Selector, Step},
};

/// A step's lines below its title: whose answers decide, who is asked, when.
pub(super) fn lines(step: &Step) -> Vec<String> {
    let mut lines = vec![mode(step)];
    lines.extend(step.approvers.iter().map(approver));
    if !step.checklist.is_empty() {
        lines.push(format!("核对 {0} 项 · To check: {0}", step.checklist.len()));
    }
    if step.empty_approver == EmptyApprover::Escalate {
        lines.push("空缺时由上级审批 · Superior if vacant".to_owned());
    }
    lines
}

/// When a step applies, where that is not always.
pub(super) fn condition(step: &Step) -> Option<String> {
    (!step.condition.is_empty()).then(|| format!("当 · When: {}", step.condition))
}

/// What an alternative without a condition is chosen by.
pub(super) const OTHERWISE: &str = "其他情况 · Otherwise";
/// Where the way begins.
pub(super) const SUBMITTED: &str = "提交 · Submitted";
/// Where it ends.
pub(super) const SIGNED_OFF: &str = "通过 · Signed off";
/// What stands on a way without steps.
pub(super) const NOBODY: &str = "无需审批 · Nobody is asked";

fn mode(step: &Step) -> String {
    let threshold = match step.threshold {
        Some(Threshold::Count(count)) => format!(" ≥ {count}"),
        Some(Threshold::Ratio {
            numerator,
            denominator,
        }) => format!(" ≥ {numerator}/{denominator}"),
        Some(Threshold::Weight(weight)) => format!(" ≥ {weight} (权重 · weight)"),
        None => String::new(),
    };
    let mode = match step.mode {
        Mode::All => "会签 · All",
        Mode::Any => "或签 · Any",
        Mode::InTurn => "依次 · In turn",
        Mode::Vote => "票签 · Vote",
        Mode::Check => "自动检查 · Checked by",
    };
    let service = step.checked_by().map(|service| format!(" {service}"));
    format!("{mode}{threshold}{}", service.unwrap_or_default())
}

fn approver(approver: &Approver) -> String {
    let who = match &approver.selector {
        Selector::Post(post) => self::post(*post).to_owned(),
        Selector::SubmitterSuperior(_) => "提交人上级 · Submitter's superior".to_owned(),
        Selector::PreviousChoice(_) => "上一步审批人指定 · Chosen in the step before".to_owned(),
        Selector::SuperiorLevel(level) => {
            format!("提交人第 {level} 级上级 · Submitter's superior, level {level}")
        }
        Selector::Employee(person) => format!("指定人员 · Named person {person}"),
    };
    if approver.weight == 1 {
        who
    } else {
        format!("{who} ×{}", approver.weight)
    }
}

const fn post(post: Post) -> &'static str {
    match post {
        Post::Salesperson => "销售人员 · Salesperson",
        Post::Supervisor => "销售主管 · Supervisor",
        Post::RegionalManager => "区域销售经理 · Regional manager",
        Post::Director => "销售总监 · Director",
        Post::CompanyManagement => "公司管理层 · Company management",
        Post::Finance => "财务部门 · Finance",
        Post::Analyst => "销售数据分析人员 · Analyst",
        Post::Production => "生产部门 · Production",
        Post::Logistics => "物流部门 · Logistics",
        Post::CustomerService => "客户服务 · Customer service",
        Post::Administrator => "系统管理员 · Administrator",
    }
}
