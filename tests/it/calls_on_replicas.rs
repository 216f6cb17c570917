//! Calls on three replicas of the service, whose schedulers run all the time: a running call is left alone.

use std::time::Duration;

use entente::app::scheduler;

use super::agents::on_duty;
use super::support::app::Replica;
use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

/// The agents. All of them are on duty, so that the schedulers can assign requests to them.
const AGENTS: usize = 6;

fn name(agent: usize) -> String {
    format!("agent-{agent}")
}

/// Returns the client of an agent, who sends requests to one of the replicas.
fn worker(replicas: &[Replica], agent: usize) -> Client {
    replicas[agent % replicas.len()].caller(&name(agent), "callbacks:read callbacks:work")
}

/// Runs the schedulers of all replicas at the same time; returns the number of their changes.
async fn run_schedulers(replicas: &[Replica]) -> usize {
    let rounds = replicas.iter().map(|one| scheduler::run_once(&one.state.db, &one.state.environment));
    futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum()
}

/// Tries to get the request as every agent but one, in every way, on all replicas at once while their schedulers run.
async fn others_try(replicas: &[Replica], receipt: &Reply, caller: usize) {
    let paths = [format!("{PATH}/next"), format!("{PATH}/{}/assign", receipt.id()), calls_of(receipt)];
    let attempts = at_once(AGENTS * paths.len(), |number| {
        let agent = number % AGENTS;
        let path = if agent == caller { &paths[0] } else { &paths[number / AGENTS] };
        let (client, path) = (worker(replicas, agent), path.clone());
        async move { client.act(&path).await }
    });
    let (replies, changes) = tokio::join!(attempts, run_schedulers(replicas));
    assert_eq!(changes, 0, "the schedulers changed something during the call");
    for reply in replies {
        assert!([404, 409].contains(&reply.status), "{} {}", reply.status, reply.text);
    }
}

#[apply(both)]
async fn a_call_that_ends_after_its_window_has_one_agent_and_keeps_the_promise(app: TestApp) {
    let replicas = [app.separate(), app.separate(), app.separate()];
    for agent in 0..AGENTS {
        on_duty(&app, &name(agent), "10:00", "17:00").await;
    }
    let created = replicas[0].anonymous().post(PATH, request_body(1, window("10:00-11:00"))).await;
    let receipt = created.expect(201);
    assert_eq!(run_schedulers(&replicas).await, 1);
    let assigned = read_request(&app, &receipt).await["agent_id"].clone();
    let mut caller = None;
    for agent in 0..AGENTS {
        if assigned == json!(agent_id(&app, &name(agent)).await) {
            caller = Some(agent);
        }
    }
    let caller = caller.unwrap();
    // Ten minutes before the end of the window, all three schedulers announce the risk at once.
    app.clock.set("2027-03-30T08:50:00Z".parse().unwrap());
    assert_eq!(run_schedulers(&replicas).await, 1);
    // Two minutes before the end, the agent starts the call on one replica while the schedulers of all run.
    app.clock.set("2027-03-30T08:58:00Z".parse().unwrap());
    let path = calls_of(&receipt);
    let client = worker(&replicas, caller);
    let (started, changes) = tokio::join!(client.act(&path), run_schedulers(&replicas));
    let started = started.expect(201);
    assert_eq!((changes, &started.body["request_state"]), (0, &json!("calling")));
    for _ in 0..10 {
        others_try(&replicas, &receipt, caller).await;
        app.clock.advance(Duration::from_secs(60));
    }
    // Eight minutes after the end of the window, another replica ends it.
    let client = worker(&replicas[1..], caller);
    let reached = json!({"outcome": "reached"});
    let end = format!("/v1/calls/{}/end", started.id());
    let (ended, changes) = tokio::join!(client.post(&end, reached), run_schedulers(&replicas));
    assert_eq!((changes, &ended.expect(200).body["request_state"]), (0, &json!("completed")));
    others_try(&replicas, &receipt, caller).await;
    let request = read_request(&app, &receipt).await;
    assert_eq!(
        (&request["state"], &request["promise"], &request["agent_id"]),
        (&json!("completed"), &json!("kept"), &assigned)
    );
    let reader = agent(&app, "reader").await;
    let calls = reader.get(&path).await.expect(200).body["data"].clone();
    let times = ["started_at", "ended_at"].map(|field| calls[0][field].clone());
    assert_eq!((calls.as_array().unwrap().len(), &calls[0]["agent_id"]), (1, &assigned));
    assert_eq!(times, [json!("2027-03-30T08:58:00Z"), json!("2027-03-30T09:08:00Z")]);
    let report = reader.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200);
    let counts = ["kept", "broken", "pending"].map(|field| report.body["promises"][field].clone());
    assert_eq!(counts, [1, 0, 0].map(|count| json!(count)));
    let feed = app.drained_feed().await;
    let of_desk = |event: &&Value| !event["type"].as_str().unwrap().starts_with("agent.");
    let kinds: Vec<_> = feed.iter().filter(of_desk).map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "callback_request.received",
            "callback_request.assigned",
            "promise.at_risk",
            "call.started",
            "callback_request.calling",
            "call.ended",
            "callback_request.completed",
        ]
    );
}

#[apply(both)]
async fn a_call_at_the_end_of_its_window_is_missed_or_made_never_both(app: TestApp) {
    let replicas = [app.separate(), app.separate(), app.separate()];
    let agents = AGENTS;
    let mut receipts = Vec::new();
    set_capacity(&app, 20).await;
    for number in 0..agents {
        agent(&app, &name(number)).await;
        let receipt = create_request(&app, number, window("10:00-11:00")).await.expect(201);
        app.clock.set("2027-03-30T07:10:00Z".parse().unwrap());
        worker(&replicas, number).act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        receipts.push(receipt);
    }
    // The promise ends now: the schedulers take the requests from their agents, who start calls at the same time.
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    let starts = at_once(agents, |number| {
        let (client, path) = (worker(&replicas, number), calls_of(&receipts[number]));
        async move { client.act(&path).await }
    });
    let (replies, _) = tokio::join!(starts, run_schedulers(&replicas));
    run_schedulers(&replicas).await;
    for (number, (receipt, reply)) in receipts.iter().zip(&replies).enumerate() {
        // An agent whose request was missed a moment ago takes it again with the call.
        assert_eq!(reply.status, 201, "{number}: {}", reply.text);
        let request = read_request(&app, receipt).await;
        let agent = json!(agent_id(&app, &name(number)).await);
        assert_eq!(
            (&request["state"], &request["promise"], &request["agent_id"]),
            (&json!("calling"), &json!("broken"), &agent)
        );
    }
    let feed = app.drained_feed().await;
    for receipt in &receipts {
        let missed =
            |event: &&Value| event["subject"] == json!(receipt.id()) && event["type"] == "callback_request.missed";
        assert!(feed.iter().filter(missed).count() <= 1);
    }
}
