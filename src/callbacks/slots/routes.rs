//! `/v1/slots`.

use actix_web::{HttpRequest, get, web};

use super::dto::SlotQuery;
use super::service::{self, Purpose, Reach};
use crate::calendar::{SlotList, capacity};
use crate::callbacks::queues::CallbackIntent;
use crate::kernel::authz;
use crate::kernel::error::{Error, Violation};
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::request::caller_if;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_slots);
}

/// List slots
///
/// Returns the slots of a public queue that start after the minimum notice and within the booking horizon, earliest
/// first, in one response. Full slots are included with `available` set to false, so that a form can show them as
/// disabled. Book a slot by sending its `slot_id` with a callback request for the same queue or intent.
///
/// No token is needed. With the scope `callbacks:create` or `callbacks:read`, you can also name a queue that is not
/// public, for example to show its slots in a form of your own website.
#[utoipa::path(
    tag = "Calendar",
    security((), ("bearer" = [])),
    params(SlotQuery),
    responses(
        (
            status = 200,
            description = "The slots; empty if the days are closed or outside the booking horizon.",
            body = SlotList,
        ),
        (status = 401, description = "`unauthenticated`: a token or API key was sent, and it is not valid."),
        (
            status = 422,
            description = "`validation_failed`: there is no public queue with this key; with one of the two scopes, no \
                           queue at all.",
        ),
    ),
)]
#[get("/v1/slots")]
pub async fn list_slots(
    app: web::Data<AppState>,
    request: HttpRequest,
    from: FromQuery<SlotQuery>,
) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    // The caller does not matter for the queue of an intent, which is public.
    let sees_all = query.queue.is_some() && caller_if(&request, authz::sees_every_queue).await?.is_some();
    let reach = if sees_all { Reach::All } else { Reach::Public };
    let slots = app
        .db
        .read(move |conn| {
            let intent = query.intent.unwrap_or(CallbackIntent::Sales);
            let found = service::reached(conn, query.queue.as_deref(), intent, reach, Purpose::Read, now)?;
            let parameter = if query.queue.is_some() { "queue" } else { "intent" };
            let text = match reach {
                Reach::Public if query.queue.is_some() => "violation-unknown-public-queue",
                _ => "violation-unknown-queue",
            };
            let unknown = || Violation::parameter(parameter, "unknown_reference", text);
            let found = found.ok_or_else(|| Error::violation(unknown()))?;
            capacity::list_slots(conn, &found.bookable, query.from, query.days)
        })
        .await?;
    Response::ok(&slots)
}
