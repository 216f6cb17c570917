DROP TABLE refused_logins;
DROP TABLE api_keys;
DROP TABLE home_positions;
DROP TABLE departments;
DROP TABLE people;
