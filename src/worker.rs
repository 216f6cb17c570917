//! Background work.
use crate::http::rate_limit::RateLimit;
use crate::state::AppState;
use actix_web::web;
use std::sync::Arc;
pub struct Parts;
impl Parts {
    pub fn of(_: &web::Data<AppState>, _: Option<Arc<RateLimit>>) -> Self {
        Self
    }
}
pub async fn run(_: Parts, mut stopping: tokio::sync::watch::Receiver<bool>) {
    let _ = stopping.wait_for(|s| *s).await;
}
