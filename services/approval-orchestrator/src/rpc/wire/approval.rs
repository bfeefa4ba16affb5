//! Approvals, their visits and participants.

use salient_proto::{access::v1::Post, approval::v1 as proto};
use salient_values::{etag, name, timestamp};

use super::{
    policy::{mode, version_name},
    subject::{facts, money, subject},
    task::{count, task},
};
use crate::{
    domain::{
        approval::{
            Approval, AttentionReason, Participation, ParticipationState, Position, ResolvedApprover, Visit,
            VisitState,
        },
        rulebook::Rulebook,
        state::State,
    },
    store::{CopyRow, TaskRow},
};

/// An approval without its visits and participants.
pub fn approval(approval: &Approval) -> proto::Approval {
    proto::Approval {
        name: name::format("approvals", approval.id),
        state: state(approval.state).into(),
        round: count(approval.round),
        subject: Some(subject(&approval.subject)),
        title: approval.title.clone(),
        submitter: name::format("employees", approval.submitter),
        unit: name::format("orgUnits", approval.unit),
        facts: facts(&approval.facts),
        comment: approval.comment.clone(),
        policy_version: version_name(&approval.policy_key()),
        visits: Vec::new(),
        participants: Vec::new(),
        attention: attention(approval),
        outcome_comment: approval.outcome_comment.clone(),
        create_time: Some(timestamp::to_proto(approval.create_time)),
        update_time: Some(timestamp::to_proto(approval.update_time)),
        end_time: approval.end_time.map(timestamp::to_proto),
        etag: etag::of(approval.version),
        account: approval.account.clone(),
        received_copy: None,
        copy_recipients: Vec::new(),
    }
}

/// An approval in the box of somebody whom it was copied to.
pub fn copied_approval(copy: &CopyRow, of: &Approval) -> proto::Approval {
    proto::Approval {
        received_copy: Some(received_copy(copy)),
        ..approval(of)
    }
}

/// A copy, as its recipient has it.
pub fn received_copy(copy: &CopyRow) -> proto::ReceivedCopy {
    proto::ReceivedCopy {
        approval: name::format("approvals", copy.approval),
        copier: name::format("employees", copy.copier),
        comment: copy.comment.clone(),
        create_time: Some(timestamp::to_proto(copy.create_time)),
        read_time: copy.read_time.map(timestamp::to_proto),
    }
}

/// An approval with everything that belongs to it.
pub fn whole_approval(whole: &Approval, tasks: &[TaskRow], rulebook: &Rulebook) -> proto::Approval {
    proto::Approval {
        visits: whole.visits.iter().map(|of| visit(of, tasks, rulebook)).collect(),
        participants: whole.participations.iter().map(participation).collect(),
        copy_recipients: whole
            .correspondence
            .recipients
            .iter()
            .map(|recipient| name::format("employees", *recipient))
            .collect(),
        ..approval(whole)
    }
}

const fn state(state: State) -> proto::approval::State {
    use proto::approval::State as Wire;
    match state {
        State::Reserving => Wire::Reserving,
        State::Pending => Wire::Pending,
        State::Returned => Wire::Returned,
        State::Suspended => Wire::Suspended,
        State::Confirming => Wire::Confirming,
        State::Approved => Wire::Approved,
        State::Rejected => Wire::Rejected,
        State::Withdrawn => Wire::Withdrawn,
        State::Refused => Wire::Refused,
        State::Superseded => Wire::Superseded,
        State::Cancelled => Wire::Cancelled,
    }
}

fn attention(approval: &Approval) -> Option<proto::Attention> {
    Some(proto::Attention {
        reason: attention_reason(approval.attention_reason?).into(),
        detail: approval.attention_detail.clone().unwrap_or_default(),
        since_time: approval.attention_time.map(timestamp::to_proto),
    })
}

/// Why an approval needs attention.
pub const fn attention_reason(reason: AttentionReason) -> proto::attention::Reason {
    use proto::attention::Reason;
    match reason {
        AttentionReason::NoApprover => Reason::NoApprover,
        AttentionReason::ConditionFailed => Reason::ConditionFailed,
        AttentionReason::VoteUnreachable => Reason::VoteUnreachable,
        AttentionReason::NoStep => Reason::NoStep,
        AttentionReason::ParticipantStuck => Reason::ParticipantStuck,
        AttentionReason::OutcomeStuck => Reason::OutcomeStuck,
        AttentionReason::PolicyPaused => Reason::PolicyPaused,
        AttentionReason::DeadlineUnknown => Reason::DeadlineUnknown,
        AttentionReason::NoSuperior => Reason::NoSuperior,
        AttentionReason::ApproverGone => Reason::ApproverGone,
    }
}

fn visit(visit: &Visit, tasks: &[TaskRow], rulebook: &Rulebook) -> proto::Visit {
    let step = rulebook.policy.steps.iter().find(|step| step.id == visit.step);
    let mode = step.map_or(proto::StepMode::Unspecified, |step| mode(step.mode));
    let of_visit = |row: &&TaskRow| row.step == visit.step && row.visit == visit.number;
    proto::Visit {
        step: visit.step.clone(),
        title: step.map(|step| step.title.clone()).unwrap_or_default(),
        visit: count(visit.number),
        round: count(visit.round),
        state: visit_state(visit.state).into(),
        mode: mode.into(),
        approvers: visit.approvers.iter().map(approver).collect(),
        trace: visit.trace.clone(),
        tasks: tasks
            .iter()
            .filter(of_visit)
            .map(|row| task(row, rulebook))
            .collect(),
        start_time: Some(timestamp::to_proto(visit.start_time)),
        end_time: visit.end_time.map(timestamp::to_proto),
        due_time: visit
            .deadline
            .as_ref()
            .map(|deadline| timestamp::to_proto(deadline.due_time)),
        calendar_version: visit
            .deadline
            .as_ref()
            .map(|deadline| deadline.calendar_version.clone())
            .unwrap_or_default(),
    }
}

/// How a visit stands.
pub const fn visit_state(state: VisitState) -> proto::visit::State {
    use proto::visit::State;
    match state {
        VisitState::Open => State::Open,
        VisitState::Agreed => State::Agreed,
        VisitState::Rejected => State::Rejected,
        VisitState::Returned => State::Returned,
        VisitState::Skipped => State::Skipped,
        VisitState::Closed => State::Closed,
        VisitState::TakenBack => State::TakenBack,
    }
}

fn approver(approver: &ResolvedApprover) -> proto::ResolvedApprover {
    let seat = approver.seat;
    proto::ResolvedApprover {
        employee: name::format("employees", approver.employee),
        display_name: approver.display_name.clone(),
        post: seat.map_or_else(|| Post::Unspecified.into(), |seat| seat.post.into()),
        unit: seat
            .map(|seat| name::format("orgUnits", seat.unit))
            .unwrap_or_default(),
        substitute: approver.substitute,
        weight: approver.weight,
        stands_for: approver
            .stands_for
            .iter()
            .map(|person| name::format("employees", *person))
            .collect(),
        added_by: approver
            .added
            .as_ref()
            .map(|added| name::format("employees", added.by))
            .unwrap_or_default(),
        position: approver
            .added
            .as_ref()
            .map_or(proto::SignerPosition::Unspecified, |added| {
                position(added.position)
            })
            .into(),
    }
}

const fn position(position: Position) -> proto::SignerPosition {
    match position {
        Position::Before => proto::SignerPosition::Before,
        Position::After => proto::SignerPosition::After,
        Position::Beside => proto::SignerPosition::Beside,
    }
}

fn participation(part: &Participation) -> proto::Participation {
    use proto::participation::State;
    let state = match part.state {
        ParticipationState::Reserving => State::Reserving,
        ParticipationState::Reserved => State::Reserved,
        ParticipationState::Refused => State::Refused,
        ParticipationState::Confirming => State::Confirming,
        ParticipationState::Confirmed => State::Confirmed,
        ParticipationState::Releasing => State::Releasing,
        ParticipationState::Released => State::Released,
    };
    let amount = part.amount.as_deref().and_then(|amount| amount.parse().ok());
    proto::Participation {
        service: part.service.clone(),
        round: count(part.round),
        state: state.into(),
        reservation: part.reservation.clone(),
        amount: amount
            .zip(part.currency.as_deref())
            .and_then(|(amount, currency)| money(amount, currency)),
        refusal_reason: part.refusal_reason.clone(),
        refusal_message: part.refusal_message.clone(),
        refusal_message_zh: part.refusal_message_zh.clone(),
    }
}
