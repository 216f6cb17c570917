//! The checks of the simulated month, every hour and at the end.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;
use entente::kernel::db::DbConn;
use entente::kernel::db::schema::{callback_requests, calls, events, slots};
use entente::kernel::error::Error;
use entente::kernel::time::UtcTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::team::TEAM;
use super::{Figures, Month, midnight_of};
use crate::support::desk::queues;
use crate::support::*;

/// What the database contains at a full hour.
struct Snapshot {
    /// Agent and request of each running call.
    running: Vec<(String, String)>,
    /// Each intent with its queues.
    intents: Vec<(String, String)>,
    /// Each queue with the agents who have or had its requests.
    holders: Vec<(String, Option<String>)>,
    /// Queue, start, end, and number of bookings of the slots from today on.
    slots: Vec<(String, UtcTime, UtcTime, i32)>,
    /// Queue and start of the window of each request from today on.
    booked: Vec<(String, Option<UtcTime>)>,
    /// The requests whose promise was announced to be at risk, once for each announcement.
    at_risk: Vec<String>,
}

fn read(conn: &mut DbConn, today: UtcTime) -> Result<Snapshot, Error> {
    let running = calls::table.filter(calls::ended_at.is_null()).select((calls::agent_id, calls::request_id));
    let requests = callback_requests::table;
    let intents = requests.select((callback_requests::intent, callback_requests::queue_id)).distinct();
    let holders = requests.select((callback_requests::queue_id, callback_requests::held_by)).distinct();
    let booked = requests.filter(callback_requests::promised_from.ge(today));
    let from_today = slots::table.filter(slots::starts_at.ge(today));
    let at_risk = events::table.filter(events::kind.eq("promise.at_risk"));
    Ok(Snapshot {
        running: running.load(conn)?,
        intents: intents.load(conn)?,
        holders: holders.load(conn)?,
        slots: from_today.select((slots::queue_id, slots::starts_at, slots::ends_at, slots::booked)).load(conn)?,
        booked: booked.select((callback_requests::queue_id, callback_requests::promised_from)).load(conn)?,
        at_risk: at_risk.select(events::subject).load(conn)?,
    })
}

/// Checks what must be true at any time.
pub async fn hour(month: &Month) {
    let today = midnight_of(month.today);
    let found = month.app.state.db.read(move |conn| read(conn, today)).await.unwrap();
    let context = month.context();
    let (mut agents, mut requests, mut announced) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (agent, request) in &found.running {
        assert!(agents.insert(agent), "{context}: {agent} makes two calls");
        assert!(requests.insert(request), "{context}: {request} is called twice at once");
    }
    for request in &found.at_risk {
        assert!(announced.insert(request), "{context}: the risk of {request} was announced twice");
    }
    for (intent, queue) in &found.intents {
        let expected = ["sales", "technical_support"][index_of(queue)];
        assert_eq!(intent, expected, "{context}: in the wrong queue");
    }
    for (queue, agent) in &found.holders {
        let Some(agent) = agent else { continue };
        let member = month.agents.iter().find(|one| one.id == *agent).unwrap().member;
        assert!(member.queues.contains(&index_of(queue)), "{context}: {} has a request of {queue}", member.name);
    }
    check_capacity(month, &found);
}

/// Checks that no slot has more calls than the team can make, and that all bookings are counted.
fn check_capacity(month: &Month, found: &Snapshot) {
    let mut requests: BTreeMap<(&str, UtcTime), i32> = BTreeMap::new();
    for (queue, from) in &found.booked {
        *requests.entry((queue.as_str(), from.unwrap())).or_default() += 1;
    }
    for (queue, starts_at, ends_at, booked) in &found.slots {
        let ((day, from), (_, to)) = (local(*starts_at), local(*ends_at));
        let capacity = month.capacity_of(index_of(queue), day, from, to);
        let context = month.context();
        assert!(i64::from(*booked) <= capacity, "{context}: {booked} of {capacity} calls in {queue} at {starts_at}");
        let made = requests.remove(&(queue.as_str(), *starts_at)).unwrap_or(0);
        assert_eq!(made, *booked, "{context}: requests in {queue} at {starts_at}");
    }
    assert!(requests.is_empty(), "{}: {requests:?} without a slot", month.context());
}

fn index_of(queue: &str) -> usize {
    queues().iter().position(|id| id.to_string() == queue).unwrap()
}

/// Returns the local day, and the minute of the day.
fn local(instant: UtcTime) -> (Date, i64) {
    let zoned = instant.to_jiff().to_zoned(TimeZone::get("Europe/Prague").unwrap());
    (zoned.date(), 60 * i64::from(zoned.hour()) + i64::from(zoned.minute()))
}

/// Id, queue, promise, start and end of the promised time.
type Promise = (String, String, String, Option<UtcTime>, UtcTime);
/// Request, number, agent, start, end, outcome.
type Call = (String, i32, String, UtcTime, Option<UtcTime>, Option<String>);

fn read_all(conn: &mut DbConn) -> Result<(Vec<Promise>, Vec<Call>), Error> {
    use callback_requests::dsl;
    let promises = dsl::callback_requests.order(dsl::id).select((
        dsl::id,
        dsl::queue_id,
        dsl::promise,
        dsl::first_promised_from,
        dsl::first_promised_by,
    ));
    let made = calls::table.order((calls::request_id, calls::number)).select((
        calls::request_id,
        calls::number,
        calls::agent_id,
        calls::started_at,
        calls::ended_at,
        calls::outcome,
    ));
    Ok((promises.load(conn)?, made.load(conn)?))
}

/// Checks every promise against the calls, and returns the figures of the month.
pub async fn end(month: &Month) -> Figures {
    let (promises, made) = month.app.state.db.read(read_all).await.unwrap();
    let context = month.context();
    let mut first_calls = BTreeMap::new();
    let (mut reached, mut seconds) = (0.0, 0.0);
    for (request, number, agent, started_at, ended_at, outcome) in &made {
        if *number == 1 {
            first_calls.insert(request.as_str(), (agent, *started_at));
        }
        assert!(*number <= 3, "{context}: {number} calls of {request}");
        if outcome.as_deref() == Some("reached") {
            reached += 1.0;
            seconds += started_at.seconds_until(ended_at.unwrap());
        }
    }
    let (mut kept, mut broken) = (0, 0);
    for (id, queue, promise, from, by) in &promises {
        let expected = match first_calls.get(id.as_str()) {
            Some((agent, started_at)) => {
                let caller = month.agents.iter().find(|one| one.id == **agent).unwrap().member;
                assert!(caller.queues.contains(&index_of(queue)), "{context}: {} called {id}", caller.name);
                let is_kept = from.is_none_or(|from| from <= *started_at) && started_at < by;
                if is_kept { "kept" } else { "broken" }
            }
            None if *by <= month.app.now() => "broken",
            None => "pending",
        };
        assert_eq!(promise, expected, "{context}: {id}, promised from {from:?} to {by}");
        kept += i64::from(expected == "kept");
        broken += i64::from(expected == "broken");
    }
    let reader = month.app.caller(TEAM[0].name, "callbacks:read");
    let report = reader.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body;
    assert_eq!(
        (&report["promises"]["kept"], &report["promises"]["broken"]),
        (&json!(kept), &json!(broken)),
        "{context}"
    );
    let share = report["promises"]["kept_share"].as_f64().unwrap();
    Figures { requests: promises.len(), kept, broken, share, mean: seconds / reached / 60.0 }
}
