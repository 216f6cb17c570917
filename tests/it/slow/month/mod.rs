//! A simulated month of two queues at full load: visitors take every free slot and ask for calls as soon as possible,
//! agents claim requests and make calls of random lengths, and the scheduler runs. `team` has the agents, `random` the
//! calls, and `checks` verifies every hour and the end of the month.
//!
//! The month has two public holidays, Good Friday and Easter Monday, and the beginning of summer time between them.

mod checks;
mod random;
mod team;

use diesel::prelude::*;
use entente::app::scheduler;
use entente::kernel::db::schema::callback_requests;
use entente::kernel::time::UtcTime;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::support::client::Client;
use crate::support::desk::{PATH, agent_id, asap, person_id, queues, request_body};
use crate::support::*;
use random::Random;
use team::{DAYS, Member, TEAM, clock, weekday};

const SEED: u64 = 0x2027_0328;
const FIRST: Date = date(2027, 3, 15);
const LAST: Date = date(2027, 4, 14);
const HOLIDAYS: [Date; 2] = [date(2027, 3, 26), date(2027, 3, 29)];
/// The opening hours, and the hours before and after them in which visitors come, too, in minutes of the day.
const MORNING: i64 = 540;
const OPENS: i64 = 600;
const CLOSES: i64 = 840;
const EVENING: i64 = 900;
/// How often the scheduler runs and agents without a call look for one, in minutes.
const STEP: usize = 5;
/// How long an agent needs for a call, according to the settings of both queues.
const HANDLING_MINUTES: i64 = 30;
/// The calls of a window with a fixed capacity: what three agents can make without breaks and absences.
const FIXED: i32 = 6;

/// Where the capacity comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    Roster,
    Fixed,
}

/// A request that can be called now: id, queue, agent, priority, and when it is due.
type Due = (String, String, Option<String>, i32, UtcTime);

struct Running {
    ends_at: UtcTime,
    path: String,
    outcome: &'static str,
}

struct Agent {
    member: &'static Member,
    id: String,
    client: Client,
    call: Option<Running>,
}

pub struct Month {
    pub app: TestApp,
    pub capacity: Capacity,
    pub today: Date,
    agents: Vec<Agent>,
    visitors: usize,
    random: Random,
}

/// The result of a month.
pub struct Figures {
    requests: usize,
    kept: i64,
    broken: i64,
    share: f64,
    /// Mean length of the calls that reached the visitor, in minutes.
    mean: f64,
}

/// Returns the beginning of a day in Prague.
fn midnight_of(day: Date) -> UtcTime {
    let zone = TimeZone::get("Europe/Prague").unwrap();
    UtcTime::from_jiff(day.to_zoned(zone).unwrap().timestamp())
}

impl Month {
    async fn begin(app: TestApp, capacity: Capacity) -> Self {
        app.clock.set(midnight_of(FIRST));
        let admin = app.admin();
        let hours = DAYS.map(|day| json!({"weekday": day, "opens": clock(OPENS), "closes": clock(CLOSES)}));
        admin.patch("/v1/calendars/default", "*", json!({"opening_hours": hours})).await.expect(200);
        let source = if capacity == Capacity::Roster { "roster" } else { "fixed" };
        for queue in queues() {
            let settings = json!({
                "capacity_source": source, "window_capacity": FIXED, "handling_minutes": HANDLING_MINUTES
            });
            admin.patch(&format!("/v1/queues/{queue}"), "*", settings).await.expect(200);
        }
        let mut agents = Vec::new();
        for member in &TEAM {
            let person = person_id(&app, member.name).await;
            admin.post("/v1/agents", member.body(person)).await.expect(201);
            let id = agent_id(&app, member.name).await.to_string();
            let client = app.caller(member.name, "callbacks:read callbacks:work");
            agents.push(Agent { member, id, client, call: None });
        }
        Self { app, capacity, today: FIRST, agents, visitors: 0, random: Random(SEED) }
    }

    /// Returns what an assertion prints: the time, the database and the source of the capacity.
    pub fn context(&self) -> String {
        format!("seed {SEED:#x} at {} ({:?}, {:?})", self.app.now(), self.app.engine, self.capacity)
    }

    /// Returns how many calls the team can make in a window of a queue; times are minutes of the day.
    pub fn capacity_of(&self, queue: usize, day: Date, from: i64, to: i64) -> i64 {
        match self.capacity {
            Capacity::Fixed => i64::from(FIXED),
            Capacity::Roster => TEAM.iter().map(|member| member.calls(queue, day, from, to)).sum(),
        }
    }

    fn is_open(&self) -> bool {
        weekday(self.today) < DAYS.len() && !HOLIDAYS.contains(&self.today)
    }

    fn at(&self, minute: i64) -> UtcTime {
        midnight_of(self.today).plus_seconds(60 * minute)
    }

    /// Some visitors ask for a call as soon as possible, and others take what is left of the next two windows.
    async fn visitors_come(&mut self) {
        for (queue, key) in ["sales", "support"].into_iter().enumerate() {
            for _ in 0..self.random.below(2) {
                self.request(queue, asap()).await;
            }
            let slots = self.app.anonymous().get(&format!("/v1/slots?queue={key}")).await.expect(200);
            for slot in slots.body["data"].as_array().unwrap().iter().take(2) {
                for _ in 0..slot["capacity_remaining"].as_i64().unwrap() {
                    self.request(queue, json!({"kind": "slot", "slot_id": slot["slot_id"]})).await;
                }
            }
        }
    }

    async fn request(&mut self, queue: usize, preference: Value) {
        self.visitors += 1;
        let mut body = request_body(self.visitors, preference);
        body["intent"] = json!(["sales", "technical_support"][queue]);
        let reply = self.app.anonymous().post(PATH, body).await;
        assert_eq!(reply.status, 201, "{}: {}", self.context(), reply.text);
    }

    /// Returns the requests that can be called now.
    async fn due(&self) -> Vec<Due> {
        use callback_requests::dsl;
        let now = self.app.now();
        let found = self.app.state.db.read(move |conn| {
            Ok(dsl::callback_requests
                .filter(dsl::open_place.is_not_null())
                .filter(dsl::linked_to.is_null())
                .filter(dsl::state.ne("calling"))
                .filter(dsl::due_from.le(now))
                .order(dsl::id)
                .select((dsl::id, dsl::queue_id, dsl::agent_id, dsl::priority, dsl::due_by))
                .load::<Due>(conn)?)
        });
        found.await.unwrap()
    }

    /// Lets an agent who is on duty and makes no call start the next one: of a request that is assigned to the agent,
    /// or else of one that the agent claims.
    async fn work(&mut self, index: usize, due: &mut Vec<Due>) {
        let now = self.app.now();
        let minute = (now.unix_seconds() - midnight_of(self.today).unix_seconds()) / 60;
        let agent = &self.agents[index];
        if agent.call.is_some() || !self.is_open() || !agent.member.is_on_duty(self.today, minute) {
            return;
        }
        let own = due.iter().filter(|(_, _, holder, ..)| holder.as_ref() == Some(&agent.id));
        let own = own.min_by_key(|(_, _, _, priority, due_by)| (*priority, *due_by)).map(|(id, ..)| id.clone());
        let in_reach = |queue: &String| agent.member.queues.iter().any(|own| *queue == queues()[*own].to_string());
        let request = match own {
            Some(id) => id,
            None if due.iter().any(|(_, queue, holder, ..)| holder.is_none() && in_reach(queue)) => {
                let claimed = agent.client.act(&format!("{PATH}/next")).await;
                assert_eq!(claimed.status, 200, "{}: {}", self.context(), claimed.text);
                claimed.id()
            }
            None => return,
        };
        due.retain(|(id, ..)| *id != request);
        let started = agent.client.act(&format!("{PATH}/{request}/calls")).await;
        assert_eq!(started.status, 201, "{}: {}", self.context(), started.text);
        let (outcome, seconds) = self.random.call();
        let path = format!("/v1/calls/{}/end", started.id());
        self.agents[index].call = Some(Running { ends_at: now.plus_seconds(seconds), path, outcome });
    }

    /// Sets the clock, and ends the calls that end before. Each agent goes on with the next one at once.
    async fn advance(&mut self, to: UtcTime) {
        loop {
            let running = self.agents.iter().enumerate();
            let next = running.filter_map(|(index, agent)| Some((agent.call.as_ref()?.ends_at, index))).min();
            let Some((at, index)) = next.filter(|(at, _)| *at <= to) else { break };
            self.app.clock.set(at);
            let call = self.agents[index].call.take().unwrap();
            let ended = self.agents[index].client.post(&call.path, json!({"outcome": call.outcome})).await;
            assert_eq!(ended.status, 200, "{}: {}", self.context(), ended.text);
            let mut due = self.due().await;
            self.work(index, &mut due).await;
        }
        self.app.clock.set(to);
    }

    async fn step(&mut self, minute: i64) {
        self.advance(self.at(minute)).await;
        if minute % 60 == 0 {
            checks::hour(self).await;
            self.visitors_come().await;
        }
        scheduler::run_once(&self.app.state.db, &self.app.state.environment).await.unwrap();
        let mut due = self.due().await;
        for index in 0..self.agents.len() {
            self.work(index, &mut due).await;
        }
    }

    async fn simulate_day(&mut self) {
        self.step(MORNING).await;
        if self.is_open() {
            for minute in (OPENS..=CLOSES).step_by(STEP) {
                self.step(minute).await;
            }
        }
        self.step(EVENING).await;
        // The last calls end.
        self.advance(self.at(EVENING + 120)).await;
        self.app.record_statements();
    }
}

async fn simulate(app: TestApp, capacity: Capacity) -> Figures {
    let mut month = Month::begin(app, capacity).await;
    for day in FIRST.series(1.day()).take_while(|day| *day <= LAST) {
        month.today = day;
        month.simulate_day().await;
    }
    checks::end(&month).await
}

#[apply(both)]
async fn a_month_at_full_load_keeps_what_the_roster_promises(app: TestApp) {
    let (engine, other) = (app.engine, app.fresh());
    let with_roster = Box::pin(simulate(app, Capacity::Roster));
    let with_fixed = Box::pin(simulate(other, Capacity::Fixed));
    let (roster, fixed) = tokio::join!(with_roster, with_fixed);
    for (name, figures) in [("from the roster", &roster), ("fixed", &fixed)] {
        let Figures { requests, kept, broken, share, mean } = figures;
        println!(
            "{engine:?}, capacity {name}: {requests} requests, {kept} promises kept, {broken} broken ({:.1} % kept); \
             calls took {mean:.1} of {HANDLING_MINUTES} minutes",
            100.0 * share
        );
    }
    assert!(roster.mean < HANDLING_MINUTES as f64);
    assert!(roster.share >= 0.95, "{} of {} kept", roster.kept, roster.kept + roster.broken);
    assert!(fixed.share < roster.share, "{} {}", fixed.share, roster.share);
}
