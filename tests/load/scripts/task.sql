SELECT id, approval, kind, policy_version, step, visit, assignee, state, version, card, decision, create_time, end_time
FROM approval.task
WHERE assignee = :{assignee} AND state = 'PENDING' AND approval = {id}
ORDER BY create_time, id
LIMIT 51
