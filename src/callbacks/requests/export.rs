//! Exports requests as CSV (RFC 4180) for spreadsheet programs.
//!
//! Rules: the filters are those of the list; the export is streamed page by page, so that it needs the memory of one
//! page, whatever its size; fields that a spreadsheet program would run as formulas are escaped; the phone number is in
//! E.164 format and not escaped, so that a CRM imports it as it is; an error closes the connection, so that an
//! incomplete export is never mistaken for a complete one.

use std::future::ready;

use futures_util::StreamExt;
use futures_util::stream::{self, Stream};

use super::csv_fields::{self, escaped};
use super::dto::{CallbackRequestBody, CallbackRequestExportQuery};
use super::filter::{Filter, Position};
use super::{service, store};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::Db;
use crate::kernel::error::Error;

/// Number of requests that are read at a time.
const PAGE: i64 = 500;

const COLUMNS: [&str; 24] = [
    "id",
    "created_at",
    "state",
    "queue",
    "intent",
    "full_name",
    "phone",
    "email",
    "company",
    "notes",
    "locale",
    "promised_from",
    "promised_by",
    "promise",
    "attempts",
    "agent_id",
    "source_page",
    "source_campaign",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "rerouted_to",
];

/// Position of the phone number.
const PHONE: usize = 6;

/// Streams the export, page by page.
///
/// # Errors
/// 403; 422 if `created_to` is not after `created_from`; 503 if too many reports and exports are running.
pub async fn export(
    db: Db,
    actor: &Actor,
    query: &CallbackRequestExportQuery,
) -> Result<impl Stream<Item = Result<Vec<u8>, Error>> + use<>, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    let filter = service::checked(Filter::from(query))?;
    // Read before the response starts, so that a busy database results in a 503 instead of an incomplete export.
    let (first, next) = page(&db, filter.clone(), None).await?;
    let start = [head()?, first].concat();
    Ok(stream::once(ready(Ok(start))).chain(following(db, filter, next)))
}

/// Streams the pages after a position; no page if it is `None`.
fn following(db: Db, filter: Filter, next: Option<Position>) -> impl Stream<Item = Result<Vec<u8>, Error>> {
    stream::try_unfold(next, move |next| {
        let (db, filter) = (db.clone(), filter.clone());
        async move {
            let Some(after) = next else { return Ok(None) };
            let (text, next) = page(&db, filter, Some(after)).await?;
            // An empty chunk would end the response twice.
            Ok::<_, Error>((!text.is_empty()).then_some((text, next)))
        }
    })
}

/// Returns the text of a page and the position of its last request; `None` after the last page.
async fn page(db: &Db, filter: Filter, after: Option<Position>) -> Result<(Vec<u8>, Option<Position>), Error> {
    let rows = db.read_slowly(move |conn| store::list(conn, &filter, after, PAGE)).await?;
    let last = rows.last().filter(|_| rows.len() as i64 == PAGE).map(|(row, _)| Position::from(row));
    let mut writer = csv_fields::writer(Vec::new());
    for row in rows {
        writer.write_record(fields(CallbackRequestBody::from(row))).map_err(Error::internal)?;
    }
    Ok((writer.into_inner().map_err(Error::internal)?, last))
}

/// Returns the byte order mark and the column names.
fn head() -> Result<Vec<u8>, Error> {
    let mut text = csv_fields::BYTE_ORDER_MARK.as_bytes().to_vec();
    text.extend(line(&COLUMNS.map(str::to_owned))?);
    Ok(text)
}

fn line(fields: &[String]) -> Result<Vec<u8>, Error> {
    let mut writer = csv_fields::writer(Vec::new());
    writer.write_record(fields).map_err(Error::internal)?;
    writer.into_inner().map_err(Error::internal)
}

fn fields(request: CallbackRequestBody) -> [String; COLUMNS.len()] {
    let instant = |at: Option<crate::kernel::time::UtcTime>| at.map(|at| at.to_string()).unwrap_or_default();
    let phone = request.phone.unwrap_or_default();
    let mut fields = [
        request.id.to_string(),
        request.created_at.to_string(),
        request.state.as_str().to_owned(),
        request.queue,
        request.intent.as_str().to_owned(),
        request.full_name.unwrap_or_default(),
        String::new(),
        request.email.unwrap_or_default(),
        request.company.unwrap_or_default(),
        request.notes.unwrap_or_default(),
        request.locale.as_str().to_owned(),
        instant(request.promised_from),
        request.promised_by.to_string(),
        request.promise.as_str().to_owned(),
        request.attempts.to_string(),
        request.agent_id.map(|id| id.to_string()).unwrap_or_default(),
        request.source_page.unwrap_or_default(),
        request.source_campaign.unwrap_or_default(),
        request.utm_source.unwrap_or_default(),
        request.utm_medium.unwrap_or_default(),
        request.utm_campaign.unwrap_or_default(),
        request.utm_term.unwrap_or_default(),
        request.utm_content.unwrap_or_default(),
        request.rerouted_to.map(|id| id.to_string()).unwrap_or_default(),
    ]
    .map(escaped);
    fields[PHONE] = if is_number(&phone) { phone } else { escaped(phone) };
    fields
}

/// Returns whether a text is a number in E.164 format, which is harmless as a formula: its value is the number.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_digits_after_a_plus_sign_are_a_number() {
        assert_eq!(COLUMNS[PHONE], "phone");
        assert!(is_number("+420601123456"));
        for other in ["", "+", "420601123456", "+420 601 123 456", "+1+2", "+1;=2", "++1"] {
            assert!(!is_number(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn written_fields_can_be_read_back(fields in prop::collection::vec("[ -~\r\n\u{e1}=+@]{0,20}", COLUMNS.len())) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line_of(&fields));
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(record.iter().map(str::to_owned).collect::<Vec<_>>(), fields);
        }
    }

    fn line_of(fields: &[String]) -> std::io::Cursor<Vec<u8>> {
        std::io::Cursor::new(line(fields).unwrap())
    }
}
