DROP TABLE deputyship_head;
DROP TABLE deputyship;
