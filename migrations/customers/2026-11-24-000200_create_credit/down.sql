DROP TABLE credit_reservation;
DROP TABLE credit_entry;
DROP TABLE credit_account;
