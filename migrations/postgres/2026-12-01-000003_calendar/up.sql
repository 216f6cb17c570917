-- The company calendar: opening hours, closed days and bookable slots.

-- One row, the default calendar.
CREATE TABLE calendars (
    id TEXT PRIMARY KEY,
    -- Unique and always 1, so that there cannot be a second row.
    singleton INTEGER NOT NULL CONSTRAINT calendars_singleton_key UNIQUE CHECK (singleton = 1),
    version BIGINT NOT NULL CHECK (version > 0)
);
INSERT INTO calendars (id, singleton, version) VALUES ('cal_01kdvdna00e008000000000001', 1, 1);

-- The settings of the calendar over time: each row from `starts_at` until the next one, at `ends_at`.
CREATE TABLE calendar_versions (
    starts_at TIMESTAMP PRIMARY KEY NOT NULL,
    -- Null for the last one.
    ends_at TIMESTAMP,
    calendar_id TEXT NOT NULL REFERENCES calendars (id),
    -- The version of the calendar that added these settings.
    version BIGINT NOT NULL CHECK (version > 0),
    -- The first day with these settings, in their time zone. Settings for the day on which they were made do not start
    -- before they were made, so that nothing that has been measured changes.
    valid_from DATE NOT NULL,
    zone TEXT NOT NULL CHECK (length(zone) BETWEEN 1 AND 60),
    -- Seven digits, Monday first; 1 means open.
    weekdays TEXT NOT NULL CHECK (weekdays ~ '^[01]{7}$'),
    opens TEXT NOT NULL CHECK (opens ~ '^[0-2][0-9]:[0-5][0-9]$'),
    closes TEXT NOT NULL CHECK (closes ~ '^[0-2][0-9]:[0-5][0-9]$'),
    window_minutes INTEGER NOT NULL CHECK (window_minutes BETWEEN 15 AND 240),
    window_capacity INTEGER NOT NULL CHECK (window_capacity BETWEEN 1 AND 1000),
    minimum_notice_minutes INTEGER NOT NULL CHECK (minimum_notice_minutes BETWEEN 0 AND 1440),
    horizon_business_days INTEGER NOT NULL CHECK (horizon_business_days BETWEEN 1 AND 30),
    asap_target_minutes INTEGER NOT NULL CHECK (asap_target_minutes BETWEEN 1 AND 1440),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT calendar_versions_hours CHECK (opens < closes),
    CONSTRAINT calendar_versions_interval CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX calendar_versions_last ON calendar_versions (calendar_id) WHERE ends_at IS NULL;
INSERT INTO calendar_versions (starts_at, calendar_id, version, valid_from, zone, weekdays, opens, closes,
        window_minutes, window_capacity, minimum_notice_minutes, horizon_business_days, asap_target_minutes,
        recorded_at) VALUES
    ('1970-01-01 00:00:00', 'cal_01kdvdna00e008000000000001', 1, '1970-01-01', 'Europe/Prague', '1111100', '10:00',
        '17:00', 60, 3, 15, 10, 30, '2026-01-01 00:00:00');

CREATE TABLE closed_days (
    id TEXT PRIMARY KEY,
    date DATE NOT NULL CONSTRAINT closed_days_date_key UNIQUE,
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    created_at TIMESTAMP NOT NULL
);

-- Bookings per slot. The first booking creates the row.
CREATE TABLE slots (
    slot_id TEXT PRIMARY KEY,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    -- The capacity of the calendar at the time of the last booking; more if a quarantined request was released into a
    -- full slot.
    capacity INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    CONSTRAINT slots_interval CHECK (ends_at > starts_at),
    CONSTRAINT slots_not_oversold CHECK (booked BETWEEN 0 AND capacity)
);
CREATE INDEX slots_starts_at ON slots (starts_at);
