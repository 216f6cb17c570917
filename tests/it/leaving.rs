//! People who join, move and leave: the import, home positions, and what a leaver leaves behind.

use super::support::pair::{Pair, drain, text};
use super::support::team::{department, person};
use super::support::*;

both! {
    async fn an_import_adds_and_changes_and_then_changes_nothing(app: TestApp) {
        let (care, lab) = (department(&app, "care").await, department(&app, "lab").await);
        let admin = app.admin();
        let item = |name: &str, email: &str, home: &str, from: &str| {
            json!({"display_name": name, "email": email, "subject": name,
                   "home_position": {"department_id": home, "title": "Expert", "valid_from": from}})
        };
        let first = json!({"items": [item("eva", "Eva@example.com", &care, "2026-01-01"), item("jan", "jan@example.com", &lab, "2026-01-01")]});
        let outcomes = |reply: &Reply| -> Vec<String> {
            reply.body["data"].as_array().unwrap().iter().map(|one| text(&one["outcome"]).to_owned()).collect()
        };
        let added = admin.post("/v1/people/import", first.clone()).await.expect(200);
        assert_eq!(outcomes(&added), ["created", "created"]);
        app.drained_feed().await;
        let events = admin.get("/v1/events?limit=100").await.expect(200).body["last_sequence"].clone();
        let again = admin.post("/v1/people/import", first).await.expect(200);
        assert_eq!(outcomes(&again), ["unchanged", "unchanged"]);
        app.drained_feed().await;
        assert_eq!(admin.get("/v1/events?limit=100").await.expect(200).body["last_sequence"], events);

        // Eva moves: the position before ends where the new one begins.
        let moved = json!({"items": [item("eva", "eva@example.com", &lab, "2027-05-01")]});
        assert_eq!(outcomes(&admin.post("/v1/people/import", moved).await.expect(200)), ["updated"]);
        let eva = added.body["data"][0]["person"]["id"].clone();
        for (day, home) in [("2027-04-30", &care), ("2027-05-01", &lab)] {
            let path = format!("/v1/people/{}/home-positions?as_of={day}", text(&eva));
            assert_eq!(admin.get(&path).await.expect(200).body["data"][0]["department_id"], json!(home), "{day}");
        }
        // One wrong item, and nothing is kept.
        let wrong = json!({"items": [
            item("new", "new@example.com", &lab, "2027-01-01"), item("eva", "jan@example.com", &lab, "2027-05-01"),
        ]});
        let refused = admin.post("/v1/people/import", wrong).await.refused(409, "conflict");
        assert_eq!(refused.violations(), [("/items/1/email".to_owned(), "two_people".to_owned())]);
        let twice = json!({"items": [item("a", "a@example.com", &lab, "2027-01-01"), item("b", "A@example.com", &lab, "2027-01-01")]});
        admin.post("/v1/people/import", twice).await.expect(422).violates("/items/1/email", "repeated_item");
        assert_eq!(admin.get("/v1/people?subject=new").await.expect(200).body["data"], json!([]));
    }

    async fn twenty_imports_at_once_leave_one_person_each(app: TestApp) {
        let body = json!({"items": [{"display_name": "Eva", "email": "eva@example.com"}]});
        let replies = at_once(20, |_| {
            let (client, body) = (app.admin(), body.clone());
            async move { client.post("/v1/people/import", body).await }
        })
        .await;
        // The later ones find her, or lose the race cleanly.
        assert!(replies.iter().all(|reply| [200, 409].contains(&reply.status)));
        assert_eq!(app.admin().get("/v1/people").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    }

    async fn a_leaver_report_is_the_union_of_the_single_queries(app: TestApp) {
        let pair = Pair::running(&app).await;
        let admin = app.admin();
        let report = async |person: &str| admin.get(&format!("/v1/people/{person}/leaver-report")).await.expect(200).body;
        // Mia owns an area and works in the project.
        let mia = report(&pair.mia).await;
        let owned = admin.get(&format!("/v1/people/{}/assignments?responsibility=accountable", pair.mia)).await.expect(200);
        assert_eq!(mia["areas"].as_array().unwrap().iter().map(|one| one["assignment"].clone()).collect::<Vec<_>>(), *owned.body["data"].as_array().unwrap());
        assert_eq!(mia["areas"][0]["possible_successors"], json!([pair.max]));
        assert_eq!(mia["memberships"], admin.get(&format!("/v1/people/{}/memberships", pair.mia)).await.expect(200).body["data"]);
        assert_eq!(mia["seats"], json!([]));
        // The CIO has a seat, a question to answer, and a callback in hand.
        let spare = person(&app, "spare", &pair.platform).await;
        let asked = app.person("cmo").act(&pair.at("close")).await.expect(201).id();
        let request = json!({"full_name": "Alena", "phone": "601 123 456", "intent": "sales", "preference": {"kind": "asap"}});
        let callback = app.anonymous().post("/v1/callback-requests", request).await.expect(201).id();
        app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
        app.caller("cio", "callbacks:read callbacks:work").act("/v1/callback-requests/next").await.expect(200);
        let cio = report(&pair.cio).await;
        assert_eq!(cio["seats"], json!([{"project_id": pair.project, "department_id": pair.platform, "possible_successors": [spare]}]));
        assert_eq!(cio["consents"], json!([asked]));
        assert_eq!(cio["callback_requests"], json!([callback]));
        assert_eq!((&cio["areas"], &cio["memberships"]), (&json!([]), &json!([])));
        app.person("mia").get(&format!("/v1/people/{}/leaver-report", pair.cio)).await.refused(403, "forbidden");
    }

    async fn leaving_reassigns_nothing_but_is_seen_everywhere(app: TestApp) {
        let pair = Pair::running(&app).await;
        let admin = app.admin();
        let gone = json!({"reason": "A new job."});
        admin.post(&format!("/v1/people/{}/deactivate", pair.mia), gone.clone()).await.expect(200);
        admin.post(&format!("/v1/people/{}/deactivate", pair.mia), gone.clone()).await.refused(409, "illegal_transition");
        let membership = pair.membership(&app, &pair.mia).await;
        assert_eq!((&membership["state"], &membership["valid_to"]), (&json!("left_organisation"), &json!("2027-03-30")));
        // The area is still hers by name, and coverage says that she is not there.
        assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.mia));
        let coverage = app.person("cmo").get(&pair.at("ownership/coverage")).await.expect(200);
        assert_eq!(coverage.body["areas"][0]["orphans"], json!([{"person_id": pair.mia, "from": "2027-03-30", "to": "2027-12-01"}]));
        // Her token opens nothing any more.
        app.person("mia").get(&pair.at("areas")).await.refused(404, "not_found");
        app.person("mia").get("/v1/me").await.refused(404, "not_found");
        drain(&app).await;
        assert!(pair.read(&app).await["parity_breached_at"].is_string());

        admin.post(&format!("/v1/people/{}/deactivate", pair.cio), gone.clone()).await.expect(200);
        let side = pair.read(&app).await["sides"][1].clone();
        assert_eq!((&side["sponsor_person_id"], side["vacant_since"].is_string()), (&json!(pair.cio), true));
        app.person("cmo").act(&pair.at("close")).await.refused(409, "not_ready");
        admin.post(&format!("/v1/people/{}/reactivate", pair.cio), gone).await.expect(200);
        assert_eq!(pair.read(&app).await["sides"][1]["vacant_since"], Value::Null);
        app.person("cmo").act(&pair.at("close")).await.expect(201);
    }
}
