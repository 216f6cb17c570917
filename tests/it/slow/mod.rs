//! What takes long, left out of the everyday run (`make test`): a year of projects day by day, simulated
//! years of webhooks, generated projects, and every verb in every state.

mod generated;
mod simulation;
mod verbs;
mod year;
