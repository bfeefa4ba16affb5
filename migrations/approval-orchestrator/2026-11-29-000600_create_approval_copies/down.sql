-- That there were copies stays in the histories.
DROP INDEX approval_open_by_submitter;
DROP INDEX task_due;
DROP TABLE approval_copy;
