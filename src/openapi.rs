//! The document.
pub fn document() -> Result<serde_json::Value, String> {
    serde_json::to_value(crate::app::collect()).map_err(|e| e.to_string())
}
pub fn pretty(document: &serde_json::Value) -> Result<String, String> {
    serde_json::to_string_pretty(document).map_err(|e| e.to_string())
}
pub fn swagger_config() -> utoipa_swagger_ui::Config<'static> {
    utoipa_swagger_ui::Config::new(["/openapi.json"])
}
