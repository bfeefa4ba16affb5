DROP INDEX approval_by_kind;
-- The service of before knows no pause, but every approval that waits for one can still be retried by it.
UPDATE approval
SET attention_reason = 'CONDITION_FAILED', document = jsonb_set(document, '{attention_reason}', '"CONDITION_FAILED"')
WHERE attention_reason = 'POLICY_PAUSED';
ALTER TABLE approval DROP CONSTRAINT approval_attention_reason_check;
ALTER TABLE approval ADD CONSTRAINT approval_attention_reason_check CHECK (attention_reason IN ('NO_APPROVER', 'CONDITION_FAILED', 'VOTE_UNREACHABLE', 'NO_STEP', 'PARTICIPANT_STUCK', 'OUTCOME_STUCK', 'DEADLINE_UNKNOWN', 'NO_SUPERIOR', 'APPROVER_GONE'));
DROP TABLE policy_draft;
DROP TABLE policy_status;
