-- The service of before knows withdrawals, which leave a contract just so.
UPDATE contract SET outcome = 'WITHDRAWN' WHERE outcome = 'CANCELLED';
ALTER TABLE contract DROP CONSTRAINT contract_outcome_check;
ALTER TABLE contract ADD CONSTRAINT contract_outcome_check CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED'));
-- What was told stays as it was told, so the constraint holds for new rows only.
ALTER TABLE sign_off_outcome DROP CONSTRAINT sign_off_outcome_outcome_check;
ALTER TABLE sign_off_outcome ADD CONSTRAINT sign_off_outcome_outcome_check CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED')) NOT VALID;
