//! Callback requests of visitors, and agents.

use diesel::prelude::*;
use entente::kernel::db::schema::{agent_queues, agents, people};
use entente::kernel::ids::{AgentId, PersonId, QueueId};

use super::app::ISSUER;
use super::client::{Client, Request};
use super::{Reply, TestApp, Value, json};

pub const PATH: &str = "/v1/callback-requests";

/// Returns the body of a callback request; the number determines the name and the telephone number.
pub fn request_body(number: usize, preference: Value) -> Value {
    json!({
        "full_name": format!("Visitor {number}"), "phone": format!("601 {:03} {:03}", 100 + number / 1000, number % 1000),
        "intent": "sales", "preference": preference, "email": "visitor@example.com", "notes": "Please call"
    })
}

pub fn asap() -> Value {
    json!({"kind": "asap"})
}

pub fn window(name: &str) -> Value {
    json!({"kind": "slot", "window": name})
}

/// Creates a callback request as a visitor.
pub async fn create_request(app: &TestApp, number: usize, preference: Value) -> Reply {
    app.anonymous().post(PATH, request_body(number, preference)).await
}

/// Creates a callback request from another IP address.
pub async fn create_request_from(app: &TestApp, address: &str, number: usize, preference: Value) -> Reply {
    let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", address);
    request.json(request_body(number, preference)).send().await
}

/// The queues that exist from the start: sales and support.
pub fn queues() -> [QueueId; 2] {
    [QueueId::demo(1), QueueId::demo(2)]
}

/// Returns the body of an agent who works in both queues, with these duty times in each.
pub fn new_agent(person: impl serde::Serialize, duties: &Value) -> Value {
    let in_queue = |queue: QueueId| json!({"queue_id": queue, "duties": duties});
    json!({"person_id": person, "queues": queues().map(in_queue)})
}

/// Returns the client of an agent, who is added to the roster if necessary, in both queues, without duty times (so that
/// no requests are assigned automatically).
pub async fn agent(app: &TestApp, name: &str) -> Client {
    agent_id(app, name).await;
    app.caller(name, "callbacks:read callbacks:work")
}

/// Returns the id of the agent with this login, who is added to the roster if necessary.
pub async fn agent_id(app: &TestApp, name: &str) -> AgentId {
    let person_id = person_id(app, name).await;
    let (id, now) = (app.state.environment.new_id(), app.state.environment.now());
    app.state
        .db
        .write(move |conn| {
            let of_person = agents::table.filter(agents::person_id.eq(person_id)).select(agents::id);
            if let Some(known) = of_person.get_result(conn).optional()? {
                return Ok(known);
            }
            let agent = (agents::id.eq(id), agents::person_id.eq(person_id), agents::active.eq(true));
            let times = (agents::version.eq(1_i64), agents::created_at.eq(now), agents::updated_at.eq(now));
            diesel::insert_into(agents::table).values((agent, times)).execute(conn)?;
            for queue in queues() {
                let row = (agent_queues::agent_id.eq(id), agent_queues::queue_id.eq(queue));
                diesel::insert_into(agent_queues::table).values(row).execute(conn)?;
            }
            Ok(id)
        })
        .await
        .unwrap()
}

/// Returns the id of the person with this login, who is added to the directory if necessary.
pub async fn person_id(app: &TestApp, name: &str) -> PersonId {
    let (id, now, name) = (app.state.environment.new_id(), app.state.environment.now(), name.to_owned());
    app.state
        .db
        .write(move |conn| {
            let with_login = people::table.filter(people::login.eq(&name)).select(people::id);
            if let Some(known) = with_login.get_result(conn).optional()? {
                return Ok(known);
            }
            let person = (people::id.eq(id), people::display_name.eq(&name), people::login.eq(&name));
            let email = people::email.eq(format!("{name}@example.com"));
            let login = (people::login_issuer.eq(ISSUER), people::login_set_at.eq(now));
            let times = (people::version.eq(1_i64), people::created_at.eq(now), people::updated_at.eq(now));
            diesel::insert_into(people::table).values((person, email, login, times)).execute(conn)?;
            Ok(id)
        })
        .await
        .unwrap()
}

/// Lets the form ask for a consent to marketing, in English.
pub async fn offer_consent(app: &TestApp, wording: &str) {
    let texts = json!([{"locale": "en", "marketing_consent": wording}]);
    app.admin().patch("/v1/form-settings", "*", json!({ "texts": texts })).await.expect(200);
}

/// Returns the request as agents see it.
pub async fn read_request(app: &TestApp, receipt: &Reply) -> Value {
    agent(app, "reader").await.get(&format!("{PATH}/{}", receipt.id())).await.expect(200).body
}

pub fn calls_of(reply: &Reply) -> String {
    format!("{PATH}/{}/calls", reply.id())
}

/// Starts a call as an agent, and ends it at once with this outcome.
pub async fn call(worker: &Client, request: &Reply, outcome: &str) -> Reply {
    let started = worker.act(&calls_of(request)).await.expect(201);
    worker.post(&format!("/v1/calls/{}/end", started.id()), json!({"outcome": outcome})).await.expect(200)
}

/// Builds a request of the visitor with the token of this receipt.
pub fn with_secret(app: &TestApp, receipt: &Reply, verb: &str) -> Request {
    let path = format!("{PATH}/{}/{verb}", receipt.id());
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let is_read = verb.starts_with("receipt") || verb == "slots";
    app.anonymous().request(if is_read { "GET" } else { "POST" }, &path).header("Manage-Token", secret)
}

/// Returns a body that reschedules to another window.
pub fn other_time(window: &str) -> Value {
    json!({"preference": {"kind": "slot", "window": window}})
}

pub async fn set_capacity(app: &TestApp, capacity: i32) {
    for queue in queues() {
        app.admin().patch(&format!("/v1/queues/{queue}"), "*", json!({"window_capacity": capacity})).await.expect(200);
    }
}

pub async fn capacity_remaining(app: &TestApp, slot: &str) -> Value {
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    let found = slots.body["data"].as_array().unwrap().iter().find(|one| one["slot_id"] == slot).cloned();
    found.unwrap()["capacity_remaining"].clone()
}
