-- Policies: versioned data. A version is immutable once published: the service's role may insert and read.
CREATE TABLE policy_version (
    kind text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    content jsonb NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    publisher text NOT NULL,
    publish_time timestamptz NOT NULL,
    PRIMARY KEY (kind, version)
);

-- One run of a policy for a subject. Its row is the lock: a change is saved onto the version it was decided on, and nothing of
-- an approval changes without it. `document` is the approval with its visits, tasks and participants, read and written whole, in
-- one round trip; the columns are what queries and constraints ask about, written from it by the same statement.
CREATE TABLE approval (
    id uuid PRIMARY KEY,
    state text NOT NULL CONSTRAINT approval_state_known CHECK (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED')),
    kind text NOT NULL,
    policy_version bigint NOT NULL,
    subject_service text NOT NULL,
    subject_name text NOT NULL,
    submitter uuid NOT NULL,
    unit uuid NOT NULL,
    attention_reason text CHECK (attention_reason IN ('NO_APPROVER', 'CONDITION_FAILED', 'VOTE_UNREACHABLE', 'NO_STEP', 'PARTICIPANT_STUCK', 'OUTCOME_STUCK')),
    version bigint NOT NULL CHECK (version >= 1),
    document jsonb NOT NULL,
    create_time timestamptz NOT NULL,
    end_time timestamptz,
    FOREIGN KEY (kind, policy_version) REFERENCES policy_version (kind, version),
    CONSTRAINT approval_ended CHECK ((end_time IS NULL) = (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING'))),
    CONSTRAINT approval_suspended_with_reason CHECK (state <> 'SUSPENDED' OR attention_reason IS NOT NULL)
) WITH (fillfactor = 80);
-- One open approval per subject. By its end, not by its state: a change of a column that no index knows leaves all of them alone.
CREATE UNIQUE INDEX approval_open_subject ON approval (subject_service, subject_name) WHERE end_time IS NULL;
-- Lists: everything, a unit's, a submitter's, a subject's; the newest first.
CREATE INDEX approval_by_time ON approval (create_time DESC, id DESC);
CREATE INDEX approval_by_unit ON approval (unit, create_time DESC, id DESC);
CREATE INDEX approval_by_submitter ON approval (submitter, create_time DESC, id DESC);
CREATE INDEX approval_by_subject ON approval (subject_name, create_time DESC, id DESC);
-- What an administrator has to look at.
CREATE INDEX approval_needing_attention ON approval (create_time DESC, id DESC) WHERE attention_reason IS NOT NULL;

-- One approver's part in a visit of a step, with what they decided: once, never changed after. Pending tasks are the inbox.
-- `card` keeps what the assignee was asked about, as it was then. Approvals are never deleted, so a foreign key to them would
-- cost a look-up for each row and prevent nothing.
CREATE TABLE task (
    id uuid PRIMARY KEY,
    approval uuid NOT NULL,
    kind text NOT NULL,
    policy_version bigint NOT NULL,
    subject_name text NOT NULL,
    step text NOT NULL,
    visit bigint NOT NULL CHECK (visit >= 1),
    assignee uuid NOT NULL,
    state text NOT NULL CONSTRAINT task_state_known CHECK (state IN ('PENDING', 'APPROVED', 'REJECTED', 'RETURNED', 'CLOSED', 'CARRIED_OVER')),
    version bigint NOT NULL CHECK (version >= 1),
    card jsonb NOT NULL,
    decision jsonb,
    create_time timestamptz NOT NULL,
    end_time timestamptz,
    -- A person is asked once in a visit.
    CONSTRAINT task_once UNIQUE (approval, step, visit, assignee),
    CONSTRAINT task_ended CHECK ((end_time IS NULL) = (state = 'PENDING')),
    CONSTRAINT task_decided CHECK ((decision IS NOT NULL) = (state IN ('APPROVED', 'REJECTED', 'RETURNED', 'CARRIED_OVER')))
);
-- The inbox, the oldest first.
CREATE INDEX task_inbox ON task (assignee, create_time, id) WHERE state = 'PENDING';
-- What somebody decided, the newest first.
CREATE INDEX task_decided_by ON task (assignee, end_time DESC, id DESC) WHERE state IN ('APPROVED', 'REJECTED', 'RETURNED', 'CARRIED_OVER');

-- An approval's history, hash-chained. The service's role may add and read, nothing else. Every change of an approval adds at
-- least one entry, so a change decided on a stale version cannot take its place in the sequence.
CREATE TABLE audit_entry (
    approval uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence >= 1),
    create_time timestamptz NOT NULL,
    round bigint NOT NULL,
    action text NOT NULL CONSTRAINT audit_action_known CHECK (action IN ('SUBMITTED', 'RESUBMITTED', 'RESERVED', 'REFUSED', 'STEP_STARTED', 'STEP_SKIPPED', 'TASK_CREATED', 'TASK_APPROVED', 'TASK_REJECTED', 'TASK_RETURNED', 'TASK_CARRIED_OVER', 'TASK_CLOSED', 'STEP_ENDED', 'CONFIRMING', 'CONFIRMED', 'RELEASED', 'APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'SUPERSEDED', 'SUSPENDED', 'ATTENTION_RAISED', 'ATTENTION_CLEARED', 'RETRIED', 'OUTCOME_DELIVERED', 'ENDED_REFUSED')),
    actor text NOT NULL,
    on_behalf_of text NOT NULL,
    origin text NOT NULL,
    subject_version bigint NOT NULL,
    subject_digest bytea NOT NULL CHECK (octet_length(subject_digest) = 32),
    step text NOT NULL,
    task uuid,
    -- Text, not jsonb: the hash is over its letters.
    details text NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_entry_sequence PRIMARY KEY (approval, sequence)
);

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON approval, task TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON policy_version, audit_entry TO %I', service_role);
END
$$;
