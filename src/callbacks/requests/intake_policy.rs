//! Protects the public form against abuse: rate limits per network and overall, bot detection, proof of work.
//!
//! Rules: a request with a value in the hidden field, or that was submitted too fast for a person, is quarantined,
//! which the response does not reveal; rate limits count per process; all limits are settings; none of them applies to
//! an application that submits requests of its visitors. `network_limits` limits the requests of a network.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::dto::{FormSignals, NewCallbackRequest};
use super::enums::QuarantineReason;
use super::intake_outcome::IntakeOutcome;
use super::proof_of_work::Proof;
use crate::kernel::config::{IntakeSettings, NetworkLimits, ProofOfWork};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::client_address;
use crate::kernel::time::UtcTime;

/// The result of checking a request before the database is read.
#[derive(Debug, Clone)]
pub struct Screening {
    /// The address that the request came from, which is never stored; `None` if an application submitted it.
    pub address: Option<IpAddr>,
    /// The limits of its network.
    pub limits: NetworkLimits,
    /// Why the request seems to come from a bot; `None` if it does not.
    pub suspicion: Option<QuarantineReason>,
    pub proof: Proof,
}

/// The intake policy of one process, with its rate limiters.
pub struct IntakePolicy {
    settings: IntakeSettings,
    per_address: Option<DefaultKeyedRateLimiter<String>>,
    overall: Option<DefaultDirectRateLimiter>,
}

impl IntakePolicy {
    /// Creates a policy with these settings.
    #[must_use]
    pub fn new(settings: IntakeSettings) -> Self {
        let quota = |per_minute| NonZeroU32::new(per_minute).map(Quota::per_minute);
        Self {
            per_address: quota(settings.per_address_per_minute).map(RateLimiter::keyed),
            overall: quota(settings.per_minute).map(RateLimiter::direct),
            settings,
        }
    }

    /// Counts a request from `address` against the rate limits.
    ///
    /// # Errors
    /// 429 if a rate limit is exceeded, with the time to wait.
    pub fn count(&self, address: IpAddr) -> Result<(), Error> {
        let clock = DefaultClock::default();
        let refused = |until: governor::NotUntil<_>, outcome: IntakeOutcome| {
            outcome.count();
            let wait = until.wait_time_from(clock.now()).as_secs() + 1;
            Error::from(
                Problem::new(Code::TooManyRequests).because("detail-too-many-from-network").header("Retry-After", wait),
            )
        };
        if let Some(limit) = &self.per_address {
            let checked = limit.check_key(&client_address::network(address));
            checked.map_err(|until| refused(until, IntakeOutcome::RefusedNetwork))?;
        }
        match &self.overall {
            Some(limit) => limit.check().map_err(|until| refused(until, IntakeOutcome::RefusedOverall)),
            None => Ok(()),
        }
    }

    /// Screens a request that came from `address`.
    #[must_use]
    pub fn screen(&self, new: &NewCallbackRequest, address: IpAddr, now: UtcTime) -> Screening {
        let payload = new.proof_of_work.as_deref();
        Screening {
            address: Some(address),
            limits: self.settings.network,
            suspicion: self.suspicion(new.form.as_ref()),
            proof: self.proof_of_work().map_or(Proof::NotRequired, |work| work.check(payload, now)),
        }
    }

    /// Returns the result for a request that an application submitted for a visitor of its own website. The application
    /// protects its form itself, and its address is not that of the visitor.
    #[must_use]
    pub fn trust() -> Screening {
        let limits = NetworkLimits::default();
        Screening { address: None, limits, suspicion: None, proof: Proof::NotRequired }
    }

    /// Returns the limits of a network.
    #[must_use]
    pub fn network_limits(&self) -> NetworkLimits {
        self.settings.network
    }

    /// Removes networks without recent requests from the rate limiter.
    pub fn remove_idle(&self) {
        if let Some(limit) = &self.per_address {
            limit.retain_recent();
        }
    }

    /// Returns why a form seems to be filled in by a bot; `None` if it does not.
    fn suspicion(&self, form: Option<&FormSignals>) -> Option<QuarantineReason> {
        let form = form?;
        if form.honeypot.as_deref().is_some_and(|text| !text.is_empty()) {
            return Some(QuarantineReason::Honeypot);
        }
        let too_fast = form.filled_in_ms.is_some_and(|spent| spent < self.settings.minimum_fill_ms);
        too_fast.then_some(QuarantineReason::TooFast)
    }

    /// Returns the proof of work that is required; `None` if none is.
    #[must_use]
    pub fn proof_of_work(&self) -> Option<&ProofOfWork> {
        self.settings.proof_of_work.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_people_are_not_suspicious() {
        let policy = IntakePolicy::new(IntakeSettings { minimum_fill_ms: 2_000, ..IntakeSettings::default() });
        let form =
            |honeypot: Option<&str>, filled_in_ms| FormSignals { honeypot: honeypot.map(str::to_owned), filled_in_ms };
        for (signals, expected) in [
            (None, None),
            (Some(form(None, None)), None),
            (Some(form(Some(""), Some(2_000))), None),
            (Some(form(Some(""), Some(1_999))), Some(QuarantineReason::TooFast)),
            (Some(form(Some("x"), Some(9_000))), Some(QuarantineReason::Honeypot)),
        ] {
            assert_eq!(policy.suspicion(signals.as_ref()), expected, "{signals:?}");
        }
    }

    #[test]
    fn a_limit_counts_requests_per_network() {
        let settings = IntakeSettings { per_address_per_minute: 2, per_minute: 3, ..IntakeSettings::default() };
        let policy = IntakePolicy::new(settings);
        let from = |address: &str| policy.count(address.parse().unwrap()).is_ok();
        assert_eq!([from("192.0.2.1"), from("192.0.2.1"), from("192.0.2.1")], [true, true, false]);
        assert_eq!([from("192.0.2.2"), from("192.0.2.3")], [true, false]);
    }
}
