//! What chance brings to the simulated year: people join, leave early, change their position at
//! home and come back; areas change hands within a side.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{KEPT, PROJECTS, Year, text};
use crate::support::*;

/// From when on chance leaves each project alone, because it goes home soon.
const QUIET: [Date; 3] = [date(2027, 12, 15), date(2027, 8, 5), date(2028, 2, 5)];

impl Year {
    /// Xorshift: the same year every time.
    fn below(&mut self, most: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % most
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.below(from.len())].clone())
    }

    fn is_busy(&self, what: &str) -> bool {
        self.busy.get(what).is_some_and(|until| *until >= self.today)
    }

    fn in_days(&self, days: usize) -> Date {
        self.today + (days as i64).days()
    }

    /// One of `most` days, the first of them in `first` days.
    fn within(&mut self, first: usize, most: usize) -> Date {
        let days = first + self.below(most);
        self.in_days(days)
    }

    /// One day of it.
    pub async fn chance(&mut self) {
        let today = self.today;
        let due: Vec<_> = self.plans.extract_if(.., |plan| plan.0 <= today).collect();
        for (_, who, path) in due {
            self.post(&who, &path, json!({})).await;
        }
        let due: Vec<_> = self.asked.extract_if(.., |asked| asked.0 <= today).collect();
        for (_, approval, against) in due {
            self.answer(&approval, against.as_deref()).await;
        }
        for (project, quiet) in QUIET.into_iter().enumerate() {
            self.come_home(project).await;
            let found = self.get(&self.at(project, "")).await;
            let seated = found["sides"].as_array().unwrap().iter().all(|side| side["vacant_since"].is_null());
            if found["state"] != "active" || !seated || today >= quiet {
                continue;
            }
            match self.below(12) {
                0..=2 => self.join(project).await,
                3 | 4 => self.release(project).await,
                5 | 6 => self.offer_area(project).await,
                // Whoever has no home hinders the start of a project.
                7 if today > PROJECTS[2].1 => self.move_at_home().await,
                _ => {}
            }
        }
    }

    /// Those whose days are over return, some days later; who has no home is given one first.
    async fn come_home(&mut self, project: usize) {
        for member in self.members[project].clone() {
            let who = self.subjects[text(&member["person_id"])].clone();
            let homeless = self.homes[&who].is_none();
            match text(&member["state"]) {
                "returning" if self.below(5) < 2 => {
                    self.post(&who, &format!("/v1/memberships/{}/return", text(&member["id"])), json!({})).await;
                }
                "return_blocked" if homeless && self.below(3) == 0 => {
                    let (side, today) = (self.below(3), self.today.to_string());
                    self.settle_down(&who, side, &today).await;
                }
                _ => {}
            }
        }
    }

    /// One to three people of a side are invited, and do with it what they like.
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
        let taken: Vec<_> = members.iter().filter(open).collect();
        let strong = taken.iter().filter(|member| member["department_id"] == *self.departments[side]).count();
        let here = |who: &&String| self.homes[*who].as_ref().is_some_and(|home| home.0 == side);
        let free = |who: &&String| !taken.iter().any(|member| member["person_id"] == *self.id(who));
        let fits = |who: &&String| !KEPT.contains(&who.as_str()) && !self.gone.contains(self.id(who));
        let mut people: Vec<_> = self.homes.keys().filter(here).filter(free).filter(fits).cloned().collect();
        let mut items = Vec::new();
        for _ in 0..(1 + self.below(3)).min(12usize.saturating_sub(strong)) {
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
        let sent = self.post("cmo", &self.at(project, "/memberships/batch-invite"), json!({"items": items})).await;
        for member in sent["data"].as_array().unwrap() {
            let who = self.subjects[text(&member["person_id"])].clone();
            let (who, verb) = match self.below(10) {
                0..=6 => (who, "accept"),
                7 => (who, "decline"),
                8 => ("cmo".to_owned(), "withdraw"),
                // Lapses.
                _ => continue,
            };
            let day = self.within(1, 5);
            self.plans.push((day, who, format!("/v1/memberships/{}/{verb}", text(&member["id"]))));
        }
    }

    /// Members of a side who stay to the end and have nothing else to do.
    fn steady(&self, project: usize, side: &str, members: &[Value]) -> Vec<String> {
        let ends = PROJECTS[project].2.to_string();
        let fits = |member: &&Value| {
            member["state"] == "active" && member["valid_to"] == *ends && member["department_id"] == *side
        };
        let subjects = members.iter().filter(fits).map(|member| self.subjects[text(&member["person_id"])].clone());
        subjects.filter(|who| !KEPT.contains(&who.as_str()) && !self.is_busy(who)).collect()
    }

    /// The own side wants somebody back before the end; their areas go to others.
    async fn release(&mut self, project: usize) {
        let side = self.below(PROJECTS[project].0);
        let members = self.all(&self.at(project, "/memberships")).await;
        let department = self.departments[side].clone();
        let mut others = self.steady(project, &department, &members);
        let Some(who) = self.pick(&others) else { return };
        others.retain(|one| *one != who);
        let on = self.within(4, 8);
        let mut successors = Vec::new();
        for area in self.all(&self.at(project, "/areas")).await {
            if area["accountable"]["person_id"] != *self.id(&who) {
                continue;
            }
            let Some(heir) = self.pick(&others) else { return };
            successors.push(json!({"area_id": area["id"], "person_id": self.id(&heir)}));
            self.busy.insert(heir, on + 1.day());
        }
        self.busy.insert(who.clone(), on + 1.day());
        let person = self.id(&who).to_owned();
        let mine = |member: &&Value| member["person_id"] == *person && member["state"] == "active";
        let path = format!("/v1/memberships/{}/release", text(&members.iter().find(mine).unwrap()["id"]));
        let Some(sponsor) = self.sponsor(project, side).await else { return };
        let body = json!({"ends_on": on.to_string(), "reason": "Needed at home.", "successors": successors});
        let asked = self.post(&sponsor, &path, body).await;
        let other = self.sponsor(project, (side + 1) % PROJECTS[project].0).await;
        let against = other.filter(|_| self.below(6) == 0);
        let day = self.within(0, 4);
        self.asked.push((day, text(&asked["id"]).to_owned(), against));
    }

    /// An owner offers an area to a colleague, who takes it, does not, or never answers.
    async fn offer_area(&mut self, project: usize) {
        let members = self.all(&self.at(project, "/memberships")).await;
        let areas = self.all(&self.at(project, "/areas")).await;
        let Some(area) = self.pick(&areas) else { return };
        let owner = self.subjects[text(&area["accountable"]["person_id"])].clone();
        let mut others = self.steady(project, text(&area["department_id"]), &members);
        let id = text(&area["id"]).to_owned();
        if text(&area["key"]).ends_with("-1") || self.is_busy(&id) || !others.contains(&owner) {
            return;
        }
        others.retain(|one| *one != owner);
        let Some(heir) = self.pick(&others) else { return };
        let body = json!({"to_person_id": self.id(&heir)});
        let offer = self.post(&owner, &format!("/v1/areas/{id}/transfers"), body).await;
        let (answer, until) = match self.below(6) {
            0..=2 => (Some((&heir, "accept")), 3),
            3 => (Some((&heir, "reject")), 3),
            4 => (Some((&owner, "withdraw")), 3),
            _ => (None, 15),
        };
        if let Some((who, verb)) = answer {
            let path = format!("/v1/transfers/{}/{verb}", text(&offer["id"]));
            self.plans.push((self.in_days(2), who.clone(), path));
        }
        let until = self.in_days(until);
        self.busy.extend([id, owner, heir].map(|what| (what, until)));
    }

    /// Somebody gets another position at home, perhaps in another department, perhaps none yet.
    async fn move_at_home(&mut self) {
        let settled = |(who, home): (&String, &Option<(usize, String)>)| {
            let (side, position) = home.clone()?;
            let stays = self.moved.contains(who) || self.gone.contains(self.id(who));
            (!stays).then(|| (who.clone(), side, position))
        };
        let people: Vec<_> = self.homes.iter().filter_map(settled).collect();
        let Some((who, side, position)) = self.pick(&people) else { return };
        let today = self.today.to_string();
        self.post("admin", &format!("/v1/home-positions/{position}/end"), json!({"ends_on": today})).await;
        self.moved.insert(who.clone());
        match self.below(6) {
            0 => {
                self.homes.insert(who, None);
            }
            1 => self.settle_down(&who, (side + 1) % 3, &today).await,
            _ => self.settle_down(&who, side, &today).await,
        }
    }
}
