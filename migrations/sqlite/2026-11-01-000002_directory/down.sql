DROP TABLE home_positions;
DROP TABLE people;
DROP TABLE departments;
