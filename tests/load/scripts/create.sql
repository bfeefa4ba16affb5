-- CreateContract: the contract, its first revision, what is announced and what was answered, in one statement.
{desk}
\set n :n + 1
\set k (:n * 128 + :client_id) * 32
WITH event_row AS (
    INSERT INTO contracts.event (id, resource, type, payload, actor, event_time)
    VALUES ({id}, 'contracts/' || {id}, 'salient.contracts.v1.ContractCreated', :contract_event, 'employees/' || :owner, now())
), key_row AS (
    INSERT INTO contracts.idempotency (caller, request_id, fingerprint, response, create_time)
    VALUES ('employees/' || :owner, {id}, :digest, :contract_answer, now())
), revision_row AS (
    INSERT INTO contracts.revision (contract, number, content, digest, total, tax, author, create_time)
    VALUES ({id}, 1, :content, :digest, 10, 1.15, :owner, now())
)
INSERT INTO contracts.contract
    (id, state, owner, unit, region_code, customer, currency, total, tax, revision, version, create_time, update_time)
VALUES ({id}, 'DRAFT', :owner, :unit, :region, :customer, 'CNY', 10, 1.15, 1, 1, now(), now());
