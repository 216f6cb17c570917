//! Reads and changes the settings of the form.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::Url;

use super::content::{FormContent, Logo};
use super::dto::{FormSettingsBody, FormSettingsPatch, NewFormLogo, NewFormTexts};
use super::image::{self, Image, ImageFault};
use super::palette::{Color, LOWEST_CONTRAST};
use super::rows::Settings;
use super::store;
use super::texts::FormTexts;
use crate::callbacks::consent_wordings;
use crate::callbacks::requests::CallbackIntent;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;
use crate::kernel::visible::has_visible_character;

/// The subject of events and audit entries about the settings, of which there is only one set.
const SUBJECT: &str = "fms_01kdvdna00e008000000000001";
/// Largest size of a logo, in bytes.
const MAX_LOGO: usize = 100_000;

/// Returns what the pages show.
pub fn content(conn: &mut DbConn) -> Result<FormContent, Error> {
    store::settings(conn)?.content()
}

/// Returns the current logo with its image; `None` if there is none.
pub fn logo_image(conn: &mut DbConn) -> Result<Option<(Logo, Vec<u8>)>, Error> {
    let Some(logo) = content(conn)?.logo else { return Ok(None) };
    Ok(store::logo(conn, &logo.sha256)?.map(|image| (logo, image)))
}

/// Returns the settings with their version.
///
/// # Errors
/// 403.
pub fn get(conn: &mut DbConn, actor: &Actor) -> Result<(FormSettingsBody, i64), Error> {
    authz::require(actor, Action::ManageForm, &Relations::default())?;
    let row = store::settings(conn)?;
    Ok((body(&row)?, row.version))
}

/// Changes the settings.
///
/// # Errors
/// 403, 412, 428; 422 with every violation.
pub fn update(tx: &mut Tx<'_>, patch: &FormSettingsPatch) -> Result<(FormSettingsBody, i64), Error> {
    tx.authorize_and_deduplicate(Action::ManageForm, &Relations::default())?;
    let before = store::lock(tx.conn)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    let (mut violations, image) = merge(&mut after, patch)?;
    if after.logo_sha256.is_some() && after.company_name.is_none() {
        violations.push(Violation::at("/company_name", "required", "violation-logo-without-name"));
    }
    refuse_if_any(violations)?;
    if after == before {
        return Ok((body(&before)?, before.version));
    }
    after.version += 1;
    after.updated_at = tx.now;
    if let (Some(sha256), Some(image)) = (&after.logo_sha256, image) {
        store::insert_logo(tx.conn, sha256, &image)?;
    }
    store::update(tx.conn, &after)?;
    if let Some(replaced) = before.logo_sha256.as_deref().filter(|old| after.logo_sha256.as_deref() != Some(*old)) {
        store::delete_logo(tx.conn, replaced)?;
    }
    publish_wordings(tx, &before, &after)?;
    let (old, new) = (body(&before)?, body(&after)?);
    tx.record_change(&Change::updated(types::FORM_SETTINGS_UPDATED, SUBJECT, &old, &new)?)?;
    Ok((new, after.version))
}

fn body(row: &Settings) -> Result<FormSettingsBody, Error> {
    Ok(FormSettingsBody::new(row.content()?, row.updated_at))
}

/// Records the wordings that the form shows from now on.
fn publish_wordings(tx: &mut Tx<'_>, before: &Settings, after: &Settings) -> Result<(), Error> {
    if before.texts == after.texts {
        return Ok(());
    }
    for texts in after.content()?.texts {
        if let Some(wording) = &texts.marketing_consent {
            consent_wordings::publish(tx.conn, texts.locale, wording, tx.now)?;
        }
    }
    Ok(())
}

/// Merges a patch into the row. Returns the violations, and the image of a new logo.
fn merge(row: &mut Settings, patch: &FormSettingsPatch) -> Result<(Vec<Violation>, Option<Vec<u8>>), Error> {
    let (mut found, mut image) = (Vec::new(), None);
    if let Some(name) = &patch.company_name {
        if name.as_deref().is_some_and(|name| !has_visible_character(name)) {
            found.push(Violation::at("/company_name", "blank", "violation-blank-name"));
        }
        row.company_name.clone_from(name);
    }
    match &patch.logo {
        None => {}
        Some(None) => row.set_logo(None),
        Some(Some(new)) => match read_logo(new) {
            Ok((logo, bytes)) => {
                row.set_logo(Some(logo));
                image = Some(bytes);
            }
            Err(violation) => found.push(violation),
        },
    }
    if let Some(color) = &patch.accent_color {
        found.extend(color.as_deref().and_then(color_fault));
        row.accent_color = color.as_deref().map(str::to_lowercase);
    }
    apply(&mut row.email_field, patch.email_field);
    apply(&mut row.company_field, patch.company_field);
    if let Some(intents) = &patch.intents {
        row.sales = intents.contains(&CallbackIntent::Sales);
        row.technical_support = intents.contains(&CallbackIntent::TechnicalSupport);
    }
    if let Some(url) = &patch.thank_you_url {
        found.extend(url.as_deref().and_then(url_fault));
        row.thank_you_url.clone_from(url);
    }
    if let Some(texts) = &patch.texts {
        found.extend(text_faults(texts));
        let texts: Vec<FormTexts> = texts.iter().cloned().map(FormTexts::from).collect();
        row.texts = serde_json::to_string(&texts).map_err(Error::internal)?;
    }
    Ok((found, image))
}

/// Decodes and checks a new logo.
fn read_logo(new: &NewFormLogo) -> Result<(Logo, Vec<u8>), Violation> {
    let fault = |code, text: Text| Violation::at("/logo/data", code, text);
    let bytes = BASE64_STANDARD.decode(&new.data).map_err(|_| fault("wrong_format", "violation-form-base64".into()))?;
    if bytes.len() > MAX_LOGO {
        return Err(fault("image_too_large", Text::new("violation-image-bytes").with("limit", MAX_LOGO)));
    }
    let Image { format, width, height } = image::inspect(&bytes).map_err(|found| match found {
        ImageFault::UnknownFormat => fault("image_format", "violation-image-format".into()),
        ImageFault::Damaged => fault("image_damaged", "violation-image-damaged".into()),
        ImageFault::Animated => fault("image_animated", "violation-image-animated".into()),
        ImageFault::WrongSize => fault("image_size", "violation-image-size".into()),
    })?;
    // The limits fit the types.
    let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let logo = Logo {
        format,
        width: number(width),
        height: number(height),
        bytes: i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        sha256: HEXLOWER.encode(&Sha256::digest(&bytes)),
    };
    Ok((logo, bytes))
}

/// Returns the violation for a colour on which white text cannot be read.
fn color_fault(text: &str) -> Option<Violation> {
    // The schema has checked the form.
    let color: Color = text.parse().ok()?;
    let contrast = color.contrast_with_white();
    if contrast >= LOWEST_CONTRAST {
        return None;
    }
    // Rounded down, so that a contrast that is too low is never shown as 4.5.
    let shown = format!("{:.1}", (contrast * 10.0).floor() / 10.0);
    let text = Text::new("violation-contrast").with("contrast", shown).with("color", color.readable().to_string());
    Some(Violation::at("/accent_color", "contrast_too_low", text))
}

/// Returns the violation for an address to which visitors must not be sent.
fn url_fault(text: &str) -> Option<Violation> {
    let fault = |code, text: &'static str| Some(Violation::at("/thank_you_url", code, text));
    match Url::parse(text) {
        Ok(url) if url.scheme() != "https" || !url.has_host() => fault("invalid_url", "violation-form-https"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            fault("url_has_credentials", "violation-url-user")
        }
        Ok(_) => None,
        Err(_) => fault("invalid_url", "violation-form-https"),
    }
}

/// Returns the violations of texts that cannot be seen, and of a second item for a language.
fn text_faults(texts: &[NewFormTexts]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (number, item) in texts.iter().enumerate() {
        if texts.iter().take(number).any(|earlier| earlier.locale == item.locale) {
            found.push(Violation::at(format!("/texts/{number}/locale"), "duplicate_item", "violation-repeated-item"));
        }
        for (field, text) in item.fields() {
            if text.is_some_and(|text| !has_visible_character(text)) {
                found.push(Violation::at(format!("/texts/{number}/{field}"), "blank", "violation-blank"));
            }
        }
    }
    found
}
