//! Runs one target of `entente::app::fuzzing` with libFuzzer: the one that `FUZZ_TARGET` names. One program for all
//! targets is linked once.

#![no_main]

use std::sync::LazyLock;

use entente::app::fuzzing::{Target, TARGETS};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let target = TARGETS.into_iter().find(|(known, _)| *known == name);
    let (_, target) = target.unwrap_or_else(|| {
        panic!("FUZZ_TARGET is {name:?}, not one of {}", TARGETS.map(|(known, _)| known).join(", "))
    });
    target
});

fuzz_target!(|bytes: &[u8]| {
    (*TARGET)(bytes);
});
