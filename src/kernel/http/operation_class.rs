//! How much work an operation is. Writes and expensive operations have budgets of their own in the rate limits.

/// A class of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationClass {
    Read,
    Write,
    /// Reports, exports, imports, and writes that start much work in the background.
    Expensive,
}

/// The expensive operations, by `operationId`. The class of all others follows from their method.
pub const EXPENSIVE: [&str; 10] = [
    "compare_departments",
    "export_callback_report",
    "export_callback_requests",
    "export_data_subject",
    "export_department_comparison",
    "get_callback_report",
    "get_evidence",
    "import_closed_days",
    "import_people",
    "replay_webhook_events",
];

impl OperationClass {
    /// Returns the class of an operation.
    #[must_use]
    pub fn of(method: &str, operation_id: &str) -> Self {
        match method {
            _ if EXPENSIVE.contains(&operation_id) => Self::Expensive,
            "GET" => Self::Read,
            _ => Self::Write,
        }
    }

    /// Returns the name of the budget in `RateLimit` headers; `None` if the class has no budget of its own.
    #[must_use]
    pub fn budget(self) -> Option<&'static str> {
        match self {
            Self::Read => None,
            Self::Write => Some("writes"),
            Self::Expensive => Some("expensive"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::authz::Action;

    #[test]
    fn the_class_follows_from_the_method_unless_the_operation_is_listed() {
        assert_eq!(OperationClass::of("GET", "get_person"), OperationClass::Read);
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(OperationClass::of(method, "update_person"), OperationClass::Write);
        }
        assert_eq!(OperationClass::of("GET", "get_callback_report"), OperationClass::Expensive);
        assert_eq!(OperationClass::of("POST", "import_people"), OperationClass::Expensive);
    }

    #[test]
    fn every_listed_operation_exists() {
        for operation in EXPENSIVE {
            assert!(Action::of_operation(operation).is_some(), "{operation}");
        }
    }
}
