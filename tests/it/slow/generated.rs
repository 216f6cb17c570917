//! Generated cases over HTTP: readiness and activation agree on random projects, queries with `known_at` agree with a
//! log of the changes, and coverage agrees with a check of every day.

use std::time::Duration;

use crate::support::pair::{Pair, charter, respond, text};
use crate::support::team::{department, head, person};
use crate::support::*;

/// A small random number generator (xorshift64*), with the same numbers in every run.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

/// The people and departments of all generated projects.
struct Company {
    sides: [String; 2],
    sponsors: [String; 2],
    successor: String,
    /// Login and id of three people of each side.
    people: [Vec<(String, String)>; 2],
}

async fn company(app: &TestApp) -> Company {
    let sides = [department(app, "brand").await, department(app, "platform").await];
    let sponsors = [person(app, "cmo", &sides[0]).await, person(app, "cio", &sides[1]).await];
    head(app, &sides[0], &sponsors[0]).await;
    head(app, &sides[1], &sponsors[1]).await;
    let successor = person(app, "successor", &sides[0]).await;
    let mut people = [Vec::new(), Vec::new()];
    for (number, side) in sides.iter().enumerate() {
        for n in 0..3 {
            let subject = format!("p{number}{n}");
            let id = person(app, &subject, side).await;
            people[number].push((subject, id));
        }
    }
    Company { sides, sponsors, successor, people }
}

/// Creates a proposed project of random completeness; returns its path and the codes of its expected blockers.
async fn build(app: &TestApp, company: &Company, rng: &mut Rng) -> (String, Vec<String>) {
    let cmo = app.person("cmo");
    let tolerance = rng.below(3);
    let mut body = charter(&company.sides[0], &company.sides[1], &company.sponsors[0], &company.sponsors[1]);
    body["parity_tolerance"] = json!(tolerance);
    let path = cmo.post("/v1/projects", body).await.expect(201).header("location").to_owned();
    let accept = |side: usize| format!("{path}/sides/{}/sponsor/accept", company.sides[side]);
    app.person("cio").act(&accept(1)).await.expect(200);
    let mut missing = Vec::new();
    let mut counts = [0usize; 2];
    let areas = cmo.get(&format!("{path}/areas")).await.expect(200).body["data"].clone();
    for (side, count) in counts.iter_mut().enumerate() {
        let sponsor = app.person(["cmo", "cio"][side]);
        let invited = rng.below(4) as usize;
        let items: Vec<_> = company.people[side][..invited.min(3)]
            .iter()
            .map(|(_, id)| json!({"person_id": id, "department_id": company.sides[side], "project_role": "x"}))
            .collect();
        if items.is_empty() {
            continue;
        }
        let requested =
            sponsor.post(&format!("{path}/memberships/batch-invite"), json!({"items": items})).await.expect(201);
        for ((subject, _), membership) in company.people[side].iter().zip(requested.body["data"].as_array().unwrap()) {
            // One in four does not respond to the invitation.
            if rng.below(4) > 0 {
                app.person(subject)
                    .act(&format!("/v1/memberships/{}/accept", text(&membership["id"])))
                    .await
                    .expect(200);
                *count += 1;
                if *count == 1 && rng.below(3) > 0 {
                    let area = areas
                        .as_array()
                        .unwrap()
                        .iter()
                        .find(|area| area["department_id"] == json!(company.sides[side]))
                        .unwrap();
                    let owner = json!({"person_id": membership["person_id"], "responsibility": "accountable"});
                    sponsor.post(&format!("/v1/areas/{}/assignments", text(&area["id"])), owner).await.expect(201);
                }
            }
        }
    }
    missing.extend(counts.iter().filter(|count| **count == 0).map(|_| "side_empty".to_owned()));
    if counts.iter().all(|count| *count > 0) && counts[0].abs_diff(counts[1]) > tolerance as usize {
        missing.push("parity_breached".into());
    }
    let owned = cmo.get(&format!("{path}/areas")).await.expect(200).body["data"].clone();
    missing.extend(
        owned
            .as_array()
            .unwrap()
            .iter()
            .filter(|area| area["accountable"].is_null())
            .map(|_| "ownership_gap".to_owned()),
    );
    cmo.act(&format!("{path}/propose")).await.expect(200);
    let requested = cmo.get(&format!("{path}/approvals?kind=charter")).await.expect(200).body["data"][0].clone();
    let mut signed = [false; 2];
    for (side, sponsor) in ["cmo", "cio"].into_iter().enumerate() {
        signed[side] = rng.below(4) > 0;
        if signed[side] {
            respond(&app.person(sponsor), &requested, "approve").await.expect(200);
        }
    }
    let replaced = rng.below(4) == 0;
    if replaced {
        let sponsor_path = format!("{path}/sides/{}/sponsor", company.sides[0]);
        app.person("cmo").put(&sponsor_path, "*", json!({"person_id": company.successor})).await.expect(200);
        app.person("successor").act(&accept(0)).await.expect(200);
    }
    // Signatures are sealed until both sides have signed.
    let all_signed = signed == [true, true];
    for side in 0..2 {
        match (all_signed, replaced && side == 0) {
            (true, true) => missing.push("signature_stale".into()),
            (false, _) => missing.push("signature_missing".into()),
            (true, false) => {}
        }
    }
    missing.sort();
    (path, missing)
}

fn codes(blockers: &Value) -> Vec<String> {
    let mut codes: Vec<_> = blockers.as_array().unwrap().iter().map(|one| text(&one["code"]).to_owned()).collect();
    codes.sort();
    codes
}

#[apply(both)]
async fn readiness_and_activation_agree_on_generated_projects(app: TestApp) {
    let company = company(&app).await;
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let (mut activated, mut refused) = (0, 0);
    for case in 0..120 {
        let (path, expected) = build(&app, &company, &mut rng).await;
        let readiness = app.admin().get(&format!("{path}/readiness")).await.expect(200);
        assert_eq!(codes(&readiness.body["blockers"]), expected, "case {case}");
        assert_eq!(readiness.body["ready"], expected.is_empty(), "case {case}");
        let tried = app.admin().act(&format!("{path}/activate")).await;
        if expected.is_empty() {
            assert_eq!(tried.expect(200).body["state"], "active", "case {case}");
            activated += 1;
        } else {
            assert_eq!(tried.refused(409, "not_ready").body["blockers"], readiness.body["blockers"], "case {case}");
            refused += 1;
        }
    }
    assert!(activated > 3 && refused > 50, "{activated} activated, {refused} refused");
}

#[apply(both)]
async fn known_at_queries_agree_with_a_log_of_the_changes(app: TestApp) {
    let pair = Pair::running(&app).await;
    let mut rng = Rng(0x2545_f491_4f6c_dd1d);
    let day = |n: u64| "2027-04-01".parse::<entente::kernel::time::Day>().unwrap().plus_days(n as i64).to_string();
    let people = [&pair.mia, &pair.max, &pair.ivan, &pair.ina];
    // The instant of each change, and the assignment in the response.
    let mut log: Vec<(entente::kernel::time::UtcTime, Value)> = Vec::new();
    let cmo = app.person("cmo");
    for _ in 0..60 {
        app.clock.advance(Duration::from_secs(60));
        let (from, length) = (rng.below(60), 1 + rng.below(30));
        let known: Vec<_> = log.iter().map(|(_, one)| text(&one["id"]).to_owned()).collect();
        let reply = if known.is_empty() || rng.below(2) == 0 {
            let person = people[rng.below(4) as usize];
            let body = json!({"person_id": person, "responsibility": "consulted", "valid_from": day(from), "valid_to": day(from + length)});
            cmo.post(&format!("/v1/areas/{}/assignments", pair.databases), body).await
        } else {
            let id = &known[rng.below(known.len() as u64) as usize];
            let body = json!({"valid_from": day(from), "valid_to": day(from + length), "reason": "Wrong days."});
            cmo.post(&format!("/v1/assignments/{id}/correct"), body).await
        };
        // Overlapping days of the same person are rejected and change nothing.
        match reply.status {
            200 | 201 => log.push((app.now(), reply.body.clone())),
            _ => drop(reply.refused(409, "already_exists")),
        }
    }
    assert!(log.len() > 25, "{}", log.len());
    let start = log[0].0;
    let total = app.now().unix_seconds() - start.unix_seconds();
    for _ in 0..60 {
        let at = start.plus_seconds(rng.below(total as u64 + 1) as i64);
        let as_of = day(rng.below(90));
        let mut latest: std::collections::BTreeMap<String, &Value> = std::collections::BTreeMap::new();
        for (_, one) in log.iter().filter(|(when, _)| *when <= at) {
            latest.insert(text(&one["id"]).to_owned(), one);
        }
        let covers =
            |one: &&Value| text(&one["valid_from"]) <= as_of.as_str() && as_of.as_str() < text(&one["valid_to"]);
        let expected: Vec<_> = latest.into_values().filter(covers).cloned().collect();
        let path = format!(
            "/v1/areas/{}/assignments?responsibility=consulted&as_of={as_of}&known_at={at}&limit=100",
            pair.databases
        );
        let found = cmo.get(&path).await.expect(200);
        assert_eq!(found.body["data"], json!(expected), "as of {as_of}, known at {at}");
    }
}

/// A person on the days `[from, to)`, counted from 30 March.
type Interval = (usize, u64, u64);

/// Writes random memberships and owners of one area directly to the database, because the service would reject most
/// of them.
async fn write_random_owners(
    app: &TestApp,
    pair: &Pair,
    rng: &mut Rng,
    day: &dyn Fn(u64) -> String,
) -> (Vec<(usize, usize, u64, u64)>, Vec<Interval>) {
    use entente::kernel::ids::{AssignmentKind, MembershipKind};
    let people = [&pair.mia, &pair.max, &pair.ivan, &pair.ina];
    let sides = [&pair.brand, &pair.platform];
    let at = "2027-03-30 07:00:00";
    let counts = if app.engine == Engine::Postgres { "TRUE" } else { "1" };
    let (mut stays, mut owners, mut sql) = (Vec::new(), Vec::new(), vec!["DELETE FROM memberships".to_owned()]);
    for (person, id) in people.iter().enumerate() {
        let (side, from) = (rng.below(2) as usize, rng.below(60));
        let to = from + 1 + rng.below(120);
        stays.push((person, side, from, to));
        sql.push(format!(
            "INSERT INTO memberships (id, project_id, person_id, department_id, state, project_role, counts_for_parity, \
             fte_percent, valid_from, valid_to, home_department_id, home_title, invited_at, expires_at, responded_at, \
             version, updated_at) VALUES ('{}', '{}', '{id}', '{side}', 'accepted', 'x', {counts}, 100, '{}', '{}', \
             '{side}', 'x', '{at}', '2027-04-13 07:00:00', '{at}', 1, '{at}')",
            app.state.environment.new_id::<MembershipKind>(), pair.project, day(from), day(to), side = sides[side],
        ));
    }
    let mut free = 0;
    for _ in 0..rng.below(6) {
        let from = free + rng.below(20);
        let to = from + 1 + rng.below(40);
        free = to;
        let person = rng.below(4) as usize;
        owners.push((person, from, to));
        sql.push(format!(
            "INSERT INTO assignments (id, area_id, project_id, person_id, responsibility, valid_from, valid_to, version, \
             created_at, recorded_at) VALUES ('{}', '{}', '{}', '{}', 'accountable', '{}', '{}', 1, '{at}', '{at}')",
            app.state.environment.new_id::<AssignmentKind>(), pair.databases, pair.project, people[person], day(from), day(to),
        ));
    }
    sql.insert(0, format!("UPDATE assignments SET superseded_at = '2027-03-30 08:00:00' WHERE superseded_at IS NULL AND area_id = '{}'", pair.databases));
    crate::support::team::execute_sql(app, sql).await.unwrap();
    (stays, owners)
}

/// Compares with a simple check of every day, every owner and every membership.
#[apply(both)]
async fn coverage_agrees_with_a_check_of_every_day(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
    let mut rng = Rng(0xd1b5_4a32_d192_ed03);
    let day = |n: u64| "2027-03-30".parse::<entente::kernel::time::Day>().unwrap().plus_days(n as i64).to_string();
    let people = [&pair.mia, &pair.max, &pair.ivan, &pair.ina];
    let last = 246; // 1 December, the end of the project.
    for case in 0..40 {
        let (stays, owners) = write_random_owners(&app, &pair, &mut rng, &day).await;
        let from = rng.below(100);
        let to = (from + 1 + rng.below(150)).min(last);
        let path = pair.at(&format!("ownership/coverage?from={}&to={}", day(from), day(to)));
        let coverage = app.admin().get(&path).await.expect(200).body;
        let area =
            coverage["areas"].as_array().unwrap().iter().find(|one| one["area_id"] == json!(pair.databases)).unwrap();
        let reported = |field: &str, day: &str, person: Option<&str>| {
            area[field].as_array().unwrap().iter().any(|one| {
                text(&one["starts_on"]) <= day
                    && day < text(&one["ends_on"])
                    && person.is_none_or(|id| one["person_id"] == id)
            })
        };
        for n in from..to {
            let today = day(n);
            let owner = owners.iter().find(|(_, begins, ends)| (*begins..*ends).contains(&n));
            assert_eq!(reported("gaps", &today, None), owner.is_none(), "case {case}, gap on {today}");
            let Some((person, ..)) = owner else { continue };
            let there = stays.iter().find(|stay| stay.0 == *person && (stay.2..stay.3).contains(&n));
            let id = Some(people[*person].as_str());
            assert_eq!(reported("orphans", &today, id), there.is_none(), "case {case}, orphan on {today}");
            let elsewhere = there.is_some_and(|stay| stay.1 == 1);
            assert_eq!(reported("side_mismatches", &today, id), elsewhere, "case {case}, mismatch on {today}");
        }
    }
}
