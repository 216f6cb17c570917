package com.fasterxml.jackson.datatype.jsr310;

/** Declaration for the compiler only: Debian does not package jackson-datatype-jsr310. */
public enum JavaTimeFeature {
    NORMALIZE_DESERIALIZED_ZONE_ID,
    ALWAYS_ALLOW_STRINGIFIED_DATE_TIMESTAMPS;

    public boolean enabledByDefault() {
        return false;
    }
}
