-- An administrator may end an approval.
ALTER TABLE approval DROP CONSTRAINT approval_state_known;
ALTER TABLE approval ADD CONSTRAINT approval_state_known CHECK (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED', 'CANCELLED'));
