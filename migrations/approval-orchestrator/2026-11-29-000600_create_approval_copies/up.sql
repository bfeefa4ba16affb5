-- Copies of approvals: who was sent one, by whom, and whether they have read it. Each is in its approval's history as well, and its
-- recipient in the approval's document, where whether somebody may see it is decided.
CREATE TABLE approval_copy (
    approval uuid NOT NULL,
    recipient uuid NOT NULL,
    copier uuid NOT NULL,
    comment text NOT NULL CHECK (char_length(comment) <= 2000),
    create_time timestamptz NOT NULL,
    read_time timestamptz,
    PRIMARY KEY (approval, recipient)
);
-- What was copied to somebody, the newest first.
CREATE INDEX approval_copy_received ON approval_copy (recipient, create_time DESC, approval DESC);
-- What of it is unread, the newest first; and how much, from the index alone.
CREATE INDEX approval_copy_unread ON approval_copy (recipient, create_time DESC, approval DESC) WHERE read_time IS NULL;

-- Whether somebody is late: pending tasks by deadline. Tasks without one cost nothing.
CREATE INDEX task_due ON task (assignee, due_time) WHERE state = 'PENDING' AND due_time IS NOT NULL;
-- How much somebody submitted that is open, however much they ever submitted. It knows no column that changes while that is so.
CREATE INDEX approval_open_by_submitter ON approval (submitter) WHERE end_time IS NULL;

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (read_time) ON approval_copy TO %I', service_role);
END
$$;
