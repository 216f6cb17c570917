//! Sales and support are two teams: a request for technical support never reaches an agent who works only in sales,
//! whatever happens to the request, and whatever the agents try.

use entente::app::scheduler;

use super::support::app::Replica;
use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

const SELLERS: usize = 20;
const SCOPES: &str = "callbacks:read callbacks:work";

/// The agents, and three replicas to which they send their requests.
struct Desk<'a> {
    app: &'a TestApp,
    replicas: [Replica; 3],
    sellers: Vec<Value>,
}

fn seller_name(number: usize) -> String {
    format!("seller-{number}")
}

/// The entry of a queue in the body of an agent who is on duty all day.
fn all_day(queue: usize) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let duties: Vec<Value> =
        days.iter().map(|day| json!({"weekday": day, "starts": "00:00", "ends": "23:59"})).collect();
    json!({"queue_id": queues()[queue], "duties": duties})
}

async fn add_agent(app: &TestApp, name: &str, queue: usize, max_open: i32) -> Reply {
    let person = person_id(app, name).await;
    let body = json!({"person_id": person, "queues": [all_day(queue)], "max_open": max_open});
    app.admin().post("/v1/agents", body).await.expect(201)
}

fn support_body(number: usize, preference: Value) -> Value {
    let mut body = request_body(number, preference);
    body["intent"] = json!("technical_support");
    body
}

async fn support_request(app: &TestApp, number: usize, preference: Value) -> Reply {
    app.anonymous().post(PATH, support_body(number, preference)).await.expect(201)
}

fn absent(from: &str, to: &str) -> Value {
    json!({"absences": [{"starts_at": from, "ends_at": to}]})
}

impl<'a> Desk<'a> {
    async fn of_sellers(app: &'a TestApp) -> Self {
        let replicas = [app.separate(), app.separate(), app.separate()];
        let mut sellers = Vec::new();
        for number in 0..SELLERS {
            sellers.push(json!(add_agent(app, &seller_name(number), 0, 1).await.id()));
        }
        Self { app, replicas, sellers }
    }

    fn seller(&self, number: usize) -> Client {
        self.replicas[number % self.replicas.len()].caller(&seller_name(number), SCOPES)
    }

    async fn run_schedulers(&self) {
        let rounds = self.replicas.iter().map(|one| scheduler::run_once(&one.state.db, &one.state.environment));
        for round in futures_util::future::join_all(rounds).await {
            round.unwrap();
        }
    }

    /// All sellers try to get these requests at once, in every way, on all replicas while their schedulers run.
    async fn sellers_try(&self, requests: &[&Reply]) {
        let attempts = at_once(3 * SELLERS, |number| {
            let (seller, way) = (number % SELLERS, number / SELLERS);
            let request = requests[(seller + way) % requests.len()];
            let path = match way {
                0 => format!("{PATH}/next"),
                1 => format!("{PATH}/{}/assign", request.id()),
                _ => calls_of(request),
            };
            let client = self.seller(seller);
            async move { client.act(&path).await }
        });
        let (replies, ()) = tokio::join!(attempts, self.run_schedulers());
        for (number, reply) in replies.iter().enumerate() {
            match (number / SELLERS, reply.status) {
                (0, 200) => assert_eq!(reply.body["queue_id"], json!(queues()[0]), "{}", reply.text),
                (0, status) => assert_eq!(status, 404, "{}", reply.text),
                (_, status) => assert!([403, 409].contains(&status), "{status} {}", reply.text),
            }
        }
        self.run_schedulers().await;
        self.no_seller_has_support().await;
    }

    /// Fails if a request for support is, or ever was, assigned to a seller.
    async fn no_seller_has_support(&self) {
        let reader = agent(self.app, "reader").await;
        let path = format!("{PATH}?limit=100&queue_id={}", queues()[1]);
        let list = reader.get(&path).await.expect(200);
        for request in list.body["data"].as_array().unwrap() {
            assert!(!self.sellers.contains(&request["agent_id"]), "{request}");
        }
        self.app.drained_feed().await;
        for kind in ["callback_request.assigned", "callback_request.calling"] {
            let events = self.app.admin().get(&format!("/v1/events?limit=100&type={kind}")).await.expect(200);
            let events = events.body["data"].as_array().unwrap();
            assert!(events.len() < 100, "one page has all of them");
            for event in events {
                let data = &event["data"];
                assert!(data["queue"] != "support" || !self.sellers.contains(&data["agent_id"]), "{event}");
            }
        }
    }
}

#[apply(both)]
async fn a_support_request_never_reaches_an_agent_of_sales(app: TestApp) {
    let desk = Desk::of_sellers(&app).await;
    let added = add_agent(&app, "helper", 1, 10).await;
    let (path, helper_id) = (added.header("location").to_owned(), json!(added.id()));
    let (admin, helper) = (app.admin(), desk.replicas[0].caller("helper", SCOPES));
    let away = absent("2027-03-30T06:00:00Z", "2027-03-30T09:30:00Z");
    admin.patch(&path, "*", away).await.expect(200);
    // More calls than the sellers can have, so that they find something to claim.
    for number in 100..125 {
        create_request(&app, number, asap()).await.expect(201);
    }
    let soon = support_request(&app, 1, asap()).await;
    let booked = support_request(&app, 2, window("10:00-11:00")).await;
    // A seller had this one before it was rerouted.
    let sold = create_request(&app, 3, window("11:00-12:00")).await.expect(201);
    desk.seller(7).act(&format!("{PATH}/{}/assign", sold.id())).await.expect(200);
    let rerouted = desk.seller(7).act(&format!("{PATH}/{}/reroute", sold.id())).await.expect(201);
    let moved = support_request(&app, 4, window("11:00-12:00")).await;
    with_secret(&app, &moved, "reschedule").json(other_time("12:00-13:00")).send().await.expect(200);
    let mut suspicious = support_body(5, asap());
    suspicious["form"] = json!({"honeypot": "filled in"});
    let suspicious = app.anonymous().post(PATH, suspicious).await.expect(201);
    let all = [&soon, &booked, &rerouted, &moved, &suspicious];
    desk.sellers_try(&all).await;
    for request in [&soon, &rerouted] {
        let to_seller = json!({"agent_id": desk.sellers[7]});
        let assign = format!("{PATH}/{}/assign", request.id());
        admin.post(&assign, to_seller).await.violates("/agent_id", "agent_not_in_queue");
    }

    // The only agent of support is absent when the calls are due, and until they are missed.
    for time in ["2027-03-30T08:00:00Z", "2027-03-30T09:00:00Z"] {
        app.clock.set(time.parse().unwrap());
        desk.sellers_try(&all).await;
        assert_eq!(read_request(&app, &booked).await["agent_id"], Value::Null, "{time}");
    }
    assert_eq!(read_request(&app, &booked).await["state"], "missed");
    app.clock.set("2027-03-30T09:30:00Z".parse().unwrap());
    desk.sellers_try(&all).await;
    for request in [&soon, &booked, &rerouted] {
        assert_eq!(read_request(&app, request).await["agent_id"], helper_id);
    }

    // A call without an answer, a call that an agent moves, a request that is released, one that is given back.
    call(&helper, &soon, "no_answer").await;
    let later = json!({"preference": {"kind": "slot", "window": "14:00-15:00"}});
    helper.post(&format!("{PATH}/{}/reschedule", booked.id()), later).await.expect(200);
    helper.act(&format!("{PATH}/{}/release", suspicious.id())).await.expect(200);
    helper.act(&format!("{PATH}/{}/unassign", rerouted.id())).await.expect(200);
    desk.sellers_try(&all).await;

    // The agent of support is ill, and then leaves, when the next call is due.
    for request in [&soon, &rerouted, &suspicious] {
        if read_request(&app, request).await["state"] == "assigned" {
            helper.act(&format!("{PATH}/{}/unassign", request.id())).await.expect(200);
        }
    }
    admin.patch(&path, "*", absent("2027-03-30T09:00:00Z", "2027-03-31T09:00:00Z")).await.expect(200);
    app.clock.set("2027-03-30T10:30:00Z".parse().unwrap());
    desk.sellers_try(&all).await;
    assert_eq!(read_request(&app, &soon).await["agent_id"], Value::Null);
    admin.patch(&path, "*", json!({"active": false})).await.expect(200);
    desk.sellers_try(&all).await;

    // Only a request that is rerouted to sales reaches a seller, until it is rerouted back.
    let to_sales = helper.act(&format!("{PATH}/{}/reroute", soon.id())).await.expect(201);
    desk.seller(3).act(&format!("{PATH}/{}/assign", to_sales.id())).await.expect(200);
    let back = desk.seller(3).act(&format!("{PATH}/{}/reroute", to_sales.id())).await.expect(201);
    desk.sellers_try(&[&back, &booked, &rerouted]).await;
}

#[apply(both)]
async fn an_agent_who_leaves_a_queue_gets_no_request_of_it_afterwards(app: TestApp) {
    let replicas = [app.separate(), app.separate(), app.separate()];
    let added = add_agent(&app, "anna", 1, 1000).await;
    let path = added.header("location").to_owned();
    for round in 0..10 {
        support_request(&app, round, asap()).await;
        let admin = app.admin();
        let leave = admin.patch(&path, "*", json!({"queues": [all_day(0)]}));
        let rounds = replicas.iter().map(|one| scheduler::run_once(&one.state.db, &one.state.environment));
        let (left, runs) = tokio::join!(leave, futures_util::future::join_all(rounds));
        left.expect(200);
        for run in runs {
            run.unwrap();
        }
        app.admin().patch(&path, "*", json!({"queues": [all_day(1)]})).await.expect(200);
        // What is left over is assigned now, so that each round begins with one request.
        scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap();
    }
    app.drained_feed().await;
    let mut in_support = true;
    let mut assigned = 0;
    for event in app.admin().get("/v1/events?limit=100").await.expect(200).body["data"].as_array().unwrap() {
        match event["type"].as_str().unwrap() {
            "agent.updated" => in_support = !in_support,
            "callback_request.assigned" => {
                assigned += 1;
                assert!(in_support, "{event}");
            }
            _ => {}
        }
    }
    assert_eq!(assigned, 10);
}
