DROP TABLE grade_period;
DROP TABLE customer;
