//! The checks of the simulation, every day and at the end.

use diesel::prelude::*;
use entente::integrations::webhooks::schedule::STANDARD_DELAYS;
use entente::kernel::db::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use entente::kernel::ids::WebhookEndpointId;
use entente::kernel::time::UtcTime;

use super::{RECEIVERS, Simulation, without};
use crate::support::*;

/// A delivery that waits for its next attempt: endpoint, number of attempts, due time, start of the last attempt, and
/// its duration in milliseconds.
type Waiting = (WebhookEndpointId, i32, UtcTime, UtcTime, i64);

impl Simulation {
    /// Checks that the next attempt after a failure follows after the delay of the schedule plus at most 20 percent,
    /// unless the receiver has requested a pause.
    pub async fn check_schedule(&self) {
        let waiting: Vec<Waiting> = self
            .app
            .state
            .db
            .read(|conn| {
                Ok(webhook_deliveries::table
                    .inner_join(webhook_attempts::table.on(webhook_attempts::delivery_id.eq(webhook_deliveries::id)))
                    .inner_join(webhook_endpoints::table)
                    .filter(webhook_attempts::number.eq(webhook_deliveries::attempts))
                    .filter(webhook_deliveries::attempts.eq(webhook_deliveries::tries))
                    .filter(webhook_deliveries::state.eq("pending"))
                    .filter(webhook_deliveries::lease_token.is_null())
                    .filter(webhook_endpoints::circuit.eq("closed"))
                    .filter(webhook_attempts::outcome.ne_all(["rate_limited", "unavailable"]))
                    .select((
                        webhook_deliveries::endpoint_id,
                        webhook_deliveries::tries,
                        webhook_deliveries::next_attempt_at,
                        webhook_attempts::started_at,
                        webhook_attempts::duration_ms,
                    ))
                    .load(conn)?)
            })
            .await
            .unwrap();
        let mut seen = self.receivers.seen.lock().unwrap();
        for (endpoint, tries, next, started, duration) in waiting {
            let waits = started.seconds_until(next) - duration as f64 / 1e3;
            let delay = STANDARD_DELAYS[usize::try_from(tries).unwrap()].as_secs_f64();
            // Deliveries that a crashed or hanging worker had leased are due when they are released or the lease ends.
            let released = waits > delay * 1.2 + 0.01;
            if waits + 0.01 < delay || (released && next > self.app.now()) {
                seen.faults
                    .push(format!("attempt {} at {endpoint} follows after {waits} s instead of {delay} s", tries + 1));
            }
        }
    }

    /// Checks the end of the simulation, when all receivers have worked for days.
    pub async fn check(&self, seed: u64) {
        let context = format!("seed {seed} on {:?}: ENTENTE_TEST_SIMULATION_SEED={seed}", self.app.engine);
        let arrived = self.receivers.all();
        let committed = self.committed.iter().cloned().collect();
        let phantoms = without(&arrived, &committed);
        assert!(phantoms.is_empty(), "{context}\nphantoms: {phantoms:?}");
        for receiver in 0..RECEIVERS {
            let lost: Vec<_> = self.committed.iter().filter(|event| !self.receivers.has(receiver, event)).collect();
            assert!(lost.is_empty(), "{context}\nreceiver {receiver} never got {} events: {lost:?}", lost.len());
        }
        for endpoint in &self.endpoints {
            let health =
                self.app.admin().get(&format!("/v1/webhook-endpoints/{endpoint}/health")).await.expect(200).body;
            assert_eq!((&health["status"], &health["waiting"]), (&json!("healthy"), &json!(0)), "{context}");
        }
        let seen = self.receivers.seen.lock().unwrap();
        assert!(seen.faults.is_empty(), "{context}\n{:#?}", seen.faults);
        // A simulation without faults proves nothing.
        assert!(
            seen.crashes > 0 && seen.hangs > 0 && seen.repeated > 0 && !seen.poison.is_empty(),
            "{context}: too few faults"
        );
    }
}
