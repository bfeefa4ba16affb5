-- The service of before knows one task of a person in a visit, and no task that waits for others: such tasks are back in their
-- assignees' inboxes, and what was taken back is closed.
DELETE FROM task AS older USING task AS newer
WHERE older.approval = newer.approval AND older.step = newer.step AND older.visit = newer.visit AND older.assignee = newer.assignee
    AND (older.create_time, older.id) < (newer.create_time, newer.id);
UPDATE task SET state = 'PENDING' WHERE state IN ('DELEGATED', 'WAITING');
UPDATE task SET state = 'CLOSED', decision = NULL WHERE state IN ('TRANSFERRED', 'TAKEN_BACK');
DROP INDEX task_by_approval;
DROP INDEX task_live;
ALTER TABLE task ADD CONSTRAINT task_once UNIQUE (approval, step, visit, assignee);
ALTER TABLE task DROP CONSTRAINT task_decided;
ALTER TABLE task ADD CONSTRAINT task_decided CHECK ((decision IS NOT NULL) = (state IN ('APPROVED', 'REJECTED', 'RETURNED', 'CARRIED_OVER')));
ALTER TABLE task DROP CONSTRAINT task_ended;
ALTER TABLE task ADD CONSTRAINT task_ended CHECK ((end_time IS NULL) = (state = 'PENDING'));
ALTER TABLE task DROP CONSTRAINT task_state_known;
ALTER TABLE task ADD CONSTRAINT task_state_known CHECK (state IN ('PENDING', 'APPROVED', 'REJECTED', 'RETURNED', 'CLOSED', 'CARRIED_OVER'));
-- Histories stay as they are, so the constraint holds for new entries only.
ALTER TABLE audit_entry DROP CONSTRAINT audit_action_known;
ALTER TABLE audit_entry ADD CONSTRAINT audit_action_known CHECK (action IN ('SUBMITTED', 'RESUBMITTED', 'RESERVED', 'REFUSED', 'STEP_STARTED', 'STEP_SKIPPED', 'TASK_CREATED', 'TASK_APPROVED', 'TASK_REJECTED', 'TASK_RETURNED', 'TASK_CARRIED_OVER', 'TASK_CLOSED', 'STEP_ENDED', 'CONFIRMING', 'CONFIRMED', 'RELEASED', 'APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'SUPERSEDED', 'SUSPENDED', 'ATTENTION_RAISED', 'ATTENTION_CLEARED', 'RETRIED', 'OUTCOME_DELIVERED', 'ENDED_REFUSED', 'TASK_REMINDED', 'TASK_ESCALATED', 'TASK_EXPIRED')) NOT VALID;
