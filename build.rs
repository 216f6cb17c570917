//! Rebuilds when a file or language is added to `locales/`, which the macro that embeds them does not notice.

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
}
