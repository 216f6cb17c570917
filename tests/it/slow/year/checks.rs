//! The checks of the simulated year, every day and at the end.

use std::collections::{BTreeMap, HashMap, HashSet};

use entente::app::reference::states;
use entente::app::worker::{self, Parts};
use entente::collaboration::evidence::compare::compare;
use entente::collaboration::evidence::verify::verify;

use super::{PEOPLE, PROJECTS, SEED, Year, text};
use crate::support::*;

/// Checks one day.
pub async fn day(year: &mut Year) {
    for project in 0..year.projects.len() {
        year.members[project] = year.all(&year.at(project, "/memberships")).await;
        check_memberships_do_not_overlap(year, project);
        let found = year.get(&year.at(project, "")).await;
        if ["active", "on_hold"].contains(&text(&found["state"])) {
            check_roles_are_distinct(year, project, &found);
            check_areas_have_one_owner(year, project).await;
            check_parity(year, project, &found).await;
        }
    }
}

fn check_memberships_do_not_overlap(year: &Year, project: usize) {
    let mut stays: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for member in &year.members[project] {
        if ["declined", "withdrawn", "expired"].contains(&text(&member["state"])) {
            continue;
        }
        let (from, to) = (text(&member["valid_from"]), text(&member["valid_to"]));
        let others = stays.entry(text(&member["person_id"])).or_default();
        let clash = others.iter().any(|other| other.0 < to && from < other.1);
        assert!(!clash, "{}: {member} and {others:?}", year.context());
        others.push((from, to));
    }
}

fn check_roles_are_distinct(year: &Year, project: usize, found: &Value) {
    let mut taken = HashSet::new();
    for side in found["sides"].as_array().unwrap() {
        if let Some(sponsor) = side["sponsor_person_id"].as_str() {
            assert!(taken.insert(sponsor), "{}: {found}", year.context());
        }
    }
    for member in &year.members[project] {
        let joined = ["accepted", "active"].contains(&text(&member["state"]));
        assert!(
            !joined || taken.insert(text(&member["person_id"])) || planned_again(year, project, member),
            "{}: {member}",
            year.context()
        );
    }
}

/// Returns whether the person has another membership; `check_memberships_do_not_overlap` checks the days.
fn planned_again(year: &Year, project: usize, member: &Value) -> bool {
    let same = |other: &&Value| other["person_id"] == member["person_id"] && other["id"] != member["id"];
    year.members[project].iter().any(|other| same(&other))
}

async fn check_areas_have_one_owner(year: &Year, project: usize) {
    let path = format!("/ownership?responsibility=accountable&as_of={}", year.today);
    let owners = year.all(&year.at(project, &path)).await;
    for area in year.all(&year.at(project, "/areas")).await {
        let own: Vec<_> = owners.iter().filter(|owner| owner["area_id"] == area["id"]).collect();
        if area["retired_at"].is_string() {
            continue;
        }
        assert_eq!(own, [&area["accountable"]], "{}: {area}", year.context());
        let person = text(&area["accountable"]["person_id"]);
        let member = |member: &&Value| {
            member["state"] == "active"
                && member["person_id"] == *person
                && member["department_id"] == area["department_id"]
        };
        // After the last day the members return, until the project is closed.
        let ended = year.today >= PROJECTS[project].2;
        let known = ended || year.deactivated.contains(person) || year.members[project].iter().any(|one| member(&one));
        assert!(known, "{}: no active member of the side owns {area}", year.context());
    }
}

async fn check_parity(year: &Year, project: usize, found: &Value) {
    let parity = year.get(&year.at(project, "/parity")).await;
    let active = year.all(&year.at(project, "/memberships?state=active")).await;
    let mut heads = Vec::new();
    for side in parity["sides"].as_array().unwrap() {
        let counts = |one: &&Value| one["department_id"] == side["department_id"] && one["counts_for_parity"] == true;
        let own: Vec<_> = active.iter().filter(counts).collect();
        let percent: u64 = own.iter().filter_map(|one| one["fte_percent"].as_u64()).sum();
        assert_eq!(
            (&side["members"], &side["fte_percent"]),
            (&json!(own.len()), &json!(percent)),
            "{}",
            year.context()
        );
        heads.push(own.len());
    }
    let (least, most) = (heads.iter().min().unwrap(), heads.iter().max().unwrap());
    let holds = *least > 0 && most - least <= 5;
    assert_eq!(parity["holds"], holds, "{}: {parity}", year.context());
    // The scheduler checks active projects only.
    if found["state"] == "active" {
        assert_eq!(found["parity_breached_at"].is_null(), holds, "{}: {parity}", year.context());
    }
}

/// Checks the end of the year.
pub async fn end(year: &Year) {
    let ended = ["returned", "left_organisation", "declined", "withdrawn", "expired"];
    for project in 0..year.projects.len() {
        let found = year.get(&year.at(project, "")).await;
        assert_eq!(found["state"], "closed", "{}", year.context());
        let mut seen = HashSet::new();
        for member in &year.members[project] {
            assert!(ended.contains(&text(&member["state"])), "{}: {member}", year.context());
            seen.insert(text(&member["state"]));
        }
        let expected = ["returned", "declined", "expired"];
        assert!(expected.iter().all(|state| seen.contains(state)), "{}: {seen:?}", year.context());
        check_evidence(year, project).await;
    }
    check_every_byte_of_a_small_file(year).await;
    let mut entries = year.all("/v1/audit-entries").await;
    // Reads of personal data change nothing, so they are no events.
    entries.retain(|entry| entry["action"] != "personal_data.read");
    check_everything_happened(year, &entries);
    check_feed_equals_audit(year, &entries).await;
    check_transitions_are_documented(year, &entries);
    check_sealed_responses_were_not_visible(year, &entries);
    check_audit_leads_to_present(year, &entries).await;
}

/// The evidence of the whole year verifies, also against that of the middle of the year, and has all draws. A flipped
/// bit in a random place is found.
async fn check_evidence(year: &Year, project: usize) {
    let reply = year.app.admin().get(&year.at(project, "/evidence")).await.expect(200);
    let verified = verify(reply.text.as_bytes()).unwrap_or_else(|fault| panic!("{}: {fault}", year.context()));
    assert!(verified.count() > 50, "{}", year.context());
    let older = verify(year.evidence[project].as_bytes()).unwrap();
    let compared = compare(&verified, &older).unwrap_or_else(|fault| panic!("{}: {fault}", year.context()));
    assert!(compared.added > 0 && compared.erased == 0, "{}: {compared:?}", year.context());
    let draws = reply.body["record"]["draws"].as_array().unwrap();
    let struck = draws.iter().filter(|draw| draw["struck_at"].is_string()).count();
    assert_eq!((draws.len(), struck), [(4, 1), (0, 0), (5, 3)][project], "{}: {draws:?}", year.context());
    let (mut file, mut random) = (reply.text.into_bytes(), SEED + project as u64);
    for _ in 0..50 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (place, bit) = ((random >> 11) as usize % file.len(), 1_u8 << (random % 8));
        file[place] ^= bit;
        assert!(verify(&file).is_err(), "{}: at {place}", year.context());
        file[place] ^= bit;
    }
}

/// Creates a draft, and flips one bit of every byte of its evidence.
async fn check_every_byte_of_a_small_file(year: &Year) {
    let of =
        |side: usize| json!({"department_id": year.departments[side], "sponsor_person_id": year.id(PEOPLE[side].2)});
    let body = json!({
        "name": "Small", "purpose": "To be read.", "starts_on": "2028-04-03", "ends_on": "2028-05-02",
        "sides": [of(0), of(1)], "goals": [], "milestones": [], "areas": [],
    });
    let id = text(&year.post("cmo2", "/v1/projects", body).await["id"]).to_owned();
    worker::drain(&Parts::of(&year.app.context)).await.unwrap();
    let path = format!("/v1/projects/{id}/evidence");
    let mut file = year.app.admin().get(&path).await.expect(200).text.into_bytes();
    verify(&file).unwrap();
    for place in 0..file.len() {
        let bit = 1_u8 << (place % 8);
        file[place] ^= bit;
        assert!(verify(&file).is_err(), "{}: at {place}", year.context());
        file[place] ^= bit;
    }
}

/// Checks that the year had the events that its checks are about.
fn check_everything_happened(year: &Year, entries: &[Value]) {
    for action in [
        "approval.escalated",
        "approval.lapsed",
        "approval.overdue",
        "approval.rejected",
        "arbiter.drawn",
        "arbiter.struck",
        "arbiter.waived",
        "decision.deadlocked",
        "decision.decided",
        "department.updated",
        "dispute.escalated",
        "dispute.settled",
        "project.amended",
        "project.held",
        "project.parity_breached",
        "sponsor.directory_changed",
        "sponsor.removed",
    ] {
        assert!(entries.iter().any(|entry| entry["action"] == action), "{}: no {action}", year.context());
    }
}

async fn check_feed_equals_audit(year: &Year, entries: &[Value]) {
    let mut feed = Vec::new();
    loop {
        let page = year.get(&format!("/v1/events?after={}&limit=100", feed.len())).await;
        let events = page["data"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        feed.extend(events.iter().cloned());
    }
    assert_eq!(feed.len(), entries.len(), "{}", year.context());
    for (place, (event, entry)) in feed.iter().zip(entries).enumerate() {
        assert_eq!(event["sequence"], place + 1, "{}", year.context());
        let recorded = (&event["type"], &event["subject"], &event["data"]);
        assert_eq!(recorded, (&entry["action"], &entry["subject"], &entry["after"]), "{}", year.context());
    }
}

/// Checks that every change of the state of a project or an approval is a transition of the documented state machine.
/// The state of a membership is computed, so an operation and the passing of time can be one change in the audit trail.
fn check_transitions_are_documented(year: &Year, entries: &[Value]) {
    let machines = states::machines();
    for entry in entries {
        let name = match text(&entry["action"]).split('.').next().unwrap() {
            "project" => "Project",
            "approval" => "Approval",
            _ => continue,
        };
        let (before, after) = (entry["before"]["state"].as_str(), entry["after"]["state"].as_str());
        // A response to an approval has no state, and most changes keep it.
        let Some(after) = after.filter(|after| before != Some(*after)) else { continue };
        let machine = machines.iter().find(|machine| machine.name == name).unwrap();
        let documented = machine.transitions.iter().any(|(from, _, to)| *from == before && *to == after);
        assert!(documented, "{}: {name} from {before:?} to {after}: {entry}", year.context());
    }
}

/// Checks that the audit trail, and so the feed, shows no response before all sides had responded, except the visible
/// approval of the side that asked.
fn check_sealed_responses_were_not_visible(year: &Year, entries: &[Value]) {
    let mut opened = HashSet::new();
    for entry in entries {
        let (action, subject, after) = (text(&entry["action"]), text(&entry["subject"]), &entry["after"]);
        match action {
            "approval.responded" => assert!(after.get("response").is_none(), "{}: {entry}", year.context()),
            "approval.approved" | "approval.rejected" => {
                assert_eq!(after["waiting_for"], json!([]), "{}: {entry}", year.context());
                opened.insert(subject);
            }
            _ => {}
        }
        if after["sealed"] == true && action.starts_with("approval.") && !opened.contains(subject) {
            let asks = !["charter", "decision"].contains(&text(&after["kind"]));
            let visible = after["responses"].as_array().unwrap();
            let is_request = |one: &Value| one["response"] == "approve" && one["responded_at"] == after["requested_at"];
            assert!(visible.iter().all(|one| asks && is_request(one)), "{}: {entry}", year.context());
        }
    }
}

/// Returns the fields that change with time or with other records, by the prefix of the id.
fn computed(kind: &str) -> &'static [&'static str] {
    match kind {
        "mbr" => &["state", "answers_to", "updated_at"],
        "trf" => &["state"],
        "dec" => &["state", "deadlocked_at", "draw"],
        "dsp" => &["draw", "updated_at"],
        "apr" => &["responses", "responded", "waiting_for"],
        "own" => &["recorded_at"],
        // The first heads are set in the database.
        "dpt" => &["head_person_id", "head_since", "updated_at"],
        _ => &["updated_at"],
    }
}

fn without(record: &Value, fields: &[&str]) -> Value {
    let mut record = record.clone();
    for field in fields {
        record.as_object_mut().unwrap().remove(*field);
    }
    record
}

/// Returns the fields of a record that another one has, too.
fn shared(record: &Value, other: &Value) -> Value {
    let fields = record.as_object().unwrap().iter().filter(|(name, _)| other.get(name.as_str()).is_some());
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Checks that the last audit entry of each record equals the record. Entries of sponsors, charters and closure reports
/// have the id of their project as subject.
async fn check_audit_leads_to_present(year: &Year, entries: &[Value]) {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for entry in entries {
        let (subject, before, after) = (text(&entry["subject"]), &entry["before"], &entry["after"]);
        // A reminder is about its subject, which does not change. A change of the directory or the calendar does not
        // change the project.
        let notices = ["sponsor.directory_changed", "project.calendar_changed", "project.delegate_changed"];
        if after["about"].is_string() || notices.contains(&text(&entry["action"])) {
            continue;
        }
        let shape = text(&entry["action"]).split('.').next().unwrap();
        if shape == "sponsor" {
            let sides = known.get_mut(subject).unwrap()["sides"].as_array_mut().unwrap();
            let side = sides.iter_mut().find(|side| side["department_id"] == after["department_id"]);
            // A side that joins is not part of the project before all sides have signed.
            let Some(side) = side else { continue };
            assert_eq!(side, before, "{}: {entry}", year.context());
            *side = after.clone();
            continue;
        }
        let key = match shape {
            "charter" | "closure_report" => format!("{shape} {subject}"),
            _ => subject.to_owned(),
        };
        let ignored: &[&str] = match (shape, subject.split('_').next().unwrap()) {
            ("charter", _) => &["signed_at"],
            // The charter version changes with the previous entry, that of the charter.
            ("project", _) => &["updated_at", "charter"],
            (_, kind) => computed(kind),
        };
        match known.get(&key) {
            Some(last) => assert_eq!(without(last, ignored), without(before, ignored), "{}: {entry}", year.context()),
            // The first charter is created with its project.
            // The first departments are created with the database.
            None if shape == "department" => {}
            None if shape == "charter" => assert_eq!(before["version"], 1, "{}: {entry}", year.context()),
            None => assert_eq!(*before, Value::Null, "{}: {entry}", year.context()),
        }
        if shape == "charter" {
            let project = known.get_mut(subject).unwrap();
            project["charter"] = json!({"version": after["version"], "sha256": after["sha256"]});
        }
        known.insert(key, after.clone());
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, last) in &known {
        let kind = key.split('_').next().unwrap();
        let Some(present) = present(year, key, kind, last).await else { continue };
        // The audit entry of a response does not show what was responded.
        let (present, last) = match kind {
            "rsp" => (shared(&present, last), shared(last, &present)),
            _ => (present, last.clone()),
        };
        let ignored = if key.starts_with("charter ") { &["signed_at"][..] } else { computed(kind) };
        assert_eq!(without(&present, ignored), without(&last, ignored), "{}: {key}", year.context());
        *kinds.entry(kind).or_default() += 1;
    }
    for kind in ["per", "hom", "dpt", "prj", "mbr", "own", "trf", "dsp", "dec", "drw", "apr", "rsp"] {
        assert!(kinds.contains_key(kind), "{}: {kinds:?}", year.context());
    }
}

/// Returns the current record.
async fn present(year: &Year, key: &str, kind: &str, last: &Value) -> Option<Value> {
    let in_list = async |path: String| year.all(&path).await.into_iter().find(|row| row["id"] == *key);
    if let Some((shape, project)) = key.split_once(' ') {
        let path = if shape == "charter" { "charter" } else { "closure-report" };
        return Some(year.get(&format!("/v1/projects/{project}/{path}")).await);
    }
    let path = match kind {
        "hom" => return in_list(format!("/v1/people/{}/home-positions", text(&last["person_id"]))).await,
        "rsp" => return in_list(format!("/v1/approvals/{}/responses", text(&last["approval_id"]))).await,
        // Only the evidence has draws.
        "drw" => {
            let evidence = year.get(&format!("/v1/projects/{}/evidence", text(&last["project_id"]))).await;
            let draws = evidence["record"]["draws"].as_array().unwrap();
            return draws.iter().find(|draw| draw["id"] == *key).cloned();
        }
        "dpt" => "departments",
        "per" => "people",
        "prj" => "projects",
        "mbr" => "memberships",
        "own" => "assignments",
        "trf" => "transfers",
        "dsp" => "disputes",
        "dec" => "decisions",
        "apr" => "approvals",
        _ => panic!("{}: unexpected record {key}", year.context()),
    };
    Some(year.get(&format!("/v1/{path}/{key}")).await)
}
