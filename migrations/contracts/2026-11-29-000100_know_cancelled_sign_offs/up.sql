-- An administrator may end a sign-off.
ALTER TABLE contract DROP CONSTRAINT contract_outcome_check;
ALTER TABLE contract ADD CONSTRAINT contract_outcome_check CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED', 'CANCELLED'));
ALTER TABLE sign_off_outcome DROP CONSTRAINT sign_off_outcome_outcome_check;
ALTER TABLE sign_off_outcome ADD CONSTRAINT sign_off_outcome_outcome_check CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED', 'CANCELLED'));
