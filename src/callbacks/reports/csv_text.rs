//! The counts of the report as CSV (RFC 4180), for spreadsheet programs. Visitors choose the campaign, so it is
//! escaped.

use super::dto::{CallbackReportGroup, PromiseCounts, VisitorFeedbackCounts};
use crate::callbacks::requests::csv_fields;
use crate::kernel::error::Error;
use crate::kernel::time::Day;

const COLUMNS: [&str; 19] = [
    "starts_on",
    "ends_on",
    "day",
    "queue_id",
    "queue",
    "agent_id",
    "campaign",
    "kept",
    "broken",
    "pending",
    "not_counted",
    "cancelled_by_desk",
    "kept_share",
    "visitors_on_time",
    "visitors_late",
    "kept_but_late",
    "broken_but_on_time",
    "not_counted_but_late",
    "agent_links",
];

/// Returns one line for each group, after a line with the column names.
pub fn written((starts_on, ends_on): (Day, Day), groups: &[CallbackReportGroup]) -> Result<Vec<u8>, Error> {
    let mut writer = csv_fields::writer(csv_fields::BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(COLUMNS).map_err(Error::internal)?;
    for group in groups {
        writer.write_record(fields((starts_on, ends_on), group)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn fields((starts_on, ends_on): (Day, Day), group: &CallbackReportGroup) -> [String; COLUMNS.len()] {
    let PromiseCounts { kept, broken, pending, not_counted, cancelled_by_desk, kept_share } = group.promises;
    let VisitorFeedbackCounts { on_time, late, kept_but_late, broken_but_on_time, not_counted_but_late, agent_links } =
        group.visitors;
    [
        starts_on.to_string(),
        ends_on.to_string(),
        group.day.map(|day| day.to_string()).unwrap_or_default(),
        group.queue_id.map(|id| id.to_string()).unwrap_or_default(),
        csv_fields::escaped(group.queue.clone().unwrap_or_default()),
        group.agent_id.map(|id| id.to_string()).unwrap_or_default(),
        csv_fields::escaped(group.campaign.clone().unwrap_or_default()),
        kept.to_string(),
        broken.to_string(),
        pending.to_string(),
        not_counted.to_string(),
        cancelled_by_desk.to_string(),
        kept_share.map(|share| share.to_string()).unwrap_or_default(),
        on_time.to_string(),
        late.to_string(),
        kept_but_late.to_string(),
        broken_but_on_time.to_string(),
        not_counted_but_late.to_string(),
        agent_links.to_string(),
    ]
}
