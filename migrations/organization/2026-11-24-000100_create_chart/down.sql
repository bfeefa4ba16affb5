DROP TABLE appointment;
DROP TABLE employee;
DROP TABLE placement;
DROP TABLE org_unit;
DROP TABLE organization_head;
