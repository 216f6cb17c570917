//! The list of callback requests: with every filter, its pages contain each request once and in order.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::support::desk::*;
use super::support::*;

/// Creates requests in several states: one per minute, the last two at the same instant.
async fn create_requests(app: &TestApp) {
    let worker = agent(app, "a").await;
    for number in 1..=8 {
        let receipt = create_request(app, number, asap()).await.expect(201);
        let path = format!("{PATH}/{}", receipt.id());
        if number % 2 == 0 {
            worker.act(&format!("{path}/assign")).await.expect(200);
        }
        if number % 4 == 0 {
            call(&worker, &receipt, "reached").await;
        }
        if number % 4 == 1 {
            with_secret(app, &receipt, "cancel").send().await.expect(200);
        }
        if number < 7 {
            app.clock.advance(std::time::Duration::from_secs(60));
        }
    }
}

fn ids(page: &Reply) -> Vec<String> {
    page.body["data"].as_array().unwrap().iter().map(|request| request["id"].as_str().unwrap().to_owned()).collect()
}

/// Returns the ids of all pages of a list.
async fn read_pages(client: &super::support::client::Client, list: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{list}&limit=2{cursor}")).await.expect(200);
        found.extend(ids(&page));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[apply(both)]
async fn pages_contain_each_request_once_and_in_order(app: TestApp) {
    create_requests(&app).await;
    let reader = agent(&app, "a").await;
    let all = ids(&reader.get(&format!("{PATH}?limit=100")).await.expect(200));
    assert_eq!(all.len(), 8);
    let of = |numbers: &[usize]| numbers.iter().map(|number| all[number - 1].clone()).collect::<Vec<_>>();
    for (filter, numbers) in [
        ("intent=sales", &[1, 2, 3, 4, 5, 6, 7, 8][..]),
        ("state=completed", &[4, 8]),
        ("state=completed&state=cancelled&state=completed", &[1, 4, 5, 8]),
        ("state=queued_asap&state=assigned", &[2, 3, 6, 7]),
        ("state=cancelled&state=queued_asap&state=assigned", &[1, 2, 3, 5, 6, 7]),
        ("promise=pending", &[2, 3, 6, 7]),
        ("created_from=2027-03-30T07:03:00Z", &[4, 5, 6, 7, 8]),
        ("created_to=2027-03-30T07:03:00Z", &[1, 2, 3]),
        ("state=completed&state=cancelled&created_from=2027-03-30T07:01:00Z", &[4, 5, 8]),
    ] {
        assert_eq!(read_pages(&reader, &format!("{PATH}?{filter}")).await, of(numbers), "{filter}");
    }
}

#[apply(both)]
async fn a_cursor_with_another_position_is_invalid(app: TestApp) {
    create_requests(&app).await;
    let reader = agent(&app, "a").await;
    let list = format!("{PATH}?limit=2");
    let page = reader.get(&list).await.expect(200);
    let cursor = BASE64_URL_SAFE_NO_PAD.decode(page.body["next_cursor"].as_str().unwrap()).unwrap();
    let mut parts: Vec<String> = serde_json::from_slice(&cursor).unwrap();
    for position in
        ["", "2027-03-30T07:00:00Z", "cbr_01kdvdna00e008000000000001", "today cbr_01kdvdna00e008000000000001"]
    {
        position.clone_into(&mut parts[1]);
        let forged = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_string(&parts).unwrap());
        let refused = reader.get(&format!("{list}&cursor={forged}")).await.expect(400);
        assert_eq!(refused.body["code"], "invalid_cursor", "{position}");
    }
}
