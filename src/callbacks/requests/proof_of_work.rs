//! Proof of work for the public form, with the ALTCHA protocol (version 1, SHA-256): the browser searches
//! for the number behind a hash, which is cheap for one request and expensive for many.
//!
//! Rules: a challenge is signed, so that it need not be stored; it expires; it can be used once. The protocol
//! is implemented here because the libraries for it read the system clock.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::kernel::config::ProofOfWork;
use crate::kernel::environment::Environment;
use crate::kernel::time::UtcTime;

/// How long a challenge is valid, in seconds. A form is filled in within an hour.
const LIFETIME: i64 = 3_600;

/// A proof-of-work challenge in the ALTCHA format: find the number between 0 and `maxnumber` for which the SHA-256 of
/// `salt` followed by the number is `challenge`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "algorithm": "SHA-256",
    "challenge": "51678e0c62b86195301e0728b15b35c7d43ad7fa74fe71ef044eceaffee09a70",
    "maxnumber": 50_000,
    "salt": "3f9a1c5e7b2d4f60?expires=1798761600&",
    "signature": "e8f8fa8885d46f0eb4dea35e6dfa306b77b71dd73b2de9788136023f1ffd9e7c"
}))]
pub struct CallbackChallenge {
    /// Hash algorithm: always `SHA-256`.
    #[schema(max_length = 7, pattern = "^SHA-256$", example = "SHA-256")]
    pub algorithm: &'static str,
    /// The hash to find, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub challenge: String,
    /// Largest number that can be the solution.
    #[schema(format = Int32, minimum = 1, maximum = 100_000_000)]
    pub maxnumber: u32,
    /// Random text that is hashed before the number. It contains the expiry as a Unix timestamp in seconds.
    #[schema(max_length = 100, pattern = "^[0-9a-f]+[?]expires=[0-9]+&$")]
    pub salt: String,
    /// HMAC of `challenge`, in lower-case hexadecimal. Send it back unchanged.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub signature: String,
}

/// The proof of work of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// No proof of work is required.
    NotRequired,
    /// A valid solution. Whether the challenge was used before is not checked yet.
    Given {
        challenge: String,
        expires_at: UtcTime,
    },
    Invalid(ProofFault),
}

/// Why a request has no valid proof of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofFault {
    Absent,
    Wrong,
    Expired,
    /// The challenge was used before.
    Used,
}

/// The solution that the browser sends: JSON in Base64.
#[derive(Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u64,
    salt: String,
    signature: String,
}

impl ProofOfWork {
    /// Creates a challenge.
    #[must_use]
    pub fn challenge(&self, environment: &Environment) -> CallbackChallenge {
        let number = u64::from_le_bytes(environment.bytes()) % (u64::from(self.max_number) + 1);
        let expires = environment.now().plus_seconds(LIFETIME).unix_seconds();
        let salt = format!("{}?expires={expires}&", HEXLOWER.encode(&environment.bytes::<12>()));
        let challenge = hash(&salt, number);
        let signature = HEXLOWER.encode(&self.sign(&challenge));
        CallbackChallenge { algorithm: "SHA-256", challenge, maxnumber: self.max_number, salt, signature }
    }

    /// Checks a solution.
    #[must_use]
    pub fn check(&self, payload: Option<&str>, now: UtcTime) -> Proof {
        match payload.ok_or(ProofFault::Absent).and_then(|payload| self.solved(payload, now)) {
            Ok((challenge, expires_at)) => Proof::Given { challenge, expires_at },
            Err(fault) => Proof::Invalid(fault),
        }
    }

    /// Returns the challenge that `payload` solves, and when it expires.
    fn solved(&self, payload: &str, now: UtcTime) -> Result<(String, UtcTime), ProofFault> {
        let bytes = BASE64_STANDARD.decode(payload).map_err(|_| ProofFault::Wrong)?;
        let found: Solution = serde_json::from_slice(&bytes).map_err(|_| ProofFault::Wrong)?;
        let signature = unhex(&found.signature).ok_or(ProofFault::Wrong)?;
        let signed = self.keys.iter().any(|key| mac(key, &found.challenge).verify_slice(&signature).is_ok());
        if !signed || found.algorithm != "SHA-256" || hash(&found.salt, found.number) != found.challenge {
            return Err(ProofFault::Wrong);
        }
        match expiry(&found.salt) {
            None => Err(ProofFault::Wrong),
            Some(expires) if expires <= now => Err(ProofFault::Expired),
            Some(expires) => Ok((found.challenge, expires)),
        }
    }

    fn sign(&self, challenge: &str) -> Vec<u8> {
        self.keys.first().map(|key| mac(key, challenge).finalize().into_bytes().to_vec()).unwrap_or_default()
    }
}

fn mac(key: &SecretString, challenge: &str) -> Hmac<Sha256> {
    let mut padded = [0; 64];
    padded[..32].copy_from_slice(&Sha256::digest(key.expose_secret()));
    Hmac::<Sha256>::new(&padded.into()).chain_update(challenge)
}

fn hash(salt: &str, number: u64) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("{salt}{number}")))
}

fn expiry(salt: &str) -> Option<UtcTime> {
    let seconds: i64 = salt.strip_suffix('&')?.split_once("?expires=")?.1.parse().ok()?;
    seconds.checked_mul(1_000_000).map(UtcTime::from_unix_micros)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Solves a challenge as a browser does, for clients written in Rust.
#[must_use]
pub fn solve(challenge: &Value) -> Option<String> {
    let (salt, wanted) = (challenge["salt"].as_str()?, challenge["challenge"].as_str()?);
    let number = (0..=challenge["maxnumber"].as_u64()?).find(|number| hash(salt, *number) == wanted)?;
    let mut solution = challenge.clone();
    solution.as_object_mut()?.remove("maxnumber");
    solution["number"] = number.into();
    Some(BASE64_STANDARD.encode(solution.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> ProofOfWork {
        ProofOfWork { keys: vec!["a key of at least thirty-two bytes".into()], max_number: 200 }
    }

    #[test]
    fn a_solution_is_valid_until_it_expires() {
        let environment = Environment::system();
        let challenge = work().challenge(&environment);
        let solution = solve(&serde_json::to_value(&challenge).unwrap()).unwrap();
        assert_eq!(work().solved(&solution, environment.now()).unwrap().0, challenge.challenge);
        assert!(work().solved(&solution, environment.now().plus_seconds(LIFETIME + 1)).is_err());
        let another = SecretString::from("another key, as long as the first one");
        let other = ProofOfWork { keys: vec![another.clone()], ..work() };
        assert!(other.solved(&solution, environment.now()).is_err());
        let replaced = ProofOfWork { keys: [vec![another], work().keys].concat(), ..work() };
        assert!(replaced.solved(&solution, environment.now()).is_ok());
    }

    #[test]
    fn a_modified_solution_is_refused() {
        let environment = Environment::system();
        let challenge = work().challenge(&environment);
        let decoded = String::from_utf8(
            BASE64_STANDARD.decode(solve(&serde_json::to_value(&challenge).unwrap()).unwrap()).unwrap(),
        )
        .unwrap();
        for (from, to) in [("\"number\":", "\"number\":1"), ("expires=", "expires=9"), ("SHA-256", "SHA-1")] {
            let tampered = BASE64_STANDARD.encode(decoded.replace(from, to));
            assert!(work().solved(&tampered, environment.now()).is_err(), "{from}");
        }
        for invalid in ["", "{}", "e30=", "\u{1f600}"] {
            assert!(work().solved(invalid, environment.now()).is_err(), "{invalid}");
        }
    }
}
