-- What else may happen to an approval: what assignees, submitters and administrators do besides deciding.
ALTER TABLE audit_entry DROP CONSTRAINT audit_action_known;
ALTER TABLE audit_entry ADD CONSTRAINT audit_action_known CHECK (action IN ('SUBMITTED', 'RESUBMITTED', 'RESERVED', 'REFUSED', 'STEP_STARTED', 'STEP_SKIPPED', 'TASK_CREATED', 'TASK_APPROVED', 'TASK_REJECTED', 'TASK_RETURNED', 'TASK_CARRIED_OVER', 'TASK_CLOSED', 'STEP_ENDED', 'CONFIRMING', 'CONFIRMED', 'RELEASED', 'APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'SUPERSEDED', 'SUSPENDED', 'ATTENTION_RAISED', 'ATTENTION_CLEARED', 'RETRIED', 'OUTCOME_DELIVERED', 'ENDED_REFUSED', 'TASK_REMINDED', 'TASK_ESCALATED', 'TASK_EXPIRED', 'TASK_TRANSFERRED', 'TASK_DELEGATED', 'TASK_GIVEN_BACK', 'SIGNERS_ADDED', 'SIGNER_REMOVED', 'TASK_TAKEN_BACK', 'TASK_REASSIGNED', 'CANCELLED', 'URGED', 'COPIED', 'COMMENTED', 'TASK_DEPUTED'));

-- A task may wait for others before its assignee decides it, and a decision may be taken back: then the task keeps it, and the
-- assignee has another.
ALTER TABLE task DROP CONSTRAINT task_state_known;
ALTER TABLE task ADD CONSTRAINT task_state_known CHECK (state IN ('PENDING', 'APPROVED', 'REJECTED', 'RETURNED', 'CLOSED', 'CARRIED_OVER', 'TRANSFERRED', 'DELEGATED', 'WAITING', 'TAKEN_BACK'));
ALTER TABLE task DROP CONSTRAINT task_ended;
ALTER TABLE task ADD CONSTRAINT task_ended CHECK ((end_time IS NULL) = (state IN ('PENDING', 'DELEGATED', 'WAITING')));
ALTER TABLE task DROP CONSTRAINT task_decided;
-- What is taken back is saved without the decision, which stays as it is.
ALTER TABLE task ADD CONSTRAINT task_decided CHECK (state = 'TAKEN_BACK' OR (decision IS NOT NULL) = (state IN ('APPROVED', 'REJECTED', 'RETURNED', 'CARRIED_OVER')));
-- A person has one live task in a visit at a time.
ALTER TABLE task DROP CONSTRAINT task_once;
CREATE UNIQUE INDEX task_live ON task (approval, step, visit, assignee) WHERE end_time IS NULL;
-- An approval's tasks, in the order in which people were asked.
CREATE INDEX task_by_approval ON task (approval, create_time, id);
