DROP TABLE areas;
DROP TABLE signatures;
DROP TABLE charter_versions;
DROP TABLE project_sides;
DROP TABLE projects;
