DROP TABLE erasure_lock;
DROP TABLE retention_settings;
DROP TABLE privacy_notices;
