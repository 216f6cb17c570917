DROP TABLE call_attempts;
DROP TABLE callback_requests;
DROP TABLE privacy_notices;
DROP TABLE slots;
DROP TABLE calendar_closures;
DROP TABLE calendar_settings;
