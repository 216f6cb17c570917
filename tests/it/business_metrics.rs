//! Metrics about callback requests, projects, approvals, events and webhooks: the gauges that the worker computes, and
//! the counters.
//!
//! The recorder of `/metrics` is shared by all tests, so its counters are compared before and after. What runs on the
//! thread of a test is measured with a recorder of its own, and exactly.

use std::collections::BTreeMap;
use std::time::Duration;

use entente::app::{gauges, scheduler};
use entente::callbacks::requests::gauges::AT_RISK;
use entente::kernel::config::IntakeSettings;
use entente::kernel::error::{Code, Error};
use entente::kernel::time::UtcTime;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::support::desk::*;
use super::support::pair::{Pair, respond, text};
use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{create_department, create_endpoint, drain};

/// The values of metrics, by name and labels.
struct Samples(BTreeMap<String, f64>);

impl Samples {
    fn of(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pairs = samples.map(|line| line.rsplit_once(' ').unwrap());
        Self(pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect())
    }

    fn recorded(recorder: &PrometheusRecorder) -> Self {
        Self::of(&recorder.handle().render())
    }

    /// Returns the value of `entente_<name>`; 0 if there is none.
    fn get(&self, name: &str) -> f64 {
        self.0.get(&format!("entente_{name}")).copied().unwrap_or_default()
    }

    /// Returns the number of open requests in all states.
    fn open(&self) -> f64 {
        self.0.iter().filter(|(name, _)| name.starts_with("entente_callback_requests{")).map(|(_, value)| value).sum()
    }
}

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new().build_recorder()
}

/// Returns the gauges of the service.
async fn measure(app: &TestApp) -> Samples {
    let measured = gauges::read(&app.state.db, app.now()).await.unwrap();
    let recorder = recorder();
    metrics::with_local_recorder(&recorder, || measured.set());
    Samples::recorded(&recorder)
}

/// Returns the metrics of the process.
async fn of_process(app: &TestApp) -> Samples {
    Samples::of(&app.anonymous().get("/metrics").await.expect(200).text)
}

fn promised(receipt: &Reply, field: &str) -> UtcTime {
    receipt.body[field].as_str().unwrap().parse().unwrap()
}

#[apply(both)]
async fn a_promise_is_at_risk_15_minutes_before_it_ends_without_an_agent(app: TestApp) {
    assert_eq!(measure(&app).await.open(), 0.0);
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let by = promised(&receipt, "promised_by");
    let waiting = measure(&app).await;
    assert_eq!(waiting.get("callback_requests{state=\"queued_asap\"}"), 1.0);
    assert_eq!((waiting.open(), waiting.get("callback_requests_due")), (1.0, 1.0));
    assert_eq!(waiting.get("callback_promises_at_risk"), 0.0);

    app.clock.set(by.minus(AT_RISK).plus_seconds(-1));
    assert_eq!(measure(&app).await.get("callback_promises_at_risk"), 0.0);
    app.clock.set(by.minus(AT_RISK));
    assert_eq!(measure(&app).await.get("callback_promises_at_risk"), 1.0);

    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    let assigned = measure(&app).await;
    assert_eq!(assigned.get("callback_requests{state=\"assigned\"}"), 1.0);
    assert_eq!((assigned.open(), assigned.get("callback_requests_due")), (1.0, 0.0));
    assert_eq!(assigned.get("callback_promises_at_risk"), 0.0);
    worker.act(&format!("{PATH}/{}/unassign", receipt.id())).await.expect(200);
    assert_eq!(measure(&app).await.get("callback_promises_at_risk"), 1.0);

    // A closed request is in no gauge.
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    call(&worker, &receipt, "reached").await;
    let closed = measure(&app).await;
    assert_eq!((closed.open(), closed.get("callback_requests_due")), (0.0, 0.0));
    assert_eq!(closed.get("callback_promises_at_risk"), 0.0);
}

#[apply(both)]
async fn a_window_is_due_when_it_begins_and_at_risk_before_it_ends(app: TestApp) {
    let receipt = create_request(&app, 1, window("11:00-12:00")).await.expect(201);
    let (from, by) = (promised(&receipt, "promised_from"), promised(&receipt, "promised_by"));
    let gauges = measure(&app).await;
    assert_eq!(gauges.get("callback_requests{state=\"scheduled\"}"), 1.0);
    assert_eq!((gauges.get("callback_requests_due"), gauges.get("callback_promises_at_risk")), (0.0, 0.0));
    app.clock.set(from);
    let gauges = measure(&app).await;
    assert_eq!((gauges.get("callback_requests_due"), gauges.get("callback_promises_at_risk")), (1.0, 0.0));
    app.clock.set(by.minus(AT_RISK));
    let gauges = measure(&app).await;
    assert_eq!((gauges.get("callback_requests_due"), gauges.get("callback_promises_at_risk")), (1.0, 1.0));
    // After a call the promise is decided, and the retry is not at risk.
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    call(&worker, &receipt, "busy").await;
    app.clock.advance(Duration::from_secs(86_400));
    let gauges = measure(&app).await;
    assert_eq!(gauges.get("callback_requests{state=\"retry_scheduled\"}"), 1.0);
    assert_eq!((gauges.get("callback_requests_due"), gauges.get("callback_promises_at_risk")), (1.0, 0.0));
}

#[apply(both)]
async fn parallel_schedulers_count_a_broken_promise_once(app: TestApp) {
    let mut by = app.now();
    for number in 0..3 {
        by = by.max(promised(&create_request(&app, number, asap()).await.expect(201), "promised_by"));
    }
    app.clock.set(by);
    let recorder = recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    for _ in 0..2 {
        let rounds = (0..30).map(|_| scheduler::run_once(&app.state.db, &app.state.environment));
        for round in futures_util::future::join_all(rounds).await {
            round.unwrap();
        }
        assert_eq!(Samples::recorded(&recorder).get("callback_promises_total{outcome=\"broken\"}"), 3.0);
    }
    let gauges = measure(&app).await;
    assert_eq!(gauges.get("callback_requests{state=\"missed\"}"), 3.0);
    assert_eq!((gauges.get("callback_requests_due"), gauges.get("callback_promises_at_risk")), (3.0, 0.0));
}

#[apply(both)]
async fn a_transaction_that_is_rolled_back_counts_nothing(app: TestApp) {
    let recorder = recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let (db, environment) = (&app.state.db, &app.state.environment);
    let failed: Result<(), Error> = scheduler::write(db, environment, |tx| {
        tx.count("entente_callback_promises_total", "outcome", "kept");
        Err(Error::from(Code::Conflict))
    })
    .await;
    assert!(failed.is_err());
    assert_eq!(Samples::recorded(&recorder).get("callback_promises_total{outcome=\"kept\"}"), 0.0);
    let done = scheduler::write(db, environment, |tx| {
        tx.count("entente_callback_promises_total", "outcome", "kept");
        Ok(())
    })
    .await;
    done.unwrap();
    assert_eq!(Samples::recorded(&recorder).get("callback_promises_total{outcome=\"kept\"}"), 1.0);
}

#[apply(both)]
async fn intake_is_counted_by_outcome(app: TestApp) {
    let before = of_process(&app).await;
    create_request(&app, 1, asap()).await.expect(201);
    let mut suspicious = request_body(2, asap());
    suspicious["form"] = json!({"honeypot": "filled in", "filled_in_ms": 9_000});
    app.anonymous().post(PATH, suspicious).await.expect(201);
    for _ in 0..2 {
        create_request(&app, 3, asap()).await.expect(201);
    }
    create_request(&app, 3, asap()).await.refused(429, "too_many_for_number");
    set_capacity(&app, 1).await;
    create_request(&app, 4, window("14:00-15:00")).await.expect(201);
    create_request(&app, 5, window("14:00-15:00")).await.refused(409, "slot_full");
    let mut invalid = request_body(6, asap());
    invalid["phone"] = json!("+420 112");
    app.anonymous().post(PATH, invalid).await.expect(422);

    let network = app.with_intake(IntakeSettings { per_address_per_minute: 1, ..IntakeSettings::default() });
    create_request(&network, 1, asap()).await.expect(201);
    create_request(&network, 2, asap()).await.refused(429, "too_many_requests");
    let overall = network.with_intake(IntakeSettings { per_minute: 1, ..IntakeSettings::default() });
    create_request(&overall, 1, asap()).await.expect(201);
    create_request(&overall, 2, asap()).await.refused(429, "too_many_requests");

    let after = of_process(&overall).await;
    for (outcome, least) in [
        ("accepted", 6.0),
        ("quarantined", 1.0),
        ("refused_network", 1.0),
        ("refused_overall", 1.0),
        ("refused_number", 1.0),
        ("refused_slot", 1.0),
        ("refused_invalid", 1.0),
    ] {
        let name = format!("callback_intake_total{{outcome=\"{outcome}\"}}");
        assert!(after.get(&name) - before.get(&name) >= least, "{outcome}");
    }
}

#[apply(both)]
async fn kept_and_broken_promises_are_counted(app: TestApp) {
    let before = of_process(&app).await;
    let worker = agent(&app, "a").await;
    let kept = create_request(&app, 1, asap()).await.expect(201);
    worker.act(&format!("{PATH}/{}/assign", kept.id())).await.expect(200);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    call(&worker, &kept, "reached").await;
    let broken = create_request(&app, 2, asap()).await.expect(201);
    worker.post(&format!("{PATH}/{}/cancel", broken.id()), json!({"reason": "other"})).await.expect(200);
    let after = of_process(&app).await;
    for outcome in ["kept", "broken"] {
        let name = format!("callback_promises_total{{outcome=\"{outcome}\"}}");
        assert!(after.get(&name) - before.get(&name) >= 1.0, "{outcome}");
    }
}

#[apply(both)]
async fn gauges_count_projects_and_open_approvals(app: TestApp) {
    let pair = Pair::running(&app).await;
    let running = measure(&app).await;
    assert_eq!((running.get("projects{state=\"active\"}"), running.get("approvals_open")), (1.0, 0.0));
    app.person("cio").post(&pair.at("hold"), json!({"reason": "Wait."})).await.expect(200);
    let approval = app.person("cmo").post(&pair.at("resume"), json!({})).await.expect(201).body;
    app.clock.advance(Duration::from_secs(3_600));
    let held = measure(&app).await;
    assert_eq!((held.get("projects{state=\"active\"}"), held.get("projects{state=\"on_hold\"}")), (0.0, 1.0));
    assert_eq!((held.get("approvals_open"), held.get("approvals_overdue")), (1.0, 0.0));
    assert_eq!(held.get("approvals_oldest_open_seconds"), 3_600.0);

    // Approvals that are overdue stay open.
    app.clock.set(text(&approval["due_at"]).parse().unwrap());
    assert_eq!(measure(&app).await.get("approvals_overdue"), 1.0);
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    let resumed = measure(&app).await;
    assert_eq!((resumed.get("projects{state=\"active\"}"), resumed.get("approvals_open")), (1.0, 0.0));
    assert_eq!(resumed.get("approvals_oldest_open_seconds"), 0.0);
}

#[apply(both)]
async fn gauges_follow_events_and_deliveries(app: TestApp) {
    let receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    receiver.will_respond(&[410]);
    create_department(&app, "brand").await;
    app.clock.advance(Duration::from_secs(30));
    let created = measure(&app).await;
    assert!(created.get("events_undispatched") >= 1.0);
    assert_eq!(created.get("events_oldest_undispatched_seconds"), 30.0);
    assert_eq!(created.get("webhook_deliveries_pending"), 0.0);

    app.drained_feed().await;
    app.clock.advance(Duration::from_secs(60));
    let queued = measure(&app).await;
    assert_eq!((queued.get("events_undispatched"), queued.get("events_oldest_undispatched_seconds")), (0.0, 0.0));
    assert_eq!((queued.get("webhook_deliveries_pending"), queued.get("webhook_oldest_pending_seconds")), (1.0, 60.0));
    assert_eq!(queued.get("webhook_endpoints{circuit=\"closed\"}"), 1.0);

    let recorder = recorder();
    let guard = metrics::set_default_local_recorder(&recorder);
    assert_eq!(drain(&app).await, 1);
    drop(guard);
    let counted = Samples::recorded(&recorder);
    assert_eq!(counted.get("webhook_attempts_total{outcome=\"gone\"}"), 1.0);
    assert_eq!(counted.get("webhook_deliveries_exhausted_total"), 1.0);
    let gone = measure(&app).await;
    assert_eq!(gone.get("webhook_deliveries_pending"), 0.0);
    let endpoints = ["closed", "disabled"].map(|one| gone.get(&format!("webhook_endpoints{{circuit=\"{one}\"}}")));
    assert_eq!(endpoints, [0.0, 1.0]);
}

#[apply(both)]
async fn gauges_need_a_fixed_number_of_statements(app: TestApp) {
    for number in 0..5 {
        create_request(&app, number, asap()).await.expect(201);
    }
    app.record_statements();
    measure(&app).await;
    assert_eq!(app.statements().len(), 11, "{:#?}", app.statements());
}
