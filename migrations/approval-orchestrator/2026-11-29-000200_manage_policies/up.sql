-- Whether a policy is in force. A policy without a row is active: nobody ever paused or retired it.
CREATE TABLE policy_status (
    kind text PRIMARY KEY,
    state text NOT NULL CONSTRAINT policy_state_known CHECK (state IN ('ACTIVE', 'PAUSED', 'RETIRED')),
    reason text NOT NULL CHECK (char_length(reason) <= 500),
    actor text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    update_time timestamptz NOT NULL
);

-- What is written before it is published. Unlike versions, drafts are changed and thrown away.
CREATE TABLE policy_draft (
    kind text NOT NULL,
    draft text NOT NULL,
    content jsonb NOT NULL,
    note text NOT NULL CHECK (char_length(note) <= 500),
    author text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    PRIMARY KEY (kind, draft)
);

-- A new reason to be suspended: the policy was paused when the subject was submitted.
ALTER TABLE approval DROP CONSTRAINT approval_attention_reason_check;
ALTER TABLE approval ADD CONSTRAINT approval_attention_reason_check CHECK (attention_reason IN ('NO_APPROVER', 'CONDITION_FAILED', 'VOTE_UNREACHABLE', 'NO_STEP', 'PARTICIPANT_STUCK', 'OUTCOME_STUCK', 'DEADLINE_UNKNOWN', 'NO_SUPERIOR', 'APPROVER_GONE', 'POLICY_PAUSED'));

-- Simulations: a kind's approvals of a period, the newest first. None of its columns ever changes, so updates stay cheap.
CREATE INDEX approval_by_kind ON approval (kind, create_time DESC, id DESC);

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON policy_status TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON policy_draft TO %I', service_role);
END
$$;
