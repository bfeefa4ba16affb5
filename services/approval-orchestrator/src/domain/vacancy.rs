//! Tasks that wait for nobody: whoever was asked has left since, or lost the post by which they were asked.

use salient_operation::Profile;
use uuid::Uuid;

use super::{
    approval::{Approval, AttentionReason, TaskState},
    eligibility,
    refusal::Refusal,
    work::{Changes, Desk, Work},
};

/// Notes that an approval waits for a person who may not decide any more. `None` where it does not, and where that is known
/// already. `profile` is the person as the organisation knows them now; `None` where it does not.
#[must_use]
pub fn note(
    approval: &mut Approval,
    desk: Desk<'_>,
    person: Uuid,
    profile: Option<&Profile>,
) -> Option<Changes> {
    if approval.attention_reason == Some(AttentionReason::ApproverGone) {
        return None;
    }
    let gone = |profile: &Profile| !profile.active;
    let left = profile.is_none_or(gone);
    let vacant = approval
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Pending && task.assignee == person)
        .any(|task| left || profile.is_some_and(|profile| lost(eligibility::check(approval, task, profile))));
    if !vacant {
        return None;
    }
    let what = if left {
        "has left"
    } else {
        "no longer holds the post by which they were asked"
    };
    let mut work = Work::unchecked(approval, desk);
    work.raise_attention(
        AttentionReason::ApproverGone,
        format!("employees/{person} {what}, and has yet to decide"),
    );
    Some(work.finish())
}

fn lost(checked: Result<(), Refusal>) -> bool {
    matches!(checked, Err(Refusal::NotEligible { .. }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use salient_operation::{HeldPost, Post};

    use super::*;
    use crate::domain::fixture::{self, TWO_STEPS, UNIT, now, rulebook};

    /// What comes of a look at the supervisor, whose task is open, as they are now.
    fn noted(person: u128, profile: Option<Profile>) -> Option<AttentionReason> {
        let (mut approval, _) = fixture::submitted();
        let rulebook = rulebook(TWO_STEPS);
        let desk = Desk {
            rulebook: &rulebook,
            ladders: None,
            working_times: None,
            deputies: None,
            now: now(),
        };
        let person = Uuid::from_u128(person);
        let changes = note(&mut approval, desk, person, profile.as_ref());
        assert_eq!(changes.is_some(), approval.attention_reason.is_some());
        assert!(
            note(&mut approval, desk, person, profile.as_ref()).is_none(),
            "known"
        );
        approval.attention_reason
    }

    fn profile(active: bool, post: Post) -> Profile {
        Profile {
            person: Uuid::from_u128(2),
            display_name: "person 2".into(),
            active,
            posts: vec![HeldPost {
                post,
                unit: UNIT,
                team_units: Arc::default(),
                region: None,
                region_code: String::new(),
                region_units: Arc::default(),
                substitute: false,
            }],
            organization_revision: 1,
        }
    }

    #[test]
    fn who_left_or_lost_the_post_is_noted_and_nobody_else() {
        let gone = Some(AttentionReason::ApproverGone);
        assert_eq!(noted(2, None), gone);
        assert_eq!(noted(2, Some(profile(false, Post::Supervisor))), gone);
        assert_eq!(noted(2, Some(profile(true, Post::Salesperson))), gone);
        assert_eq!(noted(2, Some(profile(true, Post::Supervisor))), None);
        assert_eq!(noted(3, None), None, "not asked yet");
    }
}
