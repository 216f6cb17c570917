//! Random events of the simulated year: people join, leave early, return and change their regular positions; areas are
//! transferred within a side.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{PROJECTS, RESERVED, Year, text};
use crate::support::*;

/// From when on each project has no random events, because it will be closed soon.
const QUIET: [Date; 3] = [date(2027, 12, 15), date(2027, 8, 5), date(2028, 2, 5)];

impl Year {
    /// Returns a random number (xorshift), the same ones in every run.
    fn below(&mut self, most: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % most
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.below(from.len())].clone())
    }

    fn is_busy(&self, id: &str) -> bool {
        self.busy.get(id).is_some_and(|until| *until >= self.today)
    }

    fn in_days(&self, days: usize) -> Date {
        self.today + (days as i64).days()
    }

    /// Returns one of `most` days, the first of which is in `first` days.
    fn within(&mut self, first: usize, most: usize) -> Date {
        let days = first + self.below(most);
        self.in_days(days)
    }

    /// Runs the random events of one day.
    pub async fn random_events(&mut self) {
        let today = self.today;
        let due: Vec<_> = self.plans.extract_if(.., |plan| plan.0 <= today).collect();
        for (_, who, path) in due {
            if !self.has_lapsed(&path).await {
                self.post(&who, &path, json!({})).await;
            }
        }
        let due: Vec<_> = self.pending_responses.extract_if(.., |response| response.0 <= today).collect();
        for (_, approval, against) in due {
            self.respond(&approval, against.as_deref()).await;
        }
        for (project, quiet) in QUIET.into_iter().enumerate() {
            self.return_members(project).await;
            let found = self.get(&self.at(project, "")).await;
            let has_sponsors = found["sides"].as_array().unwrap().iter().all(|side| side["vacant_since"].is_null());
            if found["state"] != "active" || !has_sponsors || today >= quiet {
                continue;
            }
            match self.below(12) {
                0..=2 => self.join(project).await,
                3 | 4 => self.release(project).await,
                5 | 6 => self.offer_area(project).await,
                // A person without a regular position could not join, so positions change only after the last start.
                7 if today > PROJECTS[2].1 => self.change_position().await,
                _ => {}
            }
        }
    }

    /// Returns whether the action is about a transfer that lapsed, because the sides of the project have changed.
    async fn has_lapsed(&self, path: &str) -> bool {
        let (subject, _) = path.rsplit_once('/').unwrap();
        subject.starts_with("/v1/transfers/") && self.get(subject).await["state"] == "lapsed"
    }

    /// Members whose memberships have ended return after some days; those without a regular position get one first.
    async fn return_members(&mut self, project: usize) {
        for member in self.members[project].clone() {
            let who = self.subjects[text(&member["person_id"])].clone();
            let unplaced = self.positions[&who].is_none();
            match text(&member["state"]) {
                "returning" if self.below(5) < 2 => {
                    self.post(&who, &format!("/v1/memberships/{}/return", text(&member["id"])), json!({})).await;
                }
                "return_blocked" if unplaced && self.below(3) == 0 => {
                    let (side, today) = (self.below(3), self.today.to_string());
                    self.add_position(&who, side, &today).await;
                }
                _ => {}
            }
        }
    }

    /// Invites one to three people of a side, with random responses.
    async fn join(&mut self, project: usize) {
        let (sides, _, ends, _) = PROJECTS[project];
        let side = self.below(sides);
        let members = self.all(&self.at(project, "/memberships")).await;
        let today = self.today.to_string();
        let open = |member: &&Value| {
            let state = text(&member["state"]);
            ["invited", "accepted", "active", "returning", "return_blocked"].contains(&state)
                || (["returned", "left_organisation"].contains(&state) && *text(&member["valid_to"]) > *today)
        };
        let current: Vec<_> = members.iter().filter(open).collect();
        let count = current.iter().filter(|member| member["department_id"] == *self.departments[side]).count();
        let here = |who: &&String| self.positions[*who].as_ref().is_some_and(|position| position.0 == side);
        let free = |who: &&String| !current.iter().any(|member| member["person_id"] == *self.id(who));
        let fits = |who: &&String| !RESERVED.contains(&who.as_str()) && !self.deactivated.contains(self.id(who));
        let mut people: Vec<_> = self.positions.keys().filter(here).filter(free).filter(fits).cloned().collect();
        let mut items = Vec::new();
        for _ in 0..(1 + self.below(3)).min(12usize.saturating_sub(count)) {
            let Some(who) = self.pick(&people) else { break };
            people.retain(|one| *one != who);
            let from = self.within(0, 10);
            let to = if self.below(5) < 3 { ends } else { ends.min(from + (30 + self.below(60) as i64).days()) };
            items.push(json!({
                "person_id": self.id(&who), "department_id": self.departments[side], "project_role": "Expert",
                "valid_from": from.to_string(), "valid_to": to.to_string(), "fte_percent": 20 + 10 * self.below(9),
                "counts_for_parity": self.below(6) > 0,
            }));
        }
        if items.is_empty() {
            return;
        }
        let Some(sponsor) = self.sponsor(project, side).await else { return };
        let sent = self.post(&sponsor, &self.at(project, "/memberships/batch-invite"), json!({"items": items})).await;
        for member in sent["data"].as_array().unwrap() {
            let who = self.subjects[text(&member["person_id"])].clone();
            let (who, verb) = match self.below(10) {
                0..=6 => (who, "accept"),
                7 => (who, "decline"),
                8 => (sponsor.clone(), "withdraw"),
                // The invitation expires.
                _ => continue,
            };
            let day = self.within(1, 5);
            self.plans.push((day, who, format!("/v1/memberships/{}/{verb}", text(&member["id"]))));
        }
    }

    /// Returns the members of a side who stay until the end and are not busy.
    fn available(&self, project: usize, side: &str, members: &[Value]) -> Vec<String> {
        let ends = PROJECTS[project].2.to_string();
        let fits = |member: &&Value| {
            member["state"] == "active" && member["valid_to"] == *ends && member["department_id"] == *side
        };
        let subjects = members.iter().filter(fits).map(|member| self.subjects[text(&member["person_id"])].clone());
        subjects.filter(|who| !RESERVED.contains(&who.as_str()) && !self.is_busy(who)).collect()
    }

    /// A side requests the release of a member, whose areas get successors.
    async fn release(&mut self, project: usize) {
        let side = self.below(PROJECTS[project].0);
        let members = self.all(&self.at(project, "/memberships")).await;
        let department = self.departments[side].clone();
        let mut others = self.available(project, &department, &members);
        let Some(who) = self.pick(&others) else { return };
        others.retain(|one| *one != who);
        let on = self.within(4, 8);
        let mut successors = Vec::new();
        for area in self.all(&self.at(project, "/areas")).await {
            if area["accountable"]["person_id"] != *self.id(&who) {
                continue;
            }
            let Some(successor) = self.pick(&others) else { return };
            successors.push(json!({"area_id": area["id"], "person_id": self.id(&successor)}));
            self.busy.insert(successor, on + 1.day());
        }
        self.busy.insert(who.clone(), on + 1.day());
        let person = self.id(&who).to_owned();
        let mine = |member: &&Value| member["person_id"] == *person && member["state"] == "active";
        let path = format!("/v1/memberships/{}/release", text(&members.iter().find(mine).unwrap()["id"]));
        let Some(sponsor) = self.sponsor(project, side).await else { return };
        let body = json!({"ends_on": on.to_string(), "reason": "Needed in the department.", "successors": successors});
        let requested = self.post(&sponsor, &path, body).await;
        let other = self.sponsor(project, (side + 1) % PROJECTS[project].0).await;
        let against = other.filter(|_| self.below(6) == 0);
        let day = self.within(0, 4);
        self.pending_responses.push((day, text(&requested["id"]).to_owned(), against));
    }

    /// An owner offers an area to a colleague, who accepts, rejects or does not respond.
    async fn offer_area(&mut self, project: usize) {
        let members = self.all(&self.at(project, "/memberships")).await;
        let areas = self.all(&self.at(project, "/areas")).await;
        let Some(area) = self.pick(&areas) else { return };
        let owner = self.subjects[text(&area["accountable"]["person_id"])].clone();
        let mut others = self.available(project, text(&area["department_id"]), &members);
        let id = text(&area["id"]).to_owned();
        if text(&area["key"]).ends_with("-1") || self.is_busy(&id) || !others.contains(&owner) {
            return;
        }
        others.retain(|one| *one != owner);
        let Some(successor) = self.pick(&others) else { return };
        let body = json!({"to_person_id": self.id(&successor)});
        let offer = self.post(&owner, &format!("/v1/areas/{id}/transfers"), body).await;
        let (response, until) = match self.below(6) {
            0..=2 => (Some((&successor, "accept")), 3),
            3 => (Some((&successor, "reject")), 3),
            4 => (Some((&owner, "withdraw")), 3),
            _ => (None, 15),
        };
        if let Some((who, verb)) = response {
            let path = format!("/v1/transfers/{}/{verb}", text(&offer["id"]));
            self.plans.push((self.in_days(2), who.clone(), path));
        }
        let until = self.in_days(until);
        self.busy.extend([id, owner, successor].map(|one| (one, until)));
    }

    /// A person gets another regular position, perhaps in another department, or none for some days.
    async fn change_position(&mut self) {
        let candidate = |(who, position): (&String, &Option<(usize, String)>)| {
            let (side, position) = position.clone()?;
            let excluded = self.moved.contains(who) || self.deactivated.contains(self.id(who));
            (!excluded).then(|| (who.clone(), side, position))
        };
        let people: Vec<_> = self.positions.iter().filter_map(candidate).collect();
        let Some((who, side, position)) = self.pick(&people) else { return };
        let today = self.today.to_string();
        self.post("admin", &format!("/v1/home-positions/{position}/end"), json!({"ends_on": today})).await;
        self.moved.insert(who.clone());
        match self.below(6) {
            0 => {
                self.positions.insert(who, None);
            }
            1 => self.add_position(&who, (side + 1) % 3, &today).await,
            _ => self.add_position(&who, side, &today).await,
        }
    }
}
