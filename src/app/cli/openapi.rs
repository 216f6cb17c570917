//! `entente openapi`: prints the API document.

use std::io::Write;

use clap::{Args, ValueEnum};

use crate::app::openapi::{self, Rendering};

#[derive(Debug, Args)]
pub struct Options {
    /// Version of OpenAPI
    #[arg(long, value_enum, default_value = "3.1")]
    version: Version,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Version {
    #[value(name = "3.1")]
    V3_1,
    #[value(name = "3.0")]
    V3_0,
}

/// Prints the API document as in `openapi/openapi.json` or `openapi/openapi-3.0.json`.
pub fn print(options: &Options) -> Result<(), String> {
    let rendering = match options.version {
        Version::V3_1 => Rendering::V3_1,
        Version::V3_0 => Rendering::V3_0,
    };
    let text = openapi::pretty(&openapi::rendering(rendering)?)?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
