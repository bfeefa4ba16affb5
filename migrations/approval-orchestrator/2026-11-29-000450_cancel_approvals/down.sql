-- The service of before knows withdrawals, which end an approval just so.
UPDATE approval SET state = 'WITHDRAWN', document = jsonb_set(document, '{state}', '"WITHDRAWN"') WHERE state = 'CANCELLED';
ALTER TABLE approval DROP CONSTRAINT approval_state_known;
ALTER TABLE approval ADD CONSTRAINT approval_state_known CHECK (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED'));
