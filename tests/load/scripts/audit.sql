audit_row AS (
    INSERT INTO approval.audit_entry (approval, sequence, create_time, round, action, actor, on_behalf_of, origin,
        subject_version, subject_digest, step, task, details, previous_hash, hash)
    SELECT {id}, sequence, now(), 1, 'TASK_CREATED', 'employees/' || :owner, '', :origin,
        1, :digest::bytea, 'review', {id+1}, :details, :digest::bytea, :digest::bytea
    FROM generate_series({first}, {last}) AS sequence
)
