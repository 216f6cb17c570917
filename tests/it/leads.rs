//! The lead, who is part of the charter that all sides sign.

use super::attacks_sealed::{ALL_BUT_ADMIN, amend, respond};
use super::support::app::ALL_SCOPES;
use super::support::pair::Pair;
use super::support::team::person;
use super::support::*;

#[apply(both)]
async fn the_lead_changes_with_a_charter_that_all_sides_sign(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (lena, dana) = (person(&app, "lena", &pair.brand).await, person(&app, "dana", &pair.platform).await);
    let mut charter = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    charter.as_object_mut().unwrap().remove("sides");
    let grant = |side: &str| pair.at(&format!("sides/{side}/delegations"));
    let days =
        |person: &str| json!({"delegate_person_id": person, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    app.person("cio").post(&grant(&pair.platform), days(&dana)).await.expect(201);
    for (subject, scopes) in [("cmo", ALL_BUT_ADMIN), ("cmo", ALL_SCOPES)] {
        let attacker = app.caller(subject, scopes);
        let unknown = "per_01m7fgq4e8f4r9v3zk8x2c6b7d";
        for (lead, code) in
            [(pair.cmo.as_str(), "is_sponsor"), (pair.cio.as_str(), "is_sponsor"), (unknown, "unknown_reference")]
        {
            charter["lead_person_id"] = json!(lead);
            let refused = attacker.put(&pair.at("charter"), "*", charter.clone()).await.expect(422);
            refused.violates("/lead_person_id", code);
        }
        charter["lead_person_id"] = json!(dana);
        attacker.put(&pair.at("charter"), "*", charter.clone()).await.refused(409, "conflict");
        charter["lead_person_id"] = json!(lena);
        attacker.put(&pair.at("charter"), "*", charter.clone()).await.expect(200);
        assert_eq!(pair.read(&app).await["lead_person_id"], Value::Null);
    }
    let asked = pair.open(&app, "charter").await;
    respond(&app.person("cmo"), &asked, "approve").await.expect(200);
    // The next lead becomes a delegate meanwhile.
    let delegation = app.person("cmo").post(&grant(&pair.brand), days(&lena)).await.expect(201).id();
    respond(&app.person("cio"), &asked, "approve").await.refused(409, "conflict");
    app.person("cmo").act(&format!("/v1/delegations/{delegation}/revoke")).await.expect(200);
    respond(&app.person("cio"), &asked, "approve").await.expect(200);
    assert_eq!(pair.read(&app).await["lead_person_id"], json!(lena));
    app.person("cmo").post(&grant(&pair.brand), days(&lena)).await.refused(409, "conflict");
    // Without a lead in the text, the next charter has none.
    let asked = amend(&app, &pair, "lead_person_id", Value::Null).await;
    for subject in ["cmo", "cio"] {
        respond(&app.person(subject), &asked, "approve").await.expect(200);
    }
    assert_eq!(pair.read(&app).await["lead_person_id"], Value::Null);
}
