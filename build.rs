//! Rebuilds when a file or language is added to `locales/`, which the macro that embeds them does not notice, and sets
//! options of the linker.

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    // Compresses the table of relocations, which takes 2 MB of the binary otherwise. Needs glibc 2.36 (Debian 12).
    if std::env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
