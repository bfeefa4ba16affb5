-- ListTasks: a page of the inbox, and one more to know whether there is a next page.
SELECT id, approval, kind, policy_version, step, visit, assignee, state, version, card, decision, create_time, end_time
FROM approval.task
WHERE assignee = :waiting AND state = 'PENDING'
ORDER BY create_time, id
LIMIT 51;
