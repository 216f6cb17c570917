//! Visitors and agents.

use super::client::{Client, Request};
use super::{Reply, TestApp, Value, json};

pub const PATH: &str = "/v1/callback-requests";

/// What a visitor sends; the number makes name and telephone number.
pub fn wish(number: usize, preference: Value) -> Value {
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

pub async fn ask(app: &TestApp, number: usize, preference: Value) -> Reply {
    app.anonymous().post(PATH, wish(number, preference)).await
}

/// The same from another address.
pub async fn ask_from(app: &TestApp, address: &str, number: usize, preference: Value) -> Reply {
    let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", address);
    request.json(wish(number, preference)).send().await
}

pub fn agent(app: &TestApp, name: &str) -> Client {
    app.caller(name, "callbacks:read callbacks:work")
}

/// The request as agents see it.
pub async fn seen(app: &TestApp, receipt: &Reply) -> Value {
    agent(app, "somebody").get(&format!("{PATH}/{}", receipt.id())).await.expect(200).body
}

pub fn attempts_of(reply: &Reply) -> String {
    format!("{PATH}/{}/attempts", reply.id())
}

/// Sends as a visitor with the secret of this receipt.
pub fn with_secret(app: &TestApp, receipt: &Reply, verb: &str) -> Request {
    let path = format!("{PATH}/{}/{verb}", receipt.id());
    let secret = receipt.body["manage_token"].as_str().unwrap();
    app.anonymous().request(if verb == "receipt" { "GET" } else { "POST" }, &path).header("Manage-Token", secret)
}

/// The body of a move to another window.
pub fn other_time(window: &str) -> Value {
    json!({"preference": {"kind": "slot", "window": window}})
}

pub async fn set_capacity(app: &TestApp, capacity: i32) {
    app.admin().patch("/v1/calendar", "*", json!({"window_capacity": capacity})).await.expect(200);
}

pub async fn seats_left(app: &TestApp, slot: &str) -> Value {
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    let found = slots.body["data"].as_array().unwrap().iter().find(|one| one["slot_id"] == slot).cloned();
    found.unwrap()["seats_left"].clone()
}
