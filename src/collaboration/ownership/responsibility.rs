//! What a person has to do with an area.

crate::text_enum! {
    /// `accountable` answers for the area, one person at a time; `responsible` does the work;
    /// `consulted` is asked before; `informed` is told after.
    pub enum Responsibility {
        Accountable,
        Responsible,
        Consulted,
        Informed,
    }
}

impl Responsibility {
    /// Whether only members of the side that owns the area can have it.
    #[must_use]
    pub fn belongs_to_the_side(self) -> bool {
        matches!(self, Self::Accountable | Self::Responsible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for one in Responsibility::ALL.iter().copied() {
            assert_eq!(one.as_str().parse(), Ok(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
        }
    }
}
