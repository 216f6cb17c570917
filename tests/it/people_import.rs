//! The import of people from the HR system: keys, managers, employee numbers, dry runs, full imports, thousands of
//! rows.

use std::process::Command;

use entente::kernel::config::DatabaseUrl;

use super::api_keys::{create_key, with_key};
use super::support::pair::text;
use super::support::team::department;
use super::support::*;

const PATH: &str = "/v1/people/import";

fn person(name: &str, home_position: Value) -> Value {
    let email = format!("{name}@example.com");
    json!({"display_name": name, "email": email, "login": name, "employee_number": format!("n-{name}"), "home_position": home_position})
}

fn outcomes(reply: &Reply) -> Vec<&str> {
    reply.body["data"].as_array().unwrap().iter().map(|one| text(&one["outcome"])).collect()
}

/// Returns the regular position of a person on the first day of the tests.
async fn position(app: &TestApp, login: &str) -> Value {
    let people = app.admin().get(&format!("/v1/people?login={login}")).await.expect(200);
    let path = format!("/v1/people/{}/home-positions?as_of=2027-03-30", text(&people.body["data"][0]["id"]));
    app.admin().get(&path).await.expect(200).body["data"][0].clone()
}

/// Returns the number of rows that an import can write.
async fn rows(app: &TestApp) -> [i64; 4] {
    use diesel::prelude::*;
    use entente::kernel::db::schema::{audit_entries, events, home_positions, people};
    let count = app.state.db.read(|conn| {
        Ok([
            people::table.count().get_result(conn)?,
            home_positions::table.count().get_result(conn)?,
            events::table.count().get_result(conn)?,
            audit_entries::table.count().get_result(conn)?,
        ])
    });
    count.await.unwrap()
}

#[apply(both)]
async fn departments_have_keys_and_managers_have_logins(app: TestApp) {
    let care = department(&app, "care").await;
    let head = json!({"display_name": "Head", "email": "head@example.com", "login": "head"});
    let head = app.admin().post("/v1/people", head).await.expect(201).id();
    let at = |manager: (&str, &str)| {
        let mut position = json!({"department_key": "care", "title": "Expert", "valid_from": "2026-01-01"});
        position[manager.0] = json!(manager.1);
        position
    };
    let items = [
        person("eva", at(("manager_login", "jan"))),
        // The manager is later in the import.
        person("jan", at(("manager_email", "HEAD@example.com"))),
    ];
    let hr = with_key(&app, &create_key(&app, "hr", "directory:write").await);
    let imported = hr.post(PATH, json!({"items": items})).await.expect(200);
    assert_eq!(outcomes(&imported), ["created"; 2]);
    assert_eq!(imported.body["counts"], json!({"created": 2, "updated": 0, "unchanged": 0}));
    assert_eq!((&imported.body["dry_run"], &imported.body["absent"]), (&json!(false), &Value::Null));
    let jan = imported.body["data"][1]["person"]["id"].clone();
    let (of_eva, of_jan) = (position(&app, "eva").await, position(&app, "jan").await);
    assert_eq!((&of_eva["department_id"], &of_eva["manager_person_id"]), (&json!(care), &jan));
    assert_eq!(of_jan["manager_person_id"], json!(head));
    assert_eq!(of_jan.get("manager"), None);
    // Repeated, nothing changes; with another manager, the position is followed by another one.
    let before = rows(&app).await;
    let again = hr.post(PATH, json!({"items": items})).await.expect(200);
    assert_eq!((outcomes(&again), rows(&app).await), (vec!["unchanged"; 2], before));
    let mut moved = at(("manager_login", "head"));
    moved["valid_from"] = Value::Null;
    let moved = hr.post(PATH, json!({"items": [person("eva", moved)]})).await.expect(200);
    assert_eq!(outcomes(&moved), ["updated"]);
    let now = position(&app, "eva").await;
    assert_eq!((&now["manager_person_id"], &now["valid_from"]), (&json!(head), &json!("2027-03-30")));
    app.person("jan").post(PATH, json!({"items": items})).await.refused(403, "forbidden");
}

#[apply(both)]
async fn an_employee_number_identifies_a_person_with_a_new_name_and_address(app: TestApp) {
    let first =
        json!({"display_name": "Eva Malá", "email": "mala@example.com", "login": "mala", "employee_number": "7"});
    let import = async |item: Value| app.admin().post(PATH, json!({"items": [item]})).await;
    let created = import(first).await.expect(200).body["data"][0]["person"].clone();
    let renamed =
        json!({"display_name": "Eva Nová", "email": "nova@example.com", "login": "nova", "employee_number": "7"});
    let updated = import(renamed).await.expect(200);
    assert_eq!(outcomes(&updated), ["updated"]);
    assert_eq!(updated.body["data"][0]["person"]["id"], created["id"]);
    // A person without a number gets one.
    import(json!({"display_name": "Jan", "email": "jan@example.com", "login": "jan"})).await.expect(200);
    let numbered = json!({"display_name": "Jan", "email": "jan@example.com", "employee_number": "8"});
    assert_eq!(outcomes(&import(numbered).await.expect(200)), ["updated"]);
    // The number of one person and the login of another.
    let mixed = json!({"display_name": "X", "email": "x@example.com", "login": "jan", "employee_number": "7"});
    import(mixed).await.refused(409, "conflict").violates("/items/0/login", "ambiguous_person");
    let other = json!({"display_name": "Jan", "email": "jan@example.com", "login": "jan", "employee_number": "9"});
    import(other).await.refused(409, "conflict").violates("/items/0/employee_number", "ambiguous_person");
    let taken = json!({"display_name": "Y", "email": "y@example.com", "employee_number": "7"});
    let refused = app.admin().post("/v1/people", taken).await;
    assert_eq!(refused.refused(409, "already_exists").body["conflicting_field"], "/employee_number");
    let path = format!("/v1/people/{}", text(&created["id"]));
    let cleared = app.admin().patch(&path, "*", json!({"employee_number": null})).await.expect(200);
    assert_eq!(cleared.body["employee_number"], Value::Null);
}

#[apply(both)]
async fn a_dry_run_changes_nothing_and_returns_the_same_result(app: TestApp) {
    department(&app, "care").await;
    let home = |title: &str, from: &str| json!({"department_key": "care", "title": title, "valid_from": from});
    let items = json!([person("eva", home("Expert", "2026-01-01")), person("jan", home("Expert", "2026-01-01"))]);
    app.admin().post(PATH, json!({"items": items})).await.expect(200);
    let mut renamed = person("jan", home("Expert", "2026-01-01"));
    renamed["display_name"] = json!("Jan II");
    let next = json!([
        person("eva", home("Lead", "2027-04-01")),
        renamed,
        person("new", home("Expert", "2027-04-01")),
        json!({"display_name": "eva's assistant", "email": "assistant@example.com"})
    ]);
    let (before, people) = (rows(&app).await, app.admin().get("/v1/people").await.expect(200).body);
    let dry = app.admin().post(PATH, json!({"items": next, "dry_run": true, "full": true})).await.expect(200);
    assert_eq!((rows(&app).await, app.admin().get("/v1/people").await.expect(200).body), (before, people));
    assert_eq!(outcomes(&dry), ["updated", "updated", "created", "created"]);
    assert_eq!((&dry.body["dry_run"], &dry.body["data"][2]["person"]), (&json!(true), &Value::Null));
    assert_eq!(dry.body["data"][1]["person"]["display_name"], "Jan II");
    let done = app.admin().post(PATH, json!({"items": next, "full": true})).await.expect(200);
    assert_eq!((outcomes(&dry), &dry.body["counts"]), (outcomes(&done), &done.body["counts"]));
    assert_ne!(rows(&app).await, before);
    // A dry run reports the same faults.
    for dry_run in [true, false] {
        let wrong = json!([person("eva", json!({"department_key": "nowhere", "title": "X"}))]);
        let refused = app.admin().post(PATH, json!({"items": wrong, "dry_run": dry_run})).await.expect(422);
        refused.violates("/items/0/home_position/department_key", "unknown_reference");
    }
}

#[apply(both)]
async fn a_full_import_lists_who_is_absent_and_changes_none_of_them(app: TestApp) {
    let create = async |name: &str| {
        let body = json!({"display_name": name, "email": format!("{name}@example.com"), "login": name});
        app.admin().post("/v1/people", body).await.expect(201).id()
    };
    let (kept, absent, former) = (create("kept").await, create("absent").await, create("former").await);
    app.admin().post(&format!("/v1/people/{former}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    let items = json!([{"display_name": "kept", "email": "kept@example.com"}, {"display_name": "new", "email": "new@example.com"}]);
    let full = app.admin().post(PATH, json!({"items": items, "full": true})).await.expect(200);
    assert_eq!((outcomes(&full), &full.body["data"][0]["person"]["id"]), (vec!["unchanged", "created"], &json!(kept)));
    let ids: Vec<_> = full.body["absent"].as_array().unwrap().iter().map(|person| text(&person["id"])).collect();
    assert_eq!(ids, [absent.as_str()]);
    let read = app.admin().get(&format!("/v1/people/{absent}")).await.expect(200);
    assert_eq!((&read.body["deactivated_at"], &read.body), (&Value::Null, &full.body["absent"][0]));
}

#[apply(both)]
async fn every_faulty_row_is_reported_and_nothing_is_written(app: TestApp) {
    department(&app, "care").await;
    let import = async |items: Value| app.admin().post(PATH, json!({"items": items})).await;
    let home = |changes: Value| {
        let mut position = json!({"department_key": "care", "title": "Expert", "valid_from": "2026-01-01"});
        for (field, value) in changes.as_object().unwrap() {
            position[field] = value.clone();
        }
        position
    };
    import(json!([person("eva", home(json!({})))])).await.expect(200);
    let before = rows(&app).await;
    let places = |reply: Reply| {
        reply.violations().into_iter().map(|(place, code)| format!("{place} {code}")).collect::<Vec<_>>()
    };
    let unknown = import(json!([
        person("a", home(json!({"department_key": "nowhere"}))),
        person("b", home(json!({}))),
        person("c", home(json!({"department_key": null, "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d"})))
    ]));
    let expected = ["/items/0/home_position/department_key", "/items/2/home_position/department_id"];
    assert_eq!(places(unknown.await.expect(422)), expected.map(|place| format!("{place} unknown_reference")));
    let managers = import(json!([
        person("a", home(json!({"manager_login": "unknown"}))),
        person("b", home(json!({"manager_email": "u@example.com"})))
    ]));
    let expected = ["/items/0/home_position/manager_login", "/items/1/home_position/manager_email"];
    assert_eq!(places(managers.await.expect(422)), expected.map(|place| format!("{place} unknown_reference")));
    let later = import(json!([
        person("new", home(json!({}))),
        person("eva", home(json!({"title": "Lead", "valid_from": "2025-01-01"})))
    ]));
    let expected = ["/items/1/home_position/valid_from overlapping_position"];
    assert_eq!(places(later.await.refused(409, "conflict")), expected);
    let twice = import(
        json!([person("a", Value::Null), {"display_name": "b", "email": "b@example.com", "employee_number": "n-a"}]),
    );
    assert_eq!(places(twice.await.expect(422)), ["/items/1/employee_number duplicate_item"]);
    // Two items with different values that belong to one person.
    let same = import(json!([
        {"display_name": "eva", "email": "other@example.com", "employee_number": "n-eva"},
        {"display_name": "eva", "email": "third@example.com", "login": "eva"}
    ]));
    assert_eq!(places(same.await.refused(409, "conflict")), ["/items/1/email duplicate_item"]);
    for (changes, place, code) in [
        (json!({"department_key": null}), "department_key", "one_of_several"),
        (json!({"department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d"}), "department_key", "one_of_several"),
        (json!({"manager_email": "e@example.com", "manager_login": "eva"}), "manager_login", "one_of_several"),
        (json!({"manager": "A"}), "manager", "unknown_field"),
        (json!({"valid_to": "2026-01-01"}), "valid_to", "not_after_start"),
        (json!({"valid_from": null, "valid_to": "2027-03-30"}), "valid_to", "not_after_start"),
        (json!({"department_key": "Care"}), "department_key", "pattern_mismatch"),
    ] {
        let reply = import(json!([person("a", home(changes))])).await.expect(422);
        reply.violates(&format!("/items/0/home_position/{place}"), code);
    }
    assert_eq!(rows(&app).await, before);
}

#[apply(both)]
async fn five_thousand_people_need_few_statements(app: TestApp) {
    department(&app, "care").await;
    let item = |number: usize, title: &str| {
        let manager = format!("p{}", number / 100);
        json!({
            "display_name": format!("Person {number}"), "email": format!("p{number}@example.com"), "login": format!("p{number}"),
            "employee_number": number.to_string(), "home_position": {
                "department_key": "care", "title": title, "manager_login": manager, "valid_from": "2026-01-01"
            }
        })
    };
    let items: Vec<_> = (0..5_000).map(|number| item(number, "Expert")).collect();
    app.record_statements();
    let created = app.admin().post(PATH, json!({"items": items, "full": true})).await.expect(200);
    assert_eq!(created.body["counts"], json!({"created": 5_000, "updated": 0, "unchanged": 0}));
    assert_eq!(created.body["absent"], json!([]));
    assert!(app.statements().len() < 100, "{} statements", app.statements().len());
    let [people, positions, ..] = rows(&app).await;
    assert_eq!((people, positions), (5_000, 5_000));
    app.record_statements();
    let mut items: Vec<_> = (0..4_999).map(|number| item(number, "Expert")).collect();
    for (number, item) in items.iter_mut().take(1_000).enumerate() {
        item["display_name"] = json!(format!("Renamed {number}"));
    }
    let updated = app.admin().post(PATH, json!({"items": items, "full": true})).await.expect(200);
    assert_eq!(updated.body["counts"], json!({"created": 0, "updated": 1_000, "unchanged": 3_999}));
    assert_eq!(updated.body["absent"][0]["login"], "p4999");
    assert!(app.statements().len() < 60, "{} statements", app.statements().len());
}

#[apply(both)]
async fn only_an_import_can_be_large(app: TestApp) {
    let large = |size: usize| json!({"items": [{"display_name": "x".repeat(size), "email": "x@example.com"}]});
    let refused = app.admin().post(PATH, large(4 * 1024 * 1024)).await.refused(413, "payload_too_large");
    assert_eq!(refused.body["detail"], "Send at most 4096 KiB.");
    app.admin().post(PATH, large(100_000)).await.expect(422).violates("/items/0/display_name", "too_long");
    let other = json!({"key": "a", "name": "x".repeat(64 * 1024)});
    let refused = app.admin().post("/v1/departments", other).await.refused(413, "payload_too_large");
    assert_eq!(refused.body["detail"], "Send at most 64 KiB.");
}

#[apply(both)]
async fn the_command_line_imports_a_file(app: TestApp) {
    let url = match &app.database.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let file = std::env::temp_dir().join(format!("entente-test-{}-{:?}.csv", std::process::id(), app.engine));
    let run = |content: &str, arguments: &[&str]| {
        std::fs::write(&file, content).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        command.env_clear().env("ENTENTE_DATABASE_URL", &url).current_dir(std::env::temp_dir());
        let output = command.args(["people", "import"]).arg(&file).args(arguments).output().unwrap();
        let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), streams.concat())
    };
    let absent = json!({"display_name": "Absent", "email": "absent@example.com"});
    let absent = app.admin().post("/v1/people", absent).await.expect(201).id();
    let good = "display_name;email;login;login_issuer;department_key;title;manager_login\n\
                Jana Nováková;jana@example.com;jana;entente;marketing;Head of brand;\n\
                Petr Svoboda;petr@example.com;petr;;marketing;Analyst;jana\n";
    let before = rows(&app).await;
    let (done, report) = run(good, &["--delimiter", ";", "--dry-run", "--full"]);
    let expected = format!(
        "line 2: created jana@example.com\nline 3: created petr@example.com\n\
         absent: {absent} Absent <absent@example.com>\n\
         created 2, updated 0, unchanged 0, absent 1; dry run, nothing was changed\n"
    );
    assert_eq!((done, report, rows(&app).await), (true, expected, before));
    let (done, report) = run(good, &["--delimiter", ";"]);
    assert!(done && report.ends_with("created 2, updated 0, unchanged 0\n"), "{report}");
    let audit = app.admin().get("/v1/audit-entries?actor=system:cli").await.expect(200);
    assert_eq!(audit.body["data"].as_array().unwrap().len(), 4);
    let (_, report) = run(good, &["--delimiter", ";"]);
    assert_eq!(report, "created 0, updated 0, unchanged 2\n");

    let before = rows(&app).await;
    let wrong = "display_name,email,department_key,title\n\
                 New,new@example.com,marketing,Analyst\n\
                 Eva,not an address,marketing,Analyst\n\
                 Jan,jan@example.com,,\n\
                 Iva,iva@example.com,marketing,\n";
    let (done, report) = run(wrong, &[]);
    assert!(!done && report.contains("line 3, email: ") && report.contains("line 5, title: "), "{report}");
    let (done, report) =
        run(&wrong.replace("not an address", "eva@example.com").replace("marketing,\n", "nowhere,X\n"), &[]);
    assert!(!done && report.contains("line 5, department_key: There is no department with this key."), "{report}");
    let (done, report) = run(&good.replace(";entente;", ";elsewhere;"), &["--delimiter", ";"]);
    assert!(!done && report.contains("line 2, login_issuer: The service does not accept tokens of"), "{report}");
    let (done, report) = run("name,email\n", &[]);
    assert!(!done && report.contains("unknown column \"name\""), "{report}");
    assert_eq!(rows(&app).await, before);
    std::fs::remove_file(&file).unwrap();
}
