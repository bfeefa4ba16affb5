event_row AS (
    INSERT INTO approval.event (id, resource, type, payload, actor, event_time)
    SELECT lpad(to_hex(:k::bigint + number), 32, '0')::uuid, 'approvals/' || {id}, 'salient.approval.v1.TaskCreated',
        :approval_event::bytea, 'employees/' || :owner, now()
    FROM generate_series({first}, {last}) AS number
)
