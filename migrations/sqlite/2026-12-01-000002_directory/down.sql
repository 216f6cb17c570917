DROP TABLE home_positions;
DROP TABLE departments;
DROP TABLE people;
