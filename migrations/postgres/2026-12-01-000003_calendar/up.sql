-- Calendars: opening hours, public holidays and closed days.

CREATE TABLE calendars (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- The company calendar, by which projects measure business time. There is one, from the start.
    company BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX calendars_company ON calendars (company) WHERE company;
INSERT INTO calendars (id, name, company, version, created_at) VALUES
    ('cal_01kdvdna00e008000000000001', 'Company', TRUE, 1, '2026-01-01 00:00:00');

-- The settings of each calendar over time: each row from `starts_at` until the next one, at `ends_at`.
CREATE TABLE calendar_versions (
    calendar_id TEXT NOT NULL REFERENCES calendars (id),
    starts_at TIMESTAMP NOT NULL,
    -- Null for the last one.
    ends_at TIMESTAMP,
    -- The version of the calendar that added these settings.
    version BIGINT NOT NULL CHECK (version > 0),
    -- The first day with these settings, in their time zone. Settings for the day on which they were made do not start
    -- before they were made, so that nothing that has been measured changes.
    valid_from DATE NOT NULL,
    zone TEXT NOT NULL CHECK (length(zone) BETWEEN 1 AND 60),
    -- Weekly periods such as `1 10:00-12:00,1 13:00-17:00`; Monday is 1.
    opening_hours TEXT NOT NULL CHECK (length(opening_hours) BETWEEN 13 AND 1000),
    -- Periods of single dates such as `2027-12-24 09:00-12:00`.
    special_hours TEXT NOT NULL CHECK (length(special_hours) <= 23000),
    -- A country or state such as `CZ` or `DE-BY`, or `none`.
    public_holidays TEXT NOT NULL CHECK (length(public_holidays) BETWEEN 2 AND 6),
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (calendar_id, starts_at),
    CONSTRAINT calendar_versions_interval CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX calendar_versions_last ON calendar_versions (calendar_id) WHERE ends_at IS NULL;
INSERT INTO calendar_versions (calendar_id, starts_at, version, valid_from, zone, opening_hours, special_hours,
        public_holidays, recorded_at) VALUES
    ('cal_01kdvdna00e008000000000001', '1970-01-01 00:00:00', 1, '1970-01-01', 'Europe/Prague',
        '1 10:00-17:00,2 10:00-17:00,3 10:00-17:00,4 10:00-17:00,5 10:00-17:00', '', 'CZ', '2026-01-01 00:00:00');

CREATE TABLE closed_days (
    id TEXT PRIMARY KEY,
    calendar_id TEXT NOT NULL REFERENCES calendars (id),
    date DATE NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT closed_days_date_key UNIQUE (calendar_id, date)
);
