//! demo
use crate::config::Settings;
pub fn run(settings: Settings) -> Result<(), String> {
    super::serve::run(settings)
}
