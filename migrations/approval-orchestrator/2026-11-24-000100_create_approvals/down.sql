DROP TABLE audit_entry;
DROP TABLE task;
DROP TABLE approval;
DROP TABLE policy_version;
