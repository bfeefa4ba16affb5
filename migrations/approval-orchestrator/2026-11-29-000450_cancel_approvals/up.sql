-- An administrator may end an approval.
ALTER TABLE approval DROP CONSTRAINT approval_state_known;
ALTER TABLE approval ADD CONSTRAINT approval_state_known CHECK (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED', 'CANCELLED'));
-- As it was, written again beside the states it has to agree with.
ALTER TABLE approval DROP CONSTRAINT approval_ended;
ALTER TABLE approval ADD CONSTRAINT approval_ended CHECK ((end_time IS NULL) = (state IN ('RESERVING', 'PENDING', 'RETURNED', 'SUSPENDED', 'CONFIRMING')));
