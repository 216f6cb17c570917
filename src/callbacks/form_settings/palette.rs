//! The colours of the form, which follow from the accent colour of the company.
//!
//! Rule: texts on the accent colour, and in it on the backgrounds of the form, have a contrast of at least 4.5:1, as
//! WCAG 2.2 requires (1.4.3, level AA), in the light and in the dark scheme.

use std::fmt;
use std::str::FromStr;

/// The lowest contrast of texts.
pub const LOWEST_CONTRAST: f64 = 4.5;

const WHITE: Color = Color([255, 255, 255]);
const BLACK: Color = Color([0, 0, 0]);
/// The background of the form in the dark scheme, as in `form.css`.
const DARK_CARD: Color = Color([0x18, 0x1d, 0x23]);
/// Text on the accent colour in the dark scheme.
const DARK_TEXT: Color = Color([0x0b, 0x0f, 0x14]);

/// A colour in the sRGB colour space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl FromStr for Color {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected # and six hexadecimal digits".to_owned();
        let is_hex = |digits: &&str| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(is_hex).ok_or_else(wrong)?;
        let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Color {
    /// Returns the contrast with another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the contrast with white.
    #[must_use]
    pub fn contrast_with_white(self) -> f64 {
        self.contrast(WHITE)
    }

    /// Returns this colour, or the first darker shade of it on which white text can be read.
    #[must_use]
    pub fn readable(self) -> Self {
        self.toward(BLACK, |shade| shade.contrast(WHITE) >= LOWEST_CONTRAST)
    }

    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let Self([red, green, blue]) = self;
        0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    }

    /// Mixes `percent` of another colour into this one.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mix = |(own, other): (u8, u8)| {
            let sum = u16::from(own) * (100 - percent) + u16::from(other) * percent;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        let (Self([red, green, blue]), Self(other)) = (self, other);
        Self([mix((red, other[0])), mix((green, other[1])), mix((blue, other[2]))])
    }

    /// Returns the first mixture of this colour with `end` that is good enough; `end` if none is.
    fn toward(self, end: Self, is_good: impl Fn(Self) -> bool) -> Self {
        (0..=100).map(|percent| self.mixed(end, percent)).find(|shade| is_good(*shade)).unwrap_or(end)
    }
}

/// The colours of a scheme, by the names of their CSS variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    pub accent: Color,
    /// The accent colour below the pointer.
    pub accent_strong: Color,
    /// The background of what is selected.
    pub tint: Color,
    /// Text on the accent colour.
    pub on_accent: Color,
}

/// The colours of both schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    pub light: Scheme,
    pub dark: Scheme,
}

impl Palette {
    /// Returns the colours that follow from an accent colour.
    #[must_use]
    pub fn of(accent: Color) -> Self {
        Self { light: light(accent.readable()), dark: dark(accent) }
    }
}

fn light(accent: Color) -> Scheme {
    let tint = WHITE.mixed(accent, 8);
    let is_readable = |shade: Color| shade.contrast(tint) >= LOWEST_CONTRAST;
    let accent_strong = accent.mixed(BLACK, 20).toward(BLACK, is_readable);
    Scheme { accent, accent_strong, tint, on_accent: WHITE }
}

fn dark(accent: Color) -> Scheme {
    let tint_of = |shade: Color| DARK_CARD.mixed(shade, 12);
    let is_readable = |shade: Color| {
        let backgrounds = [DARK_CARD, DARK_TEXT, tint_of(shade)];
        backgrounds.into_iter().all(|background| shade.contrast(background) >= LOWEST_CONTRAST)
    };
    let accent = accent.toward(WHITE, is_readable);
    Scheme { accent, accent_strong: accent.mixed(WHITE, 30), tint: tint_of(accent), on_accent: DARK_TEXT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    #[test]
    fn the_contrast_is_that_of_wcag() {
        for (one, other, contrast) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.0),
        ] {
            assert!((color(one).contrast(color(other)) - contrast).abs() < 0.01, "{one} {other}");
        }
    }

    #[test]
    fn a_color_has_six_digits() {
        assert_eq!(color("#0A7b2f").to_string(), "#0a7b2f");
        for wrong in ["", "#fff", "0a7b2f", "#0a7b2g", "#0a7b2f;", "#+a7b2f", "red", "#ééé"] {
            assert!(wrong.parse::<Color>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_readable_color_stays() {
        assert_eq!(color("#175c9e").readable(), color("#175c9e"));
        assert_eq!(Palette::of(color("#175c9e")).light.accent, color("#175c9e"));
        let yellow = color("#ffcc00").readable();
        assert!(yellow.contrast_with_white() >= LOWEST_CONTRAST && yellow != BLACK, "{yellow}");
    }

    proptest! {
        #[test]
        fn every_text_can_be_read(channels in any::<[u8; 3]>()) {
            let Palette { light, dark } = Palette::of(Color(channels));
            for (text, background) in [
                (light.on_accent, light.accent),
                (light.on_accent, light.accent_strong),
                (light.accent, WHITE),
                (light.accent_strong, light.tint),
                (dark.on_accent, dark.accent),
                (dark.on_accent, dark.accent_strong),
                (dark.accent, DARK_CARD),
                (dark.accent, dark.tint),
                (dark.accent_strong, dark.tint),
            ] {
                prop_assert!(text.contrast(background) >= LOWEST_CONTRAST, "{} on {}", text, background);
            }
        }
    }
}
