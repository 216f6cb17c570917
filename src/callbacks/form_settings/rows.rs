//! The row of the table `form_settings`.

use diesel::prelude::*;

use super::content::{FieldRule, FormContent, Logo, LogoFormat};
use super::palette::Color;
use crate::callbacks::requests::CallbackIntent;
use crate::kernel::db::schema::form_settings;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = form_settings, treat_none_as_null = true)]
pub struct Settings {
    pub id: i32,
    pub company_name: Option<String>,
    pub accent_color: Option<String>,
    pub email_field: FieldRule,
    pub company_field: FieldRule,
    pub sales: bool,
    pub technical_support: bool,
    pub thank_you_url: Option<String>,
    /// JSON array of `FormTexts`.
    pub texts: String,
    pub logo_sha256: Option<String>,
    pub logo_format: Option<LogoFormat>,
    pub logo_width: Option<i32>,
    pub logo_height: Option<i32>,
    pub logo_bytes: Option<i32>,
    pub version: i64,
    pub updated_at: UtcTime,
}

impl Settings {
    /// Returns the topics that visitors can choose.
    pub fn intents(&self) -> Vec<CallbackIntent> {
        let offered = [
            self.sales.then_some(CallbackIntent::Sales),
            self.technical_support.then_some(CallbackIntent::TechnicalSupport),
        ];
        offered.into_iter().flatten().collect()
    }

    /// Returns what the pages show.
    ///
    /// # Errors
    /// 500 if the row cannot be read.
    pub fn content(&self) -> Result<FormContent, Error> {
        let accent_color =
            self.accent_color.as_deref().map(str::parse::<Color>).transpose().map_err(Error::internal)?;
        Ok(FormContent {
            company_name: self.company_name.clone(),
            logo: self.logo(),
            accent_color,
            email_field: self.email_field,
            company_field: self.company_field,
            intents: self.intents(),
            thank_you_url: self.thank_you_url.clone(),
            texts: serde_json::from_str(&self.texts).map_err(Error::internal)?,
        })
    }

    fn logo(&self) -> Option<Logo> {
        Some(Logo {
            format: self.logo_format?,
            width: self.logo_width?,
            height: self.logo_height?,
            bytes: self.logo_bytes?,
            sha256: self.logo_sha256.clone()?,
        })
    }

    /// Sets or removes the logo.
    pub fn set_logo(&mut self, logo: Option<Logo>) {
        let logo = logo.as_ref();
        self.logo_format = logo.map(|logo| logo.format);
        self.logo_width = logo.map(|logo| logo.width);
        self.logo_height = logo.map(|logo| logo.height);
        self.logo_bytes = logo.map(|logo| logo.bytes);
        self.logo_sha256 = logo.map(|logo| logo.sha256.clone());
    }
}
