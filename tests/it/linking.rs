//! Linking: a person in the directory who never had a login gets the one of a token with their verified e-mail address.

use entente::kernel::auth::{Actor, ActorKind, Scope};
use entente::kernel::error::Error;
use futures_util::future::join_all;

use super::logins::set_deactivated;
use super::support::app::{ISSUER, SECOND_ISSUER};
use super::support::pair::text;
use super::support::team::person_without_position;
use super::support::*;

async fn person(app: &TestApp, id: &str) -> Value {
    app.admin().get(&format!("/v1/people/{id}")).await.expect(200).body
}

/// Returns the caller with this verified e-mail address.
fn verified(issuer: &str, subject: &str, email: &str) -> Actor {
    Actor {
        kind: ActorKind::Person,
        subject: subject.into(),
        issuer: Some(issuer.into()),
        scopes: vec![Scope::ProjectsRead],
        verified_email: Some(email.into()),
        issued_at: None,
    }
}

/// Checks a caller like a request that needs an entry in the directory.
async fn check(app: &TestApp, caller: &Actor) -> Result<(), Error> {
    app.state.people.as_ref().unwrap().check(caller, true, "request-of-the-test").await
}

/// Returns the changes of a person in the audit trail.
async fn changes(app: &TestApp, id: &str) -> Vec<Value> {
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={id}")).await.expect(200);
    entries.body["data"].as_array().unwrap().clone()
}

async fn without_login(app: &TestApp, email: &str) -> String {
    app.admin().post("/v1/people", json!({"display_name": "Jana", "email": email})).await.expect(201).id()
}

#[apply(both)]
async fn parallel_requests_link_a_person_once(app: TestApp) {
    let id = without_login(&app, "jana@example.com").await;
    let caller = verified(ISSUER, "0192-jana", "Jana@Example.com");
    let checked = join_all((0..50).map(|_| check(&app, &caller))).await;
    assert!(checked.iter().all(Result::is_ok), "{checked:?}");
    let linked = person(&app, &id).await;
    assert_eq!((&linked["login"], &linked["login_issuer"]), (&json!("0192-jana"), &json!(ISSUER)));
    assert_eq!(app.person("0192-jana").get("/v1/me").await.expect(200).id(), id);
    let changes = changes(&app, &id).await;
    let actions: Vec<_> = changes.iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(actions, ["person.created", "person.updated"]);
    let update = &changes[1];
    assert_eq!((&update["actor"], &update["request_id"]), (&json!("system:login"), &json!("request-of-the-test")));
    assert_eq!((&update["before"]["login"], &update["after"]["login"]), (&Value::Null, &json!("0192-jana")));
    let feed = app.drained_feed().await;
    assert_eq!(feed.iter().filter(|event| event["type"] == "person.updated").count(), 1);
}

#[apply(both)]
async fn only_one_of_several_logins_with_an_address_is_linked(app: TestApp) {
    let id = without_login(&app, "jana@example.com").await;
    let callers = [(ISSUER, "one"), (ISSUER, "two"), (SECOND_ISSUER, "one"), (SECOND_ISSUER, "two")];
    let callers = callers.map(|(issuer, subject)| verified(issuer, subject, "jana@example.com"));
    let checked = join_all((0..48).map(|number| check(&app, &callers[number % 4]))).await;
    let accepted: Vec<_> = (0..48).filter(|number| checked[*number].is_ok()).map(|number| number % 4).collect();
    assert_eq!(accepted.len(), 12, "{checked:?}");
    assert!(accepted.iter().all(|caller| *caller == accepted[0]), "{accepted:?}");
    assert!(checked.iter().flat_map(|one| one.as_ref().err()).all(|error| error.to_string() == "person_unknown"));
    let (linked, winner) = (person(&app, &id).await, callers[accepted[0]].login().unwrap());
    assert_eq!((text(&linked["login"]), text(&linked["login_issuer"])), (winner.subject, winner.issuer));
    assert_eq!(changes(&app, &id).await.len(), 2);
}

#[apply(both)]
async fn nothing_is_linked_without_a_verified_address_and_a_person_who_never_had_a_login(app: TestApp) {
    let admin = app.admin();
    let unchanged = async |caller: &Actor, id: &str| {
        let before = person(&app, id).await;
        let refused = check(&app, caller).await.unwrap_err().to_string();
        assert!(["person_unknown", "person_deactivated"].contains(&refused.as_str()), "{refused}");
        assert_eq!(person(&app, id).await, before);
    };
    let id = without_login(&app, "jana@example.com").await;
    let jana = verified(ISSUER, "attacker", "jana@example.com");
    // Not verified, another address, and letters that become ASCII in lower case.
    unchanged(&Actor { verified_email: None, ..jana.clone() }, &id).await;
    for email in ["petr@example.com", "jana@example.com ", "", "%@example.com"] {
        unchanged(&verified(ISSUER, "attacker", email), &id).await;
    }
    let karel = without_login(&app, "karel@example.com").await;
    unchanged(&verified(ISSUER, "attacker", "\u{212a}arel@example.com"), &karel).await;
    // An application is not a person.
    check(&app, &Actor { kind: ActorKind::Service, ..jana.clone() }).await.unwrap();
    assert_eq!(person(&app, &id).await["login"], Value::Null);
    // A deactivated person is linked only after they are active again.
    set_deactivated(&app, &id, "deactivate").await;
    unchanged(&jana, &id).await;
    set_deactivated(&app, &id, "reactivate").await;
    let owner = verified(ISSUER, "jana", "jana@example.com");
    check(&app, &owner).await.unwrap();
    // A person with a login, such as an administrator, is not taken over, whatever the issuer.
    for issuer in [ISSUER, SECOND_ISSUER] {
        unchanged(&verified(issuer, "attacker", "jana@example.com"), &id).await;
    }
    // A caller who is in the directory does not get another person.
    person_without_position(&app, "petr").await;
    check(&app, &verified(ISSUER, "petr", "karel@example.com")).await.unwrap();
    assert_eq!(person(&app, &karel).await["login"], Value::Null);
    // A login that was removed does not come back.
    let path = format!("/v1/people/{id}");
    admin.patch(&path, "*", json!({"login": null})).await.expect(200);
    unchanged(&jana, &id).await;
    unchanged(&owner, &id).await;
    set_deactivated(&app, &karel, "deactivate").await;
    admin.act(&format!("/v1/people/{karel}/erase")).await.expect(200);
    unchanged(&verified(ISSUER, "attacker", "karel@example.com"), &karel).await;
    unchanged(&verified(ISSUER, "attacker", &format!("{karel}@erased.invalid")), &karel).await;
}

/// A linked person gets the relations of the person, never the scopes of another token.
#[apply(both)]
async fn linking_gives_no_scope(app: TestApp) {
    let id = without_login(&app, "boss@example.com").await;
    check(&app, &verified(ISSUER, "boss", "boss@example.com")).await.unwrap();
    assert_eq!(app.person("boss").get("/v1/me").await.expect(200).id(), id);
    app.person("boss").get("/v1/api-keys").await.refused(403, "forbidden");
    app.person("boss").patch(&format!("/v1/people/{id}"), "*", json!({"login": "x"})).await.refused(403, "forbidden");
}
