DROP TABLE file, sign_off_outcome, number_counter, revision, contract;
