-- When the clock has to be looked at next; NULL while the approval waits for no instant. Written with everything else of the
-- approval, from its document.
ALTER TABLE approval ADD COLUMN timer_time timestamptz;
-- Only what waits for somebody waits for an instant.
ALTER TABLE approval ADD CONSTRAINT approval_timer_while_pending CHECK (timer_time IS NULL OR state = 'PENDING');
-- What is due, the longest due first.
CREATE INDEX approval_timer ON approval (timer_time, id) WHERE timer_time IS NOT NULL;

-- When the deadline of the task's step passes; NULL where there is none.
ALTER TABLE task ADD COLUMN due_time timestamptz;

ALTER TABLE approval DROP CONSTRAINT approval_attention_reason_check;
ALTER TABLE approval ADD CONSTRAINT approval_attention_reason_check CHECK (attention_reason IN ('NO_APPROVER', 'CONDITION_FAILED', 'VOTE_UNREACHABLE', 'NO_STEP', 'PARTICIPANT_STUCK', 'OUTCOME_STUCK', 'DEADLINE_UNKNOWN', 'NO_SUPERIOR', 'APPROVER_GONE'));

ALTER TABLE audit_entry DROP CONSTRAINT audit_action_known;
ALTER TABLE audit_entry ADD CONSTRAINT audit_action_known CHECK (action IN ('SUBMITTED', 'RESUBMITTED', 'RESERVED', 'REFUSED', 'STEP_STARTED', 'STEP_SKIPPED', 'TASK_CREATED', 'TASK_APPROVED', 'TASK_REJECTED', 'TASK_RETURNED', 'TASK_CARRIED_OVER', 'TASK_CLOSED', 'STEP_ENDED', 'CONFIRMING', 'CONFIRMED', 'RELEASED', 'APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'SUPERSEDED', 'SUSPENDED', 'ATTENTION_RAISED', 'ATTENTION_CLEARED', 'RETRIED', 'OUTCOME_DELIVERED', 'ENDED_REFUSED', 'TASK_REMINDED', 'TASK_ESCALATED', 'TASK_EXPIRED'));
