//! The sides that an approval asks, stored with it: sides that join or leave the project later do not change them.

use crate::kernel::error::Error;
use crate::kernel::ids::DepartmentId;

/// Returns departments as they are stored: in the order of the sides, separated by commas.
#[must_use]
pub fn stored(sides: impl IntoIterator<Item = DepartmentId>) -> String {
    sides.into_iter().map(|side| side.to_string()).collect::<Vec<_>>().join(",")
}

/// Parses what [`stored`] returns.
///
/// # Errors
/// 500 when the text is not a list of departments.
pub fn departments(stored: &str) -> Result<Vec<DepartmentId>, Error> {
    stored.split(',').map(|id| id.parse().map_err(Error::internal)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_round_trip_in_their_order() {
        let sides: Vec<_> = [3, 1, 2].map(DepartmentId::demo).to_vec();
        assert_eq!(departments(&stored(sides.clone())).unwrap(), sides);
        assert!(departments("dep_x").is_err() && departments("").is_err());
    }
}
