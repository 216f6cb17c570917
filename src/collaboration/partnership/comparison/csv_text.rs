//! The comparison as CSV (RFC 4180). All fields are numbers, days and keys, so that no field can start a formula.

use super::dto::{DepartmentQuarter, PartnershipComparison, PartnershipQuarter};
use crate::kernel::error::Error;

const COLUMNS: [&str; 20] = [
    "quarter",
    "starts_on",
    "ends_on",
    "department_id",
    "department",
    "responded",
    "p50_minutes",
    "p90_minutes",
    "decisions_raised",
    "decisions_raised_share",
    "member_days",
    "member_days_share",
    "disputes_raised",
    "disputes_raised_share",
    "rulings_in_favour",
    "rulings",
    "milestones",
    "milestones_slipped",
    "slip_p50_days",
    "slip_max_days",
];

/// Returns the comparison with one line for each quarter and department, after a line with the column names.
pub fn written(comparison: &PartnershipComparison) -> Result<Vec<u8>, Error> {
    // The byte order mark, by which spreadsheet programs detect UTF-8.
    let start = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start);
    writer.write_record(COLUMNS).map_err(Error::internal)?;
    for quarter in &comparison.quarters {
        for department in &quarter.departments {
            writer.write_record(fields(quarter, department)).map_err(Error::internal)?;
        }
    }
    writer.into_inner().map_err(Error::internal)
}

fn fields(quarter: &PartnershipQuarter, department: &DepartmentQuarter) -> [String; COLUMNS.len()] {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let share = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let DepartmentQuarter { latency, decisions_raised, member_days, disputes_raised, rulings_in_favour, .. } =
        department;
    [
        quarter.quarter.clone(),
        quarter.starts_on.to_string(),
        quarter.ends_on.to_string(),
        department.department_id.to_string(),
        department.key.clone(),
        latency.responded.to_string(),
        number(latency.p50_minutes),
        number(latency.p90_minutes),
        decisions_raised.count.to_string(),
        share(decisions_raised.share),
        member_days.count.to_string(),
        share(member_days.share),
        disputes_raised.count.to_string(),
        share(disputes_raised.share),
        rulings_in_favour.count.to_string(),
        quarter.rulings.to_string(),
        quarter.milestones.milestones.to_string(),
        quarter.milestones.slipped.to_string(),
        number(quarter.milestones.p50_days),
        number(quarter.milestones.max_days),
    ]
}
