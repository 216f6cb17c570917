//! Proof of work for the public form, with version 2 of the ALTCHA protocol: the browser derives keys until one starts
//! with the prefix in the challenge, which is cheap for one request and expensive for many. To check a solution takes
//! one signature.
//!
//! Rules: a challenge is signed, so that it need not be stored; it expires; it can be used once. The expiry is in the
//! data of the challenge, because the library compares `expiresAt` with the clock of the system.

use std::collections::BTreeMap;

use altcha::{
    Challenge, CreateChallengeOptions, Payload, SolveChallengeOptions, VerifySolutionOptions, create_challenge,
    solve_challenge, verify_solution,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::kernel::config::ProofOfWork;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// How long a challenge is valid, in seconds. A form is filled in within an hour.
const LIFETIME: i64 = 3_600;
/// The function that derives the keys, which browsers have built in.
const ALGORITHM: &str = "PBKDF2/SHA-256";
/// Iterations for each key: about half a millisecond.
const COST: u32 = 2_000;
/// The name of the expiry in the data of a challenge.
const EXPIRES: &str = "expires";

/// A proof-of-work challenge in version 2 of the ALTCHA format: find the counter, from 0, for which the key that is
/// derived from `nonce` and the counter starts with `keyPrefix`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "parameters": {
        "algorithm": "PBKDF2/SHA-256",
        "cost": 2000,
        "data": {"expires": 1_798_761_600},
        "keyLength": 32,
        "keyPrefix": "51678e0c62b86195301e0728b15b35c7",
        "keySignature": "c3499c2729730a7f807efb8676a92dcb6f8a3f8f0bd0a4d7f7a6b0d2bd1f4f0e",
        "nonce": "3f9a1c5e7b2d4f603f9a1c5e7b2d4f60",
        "salt": "d43ad7fa74fe71ef044eceaffee09a70"
    },
    "signature": "e8f8fa8885d46f0eb4dea35e6dfa306b77b71dd73b2de9788136023f1ffd9e7c"
}))]
pub struct CallbackChallenge {
    /// The parameters of the challenge. Send them back unchanged.
    pub parameters: CallbackChallengeParameters,
    /// HMAC of `parameters`, in lower-case hexadecimal. Send it back unchanged.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub signature: String,
}

/// The parameters of a challenge. Send them back unchanged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallbackChallengeParameters {
    /// The function that derives a key: PBKDF2 with HMAC-SHA-256.
    #[schema(max_length = 14, pattern = "^PBKDF2/SHA-256$", example = "PBKDF2/SHA-256")]
    pub algorithm: &'static str,
    /// Number of iterations of the function.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub cost: u32,
    /// Data of the service.
    pub data: CallbackChallengeData,
    /// Length of a key, in bytes.
    #[schema(format = Int32, minimum = 32, maximum = 32)]
    pub key_length: u32,
    /// Start of the key to find, in lower-case hexadecimal.
    #[schema(min_length = 32, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub key_prefix: String,
    /// HMAC of the key to find, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub key_signature: String,
    /// Start of the password from which a key is derived, in lower-case hexadecimal; the counter as a big-endian 32-bit
    /// integer follows.
    #[schema(min_length = 32, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub nonce: String,
    /// The salt of the function, in lower-case hexadecimal.
    #[schema(min_length = 32, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub salt: String,
}

/// The data of a challenge.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CallbackChallengeData {
    /// When the challenge expires, as a Unix timestamp in seconds.
    #[schema(format = Int64, minimum = 0, maximum = 253_402_300_799i64)]
    pub expires: i64,
}

/// The proof of work of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// No proof of work is required.
    NotRequired,
    /// A valid solution. Whether the challenge was used before is not checked yet.
    Given {
        /// The signature of the challenge, which identifies it.
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

impl ProofOfWork {
    /// Creates a challenge.
    ///
    /// # Errors
    /// 500 without a key.
    pub fn challenge(&self, environment: &Environment) -> Result<CallbackChallenge, Error> {
        let counter = u32::from_le_bytes(environment.bytes()) % self.max_number.saturating_add(1);
        let expires = environment.now().plus_seconds(LIFETIME).unix_seconds();
        let key = self.keys.first().ok_or_else(|| Error::internal("the proof of work has no key"))?;
        let options = CreateChallengeOptions {
            algorithm: ALGORITHM.to_owned(),
            cost: COST,
            counter: Some(counter),
            data: Some(BTreeMap::from([(EXPIRES.to_owned(), expires.into())])),
            hmac_signature_secret: Some(key.expose_secret().to_owned()),
            hmac_key_signature_secret: Some(secret_of_keys(key)),
            ..CreateChallengeOptions::default()
        };
        let Challenge { parameters, signature } = create_challenge(options).map_err(Error::internal)?;
        Ok(CallbackChallenge {
            parameters: CallbackChallengeParameters {
                algorithm: ALGORITHM,
                cost: parameters.cost,
                data: CallbackChallengeData { expires },
                key_length: u32::try_from(parameters.key_length).map_err(Error::internal)?,
                key_prefix: parameters.key_prefix,
                key_signature: parameters.key_signature.unwrap_or_default(),
                nonce: parameters.nonce,
                salt: parameters.salt,
            },
            signature: signature.unwrap_or_default(),
        })
    }

    /// Checks a solution.
    #[must_use]
    pub fn check(&self, payload: Option<&str>, now: UtcTime) -> Proof {
        match payload.ok_or(ProofFault::Absent).and_then(|payload| self.solved(payload, now)) {
            Ok((challenge, expires_at)) => Proof::Given { challenge, expires_at },
            Err(fault) => Proof::Invalid(fault),
        }
    }

    /// Returns the signature of the challenge that `payload` solves, and when it expires.
    fn solved(&self, payload: &str, now: UtcTime) -> Result<(String, UtcTime), ProofFault> {
        let bytes = BASE64_STANDARD.decode(payload).map_err(|_| ProofFault::Wrong)?;
        let found: Payload = serde_json::from_slice(&bytes).map_err(|_| ProofFault::Wrong)?;
        if !self.keys.iter().any(|key| is_solved(&found, key)) {
            return Err(ProofFault::Wrong);
        }
        let expires = expiry(&found.challenge).ok_or(ProofFault::Wrong)?;
        if expires <= now {
            return Err(ProofFault::Expired);
        }
        Ok((found.challenge.signature.ok_or(ProofFault::Wrong)?, expires))
    }
}

/// Returns whether the challenge was signed with this key, and the solution solves it.
fn is_solved(found: &Payload, key: &SecretString) -> bool {
    let options = VerifySolutionOptions {
        hmac_key_signature_secret: Some(secret_of_keys(key)),
        ..VerifySolutionOptions::new(&found.challenge, &found.solution, key.expose_secret())
    };
    verify_solution(options).is_ok_and(|result| result.verified)
}

/// Returns the secret with which derived keys are signed; challenges are signed with the key itself.
fn secret_of_keys(key: &SecretString) -> String {
    format!("derived keys of {}", key.expose_secret())
}

fn expiry(challenge: &Challenge) -> Option<UtcTime> {
    let seconds = challenge.parameters.data.as_ref()?.get(EXPIRES)?.as_i64()?;
    seconds.checked_mul(1_000_000).map(UtcTime::from_unix_micros)
}

/// Solves a challenge as a browser does, for clients written in Rust.
#[must_use]
pub fn solve(challenge: &Value) -> Option<String> {
    let challenge: Challenge = serde_json::from_value(challenge.clone()).ok()?;
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge)).ok()??;
    let payload = serde_json::to_vec(&Payload { challenge, solution }).ok()?;
    Some(BASE64_STANDARD.encode(payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> ProofOfWork {
        ProofOfWork { keys: vec!["a key of at least thirty-two bytes".into()], max_number: 20 }
    }

    fn solution(environment: &Environment) -> (String, String) {
        let challenge = work().challenge(environment).unwrap();
        (solve(&serde_json::to_value(&challenge).unwrap()).unwrap(), challenge.signature)
    }

    #[test]
    fn a_solution_is_valid_until_it_expires() {
        let environment = Environment::system();
        let (solution, signature) = solution(&environment);
        assert!(solution.len() <= 1_000, "{} characters", solution.len());
        assert_eq!(work().solved(&solution, environment.now()).unwrap().0, signature);
        let late = environment.now().plus_seconds(LIFETIME + 1);
        assert_eq!(work().solved(&solution, late), Err(ProofFault::Expired));
        let another = SecretString::from("another key, as long as the first one");
        let other = ProofOfWork { keys: vec![another.clone()], ..work() };
        assert_eq!(other.solved(&solution, environment.now()), Err(ProofFault::Wrong));
        let replaced = ProofOfWork { keys: [vec![another], work().keys].concat(), ..work() };
        assert!(replaced.solved(&solution, environment.now()).is_ok());
    }

    #[test]
    fn a_modified_solution_is_refused() {
        let environment = Environment::system();
        let (solution, signature) = solution(&environment);
        let decoded: Value = serde_json::from_slice(&BASE64_STANDARD.decode(solution).unwrap()).unwrap();
        for (pointer, value) in [
            ("/challenge/parameters/data/expires", Value::from(9_999_999_999_i64)),
            ("/challenge/parameters/cost", 1.into()),
            ("/challenge/parameters/keyPrefix", "".into()),
            ("/challenge/parameters/keySignature", "".into()),
            ("/challenge/parameters/algorithm", "SHA-256".into()),
            ("/challenge/signature", signature.to_uppercase().into()),
            ("/challenge/signature", Value::Null),
            ("/solution/derivedKey", "00".repeat(32).into()),
        ] {
            let mut modified = decoded.clone();
            *modified.pointer_mut(pointer).unwrap() = value;
            let payload = BASE64_STANDARD.encode(modified.to_string());
            assert_eq!(work().solved(&payload, environment.now()), Err(ProofFault::Wrong), "{pointer}");
        }
        for invalid in ["", "{}", "e30=", "\u{1f600}"] {
            assert_eq!(work().solved(invalid, environment.now()), Err(ProofFault::Wrong), "{invalid}");
        }
    }

    /// A challenge that the reference implementation in JavaScript has created and solved.
    #[test]
    fn solutions_of_the_reference_implementation_are_accepted() {
        let payload = include_str!("proof_of_work_reference.txt").trim();
        let work = ProofOfWork { keys: vec!["a key of at least thirty-two bytes".into()], max_number: 20 };
        let before = UtcTime::from_unix_micros(1_798_761_599_000_000);
        assert!(work.solved(payload, before).is_ok());
        let after = UtcTime::from_unix_micros(1_798_761_600_000_000);
        assert_eq!(work.solved(payload, after), Err(ProofFault::Expired));
    }
}
