package com.fasterxml.jackson.datatype.jsr310;

import com.fasterxml.jackson.databind.module.SimpleModule;

/** Declaration for the compiler only: Debian does not package jackson-datatype-jsr310. */
public final class JavaTimeModule extends SimpleModule {}
