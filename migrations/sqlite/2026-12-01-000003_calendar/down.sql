DROP TABLE closed_days;
DROP TABLE calendar_versions;
DROP TABLE calendars;
