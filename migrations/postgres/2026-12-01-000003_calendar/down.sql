DROP TABLE slots;
DROP TABLE closed_days;
DROP TABLE calendars;
