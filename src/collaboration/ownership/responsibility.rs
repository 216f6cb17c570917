//! The responsibilities a person can have for an area.

crate::text_enum! {
    /// Responsibility for an area (RACI): the `accountable` person has the final responsibility for the area, one
    /// person at a time; `responsible` people do the work; `consulted` people are consulted before decisions;
    /// `informed` people are informed afterwards.
    pub enum Responsibility {
        Accountable,
        Responsible,
        Consulted,
        Informed,
    }
}

impl Responsibility {
    /// Returns whether only members of the side that owns the area can have this responsibility.
    #[must_use]
    pub fn belongs_to_the_side(self) -> bool {
        matches!(self, Self::Accountable | Self::Responsible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_the_api_and_in_the_database() {
        for one in Responsibility::ALL.iter().copied() {
            assert_eq!(one.as_str().parse(), Ok(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
        }
    }
}
