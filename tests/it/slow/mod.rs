//! What takes long, left out of the everyday run (`make test`): a year of projects day by day, simulated
//! years of webhooks, and generated projects.

mod generated;
mod simulation;
mod year;
