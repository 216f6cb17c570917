//! The test environment: each test has its own service, database and clock, and a client that checks every response
//! against the OpenAPI document.

pub mod actors;
pub mod app;
pub mod binds;
pub mod client;
pub mod contract;
pub mod database;
pub mod desk;
pub mod draft;
pub mod dump;
pub mod edge;
pub mod operation;
pub mod pair;
pub mod plan;
pub mod receiver;
pub mod recorder;
pub mod team;
pub mod telemetry;

pub use app::{SECRET, TestApp, start_time};
pub use client::{NEW, Reply};
pub use database::Engine;
pub use macro_rules_attribute::apply;
pub use serde_json::{Value, json};

/// Defines two tests from a function, `name::sqlite` and `name::postgres`: `#[apply(both)]`.
///
/// Without `ENTENTE_TEST_POSTGRES_URL`, the second one is skipped, which is a failure with `REQUIRE_POSTGRES=1`.
#[macro_export]
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every test needs every helper")]
            use super::*;

            async fn case($app: $crate::support::TestApp) $body

            #[test]
            fn sqlite() {
                $crate::support::app::run($crate::support::Engine::Sqlite, case);
            }

            #[test]
            fn postgres() {
                $crate::support::app::run($crate::support::Engine::Postgres, case);
            }
        }
    };
}

/// Sends `count` requests concurrently and returns the replies.
pub async fn at_once<F, Fut>(count: usize, request: F) -> Vec<Reply>
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = Reply>,
{
    futures_util::future::join_all((0..count).map(request)).await
}

/// Returns the number of replies with this status.
pub fn with_status(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}
