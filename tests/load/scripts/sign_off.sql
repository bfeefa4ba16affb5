-- A whole sign-off: every statement that the services need for one, in their transactions. What the relay does with deliveries
-- is here one delivery at a time; the numbering of events for the feed is left out.
{desk}
\set n :n + 1
\set k (:n * 128 + :client_id) * 32
\set draft 1 + :client_id * 31 + random(0, 30)

-- contracts: SubmitContract reads the contract; customers: GetCustomer.
{contract};
SELECT customer.*, credit_account.*
FROM customers.customer LEFT JOIN customers.credit_account ON credit_account.customer = customer.id
WHERE customer.id = :customer;
BEGIN;
SELECT id FROM contracts.contract WHERE id = {draft} FOR UPDATE;
{contract};
INSERT INTO contracts.number_counter AS counter (region_code, year, last) VALUES (:region, 2026, 1)
ON CONFLICT (region_code, year) DO UPDATE SET last = counter.last + 1
RETURNING last;
UPDATE contracts.contract
SET number = to_hex(:k::bigint), state = 'IN_APPROVAL', approval = {id}, round = 1, submit_time = now(), outcome = NULL,
    outcome_comment = NULL, outcome_time = NULL, version = version + 1, update_time = now()
WHERE id = {draft};
WITH event_row AS (
    INSERT INTO contracts.event (id, resource, type, payload, actor, event_time)
    VALUES ({id}, 'contracts/' || {draft}, 'salient.contracts.v1.ContractSubmitted', :contract_event, 'employees/' || :owner, now())
), delivery_row AS (
    INSERT INTO contracts.outbox (id, destination, method, ordering_key, payload, create_time, due_time)
    VALUES ({id}, 'approval-orchestrator', 'RequestApproval', 'approvals/' || {id}, :contract_event, now(), now())
), key_row AS (
    INSERT INTO contracts.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('employees/' || :owner, {id}, :digest, :contract_answer, now())
)
SELECT 1;
COMMIT;

-- contracts' relay; approval-orchestrator: RequestApproval.
{lease contracts 0};
SELECT document FROM approval.approval WHERE id = {id};
WITH saved AS (
    INSERT INTO approval.approval
        (id, state, kind, policy_version, subject_service, subject_name, submitter, unit, version, document, create_time)
    VALUES ({id}, 'RESERVING', 'contract', 1, 'contracts', 'contracts/' || {id}, :owner, :unit, 1, :open_document, now())
), {audit 1 1}, {events 1 1}, delivery_row AS (
    INSERT INTO approval.outbox (id, destination, method, ordering_key, payload, create_time, due_time)
    VALUES ({id+1}, 'customers', 'Reserve', 'approvals/' || {id}, :approval_event, now(), now())
), key_row AS (
    INSERT INTO approval.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('services/contracts', {id}, :digest, :approval_answer, now())
)
SELECT 1;
{delivered contracts 0};

-- approval-orchestrator's relay; customers: Reserve; the review starts.
{lease approval 1};
WITH account AS (
    UPDATE customers.credit_account SET version = version + 1, reserved = reserved + 0.01, update_time = now()
    WHERE customer = :customer AND currency = 'CNY' AND NOT closed AND credit_limit - reserved - confirmed >= 0.01
    RETURNING *
), reservation AS (
    INSERT INTO customers.credit_reservation (approval, round, state, customer, subject, currency, amount, create_time, update_time)
    VALUES ({id}, 1, 'RESERVED', :customer, 'contracts/' || {id}, 'CNY', 0.01, now(), now())
), entry AS (
    INSERT INTO customers.credit_entry (customer, number, kind, currency, amount, credit_limit, reserved, confirmed, approval, round, reason,
        actor, create_time)
    SELECT customer, version, 'RESERVED', currency, 0.01, credit_limit, reserved, confirmed, {id}, 1, '', 'services/approval-orchestrator', now()
    FROM account
    RETURNING number
), event_row AS (
    INSERT INTO customers.event (id, resource, type, payload, actor, event_time)
    VALUES ({id}, 'customers/' || :customer, 'salient.customers.v1.CreditReserved', :approval_event, 'services/approval-orchestrator', now())
), key_row AS (
    INSERT INTO customers.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('services/approval-orchestrator', {id+1}, :digest, :approval_event, now())
)
SELECT number FROM entry;
SELECT document FROM approval.approval WHERE id = {id};
WITH saved AS (
    UPDATE approval.approval SET state = 'PENDING', version = 2, document = :open_document WHERE id = {id} AND version = 1
), task_row AS (
    INSERT INTO approval.task (id, approval, kind, policy_version, subject_name, step, visit, assignee, state, version, card, create_time)
    VALUES ({id+1}, {id}, 'contract', 1, 'contracts/' || {id}, 'review', 1, :supervisor, 'PENDING', 1, :card, now())
), {audit 2 4}, {events 2 3}
SELECT 1;
{delivered approval 1};

-- approval-orchestrator: ListTasks, ApproveTask of the reviewer; the approval starts.
{task supervisor};
SELECT document FROM approval.task JOIN approval.approval ON approval.id = task.approval WHERE task.id = {id+1};
WITH saved AS (
    UPDATE approval.approval SET version = 3, document = :open_document WHERE id = {id} AND version = 2
), decided AS (
    UPDATE approval.task SET state = 'APPROVED', version = 2, decision = :decision, end_time = now()
    WHERE id = {id+1} AND state = 'PENDING'
), task_row AS (
    INSERT INTO approval.task (id, approval, kind, policy_version, subject_name, step, visit, assignee, state, version, card, create_time)
    VALUES ({id+2}, {id}, 'contract', 1, 'contracts/' || {id}, 'approval', 1, :manager, 'PENDING', 1, :card, now())
), {audit 5 8}, {events 4 7}, key_row AS (
    INSERT INTO approval.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('employees/' || :supervisor, {id}, :digest, :task_answer, now())
)
SELECT 1;

-- approval-orchestrator: ListTasks, ApproveTask of the approver.
{task manager};
SELECT document FROM approval.task JOIN approval.approval ON approval.id = task.approval WHERE task.id = {id+2};
WITH saved AS (
    UPDATE approval.approval SET state = 'CONFIRMING', version = 4, document = :document WHERE id = {id} AND version = 3
), decided AS (
    UPDATE approval.task SET state = 'APPROVED', version = 2, decision = :decision, end_time = now()
    WHERE id = {id+2} AND state = 'PENDING'
), {audit 9 11}, {events 8 9}, delivery_row AS (
    INSERT INTO approval.outbox (id, destination, method, ordering_key, payload, create_time, due_time)
    VALUES ({id+2}, 'customers', 'Confirm', 'approvals/' || {id}, :approval_event, now(), now())
), key_row AS (
    INSERT INTO approval.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('employees/' || :manager, {id}, :digest, :task_answer, now())
)
SELECT 1;

-- approval-orchestrator's relay; customers: Confirm; the approval ends.
{lease approval 2};
WITH reservation AS (
    UPDATE customers.credit_reservation SET state = 'CONFIRMED', update_time = now()
    WHERE approval = {id} AND round = 1 AND state = 'RESERVED'
    RETURNING customer, amount
), account AS (
    UPDATE customers.credit_account SET version = version + 1, reserved = credit_account.reserved - reservation.amount,
        confirmed = credit_account.confirmed + reservation.amount, update_time = now()
    FROM reservation WHERE credit_account.customer = reservation.customer
    RETURNING credit_account.*, reservation.amount
), entry AS (
    INSERT INTO customers.credit_entry (customer, number, kind, currency, amount, credit_limit, reserved, confirmed, approval, round, reason,
        actor, create_time)
    SELECT customer, version, 'CONFIRMED', currency, amount, credit_limit, reserved, confirmed, {id}, 1, '', 'services/approval-orchestrator', now()
    FROM account
    RETURNING number
), event_row AS (
    INSERT INTO customers.event (id, resource, type, payload, actor, event_time)
    VALUES ({id+1}, 'customers/' || :customer, 'salient.customers.v1.CreditConfirmed', :approval_event, 'services/approval-orchestrator', now())
), key_row AS (
    INSERT INTO customers.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('services/approval-orchestrator', {id+2}, :digest, :approval_event, now())
)
SELECT number FROM entry;
SELECT document FROM approval.approval WHERE id = {id};
WITH saved AS (
    UPDATE approval.approval SET state = 'APPROVED', version = 5, document = :document, end_time = now() WHERE id = {id} AND version = 4
), {audit 12 13}, {events 10 10}, delivery_row AS (
    INSERT INTO approval.outbox (id, destination, method, ordering_key, payload, create_time, due_time)
    VALUES ({id+3}, 'contracts', 'DeliverOutcome', 'approvals/' || {id}, :approval_event, now(), now())
)
SELECT 1;
{delivered approval 2};

-- approval-orchestrator's relay; contracts: DeliverOutcome.
{lease approval 3};
BEGIN;
SELECT id FROM contracts.contract WHERE id = {draft} FOR UPDATE;
{contract};
SELECT applied FROM contracts.sign_off_outcome WHERE approval = {id} AND round = 1 AND outcome = 'APPROVED';
INSERT INTO contracts.sign_off_outcome
    (approval, round, outcome, contract, revision, digest, comment, actor, outcome_time, applied)
VALUES ({id}, 1, 'APPROVED', {draft}, 1, :digest, '', 'employees/' || :manager, now(), true);
UPDATE contracts.contract
SET state = 'APPROVED', outcome = 'APPROVED', outcome_comment = '', outcome_time = now(), version = version + 1, update_time = now()
WHERE id = {draft};
WITH event_row AS (
    INSERT INTO contracts.event (id, resource, type, payload, actor, event_time)
    VALUES ({id+1}, 'contracts/' || {draft}, 'salient.contracts.v1.ContractSignOffEnded', :contract_event, 'services/approval-orchestrator', now())
), key_row AS (
    INSERT INTO contracts.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('services/approval-orchestrator', {id+3}, :digest, '\x0801', now())
)
SELECT 1;
COMMIT;
SELECT document FROM approval.approval WHERE id = {id};
WITH saved AS (
    UPDATE approval.approval SET version = 6, document = :document WHERE id = {id} AND version = 5
), {audit 14 14}
SELECT 1;
{delivered approval 3};

-- contracts: GetContract.
{contract};
