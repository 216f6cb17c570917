//! `/v1/slots`.

use actix_web::{get, web};

use super::dto::SlotQuery;
use super::service::{self, Purpose, Reach};
use crate::calendar::{SlotList, capacity};
use crate::callbacks::queues::CallbackIntent;
use crate::kernel::error::{Error, Violation};
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_slots);
}

/// List slots
///
/// Returns the slots of a public queue that start after the minimum notice and within the booking horizon, earliest
/// first, in one response. Full slots are included with `available` set to false, so that a form can show them as
/// disabled. Book a slot by sending its `slot_id` with a callback request for the same queue or intent.
#[utoipa::path(
    tag = "Calendar",
    security(()),
    params(SlotQuery),
    responses(
        (
            status = 200,
            description = "The slots; empty if the days are closed or outside the booking horizon.",
            body = SlotList,
        ),
        (status = 422, description = "`validation_failed`: there is no such public queue."),
    ),
)]
#[get("/v1/slots")]
pub async fn list_slots(app: web::Data<AppState>, from: FromQuery<SlotQuery>) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    let slots = app
        .db
        .read(move |conn| {
            let intent = query.intent.unwrap_or(CallbackIntent::Sales);
            let found = service::reached(conn, query.queue.as_deref(), intent, Reach::Public, Purpose::Read, now)?;
            let parameter = if query.queue.is_some() { "queue" } else { "intent" };
            let unknown = || Violation::parameter(parameter, "unknown_reference", "violation-unknown-queue");
            let found = found.ok_or_else(|| Error::violation(unknown()))?;
            capacity::list_slots(conn, &found.bookable, query.from, query.days)
        })
        .await?;
    Response::ok(&slots)
}
