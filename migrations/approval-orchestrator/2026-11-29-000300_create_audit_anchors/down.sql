DROP TABLE audit_anchored;
DROP TABLE audit_unanchored;
