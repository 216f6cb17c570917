//! The addresses that proxies write into `X-Forwarded-For` or `Forwarded` (RFC 7239), the last one first.
//!
//! Rule: a proxy appends its entry, so everything before it may be forged. Entries are therefore separated from the end
//! of the line: text before an entry, such as an opening quote, does not change how the entry is read.

use std::net::IpAddr;

use crate::kernel::config::ForwardedHeader;

/// Returns the addresses in the lines of the header, the last one first; `None` for an entry without an address.
pub(super) fn addresses<'a>(
    header: ForwardedHeader,
    lines: impl DoubleEndedIterator<Item = &'a str>,
) -> impl Iterator<Item = Option<IpAddr>> {
    lines
        .rev()
        .flat_map(move |line| Entries { rest: Some(line), quotes: header == ForwardedHeader::Forwarded })
        // Lists may have empty entries (RFC 9110 section 5.6.1).
        .filter(|entry| !entry.is_empty())
        .map(move |entry| match header {
            ForwardedHeader::XForwardedFor => node(entry),
            ForwardedHeader::Forwarded => node(parameter_for(entry)?),
        })
}

/// The entries of one line, the last one first.
struct Entries<'a> {
    rest: Option<&'a str>,
    /// Whether commas in quoted strings do not separate entries.
    quotes: bool,
}

impl<'a> Iterator for Entries<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let comma = if self.quotes { last_unquoted_comma(text) } else { text.rfind(',') };
        let split = comma.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
        self.rest = split.map(|(before, _)| before);
        Some(split.map_or(text, |(_, entry)| entry).trim())
    }
}

/// Returns the position of the last comma outside quoted strings, as seen from the end.
fn last_unquoted_comma(text: &str) -> Option<usize> {
    let is_escaped = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
    };
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b'"' if !is_escaped(at) => quoted = !quoted,
            b',' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Returns the value of `for` in an entry of `Forwarded`; `None` if it is absent, repeated or malformed.
fn parameter_for(entry: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let pairs = entry.split(move |character: char| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' => return !quoted,
            _ => {}
        }
        false
    });
    let mut found = None;
    for pair in pairs.map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        if name.trim_end().eq_ignore_ascii_case("for") && found.replace(unquoted(value.trim_start())?).is_some() {
            return None;
        }
    }
    found
}

/// Returns the text of a token or quoted string. No address needs characters that are escaped.
fn unquoted(value: &str) -> Option<&str> {
    let text = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => value,
    };
    (!text.contains(['"', '\\'])).then_some(text)
}

/// Returns the address of a node (RFC 7239 section 6), with or without a port; `None` for `unknown`, obfuscated names
/// and everything else. IPv6 addresses without brackets are accepted, because proxies write them into
/// `X-Forwarded-For`.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (IpAddr::V6(address.parse().ok()?), port)
        }
        None => {
            let (address, port) = text.split_once(':')?;
            (IpAddr::V4(address.parse().ok()?), Some(port))
        }
    };
    port.is_none_or(is_port).then(|| address.to_canonical())
}

/// Whether the text is a port: a number, or an obfuscated name.
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
#[path = "forwarded_tests.rs"]
mod tests;
