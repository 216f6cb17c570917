//! Building blocks of the chart: a sheet that shapes and text are drawn on, and the marks of the sides.
//!
//! Rules: only this file converts text to XML, so that escaping happens in one place; a coordinate is always a finite
//! number; a text with a maximum width never exceeds it, whatever font is used.

use std::fmt::Write;

use crate::collaboration::partnership::dto::Report;
use crate::kernel::ids::DepartmentId;

/// Colour of text. Its contrast on white is at least 4.5:1, like that of the other text colours.
pub const INK: &str = "#1b1f24";
/// Colour of secondary text.
pub const MUTED: &str = "#57606a";
/// Colour of problems.
pub const ALARM: &str = "#b42318";
/// Colour of guide lines.
pub const RULE: &str = "#d0d7de";

/// One colour for each side. The contrast of white text on it is at least 4.5:1.
const COLOURS: [&str; 8] = ["#1f5fa8", "#b3500a", "#1a7546", "#7a3d9e", "#0b7285", "#6b5d00", "#9c2f6b", "#4a5260"];
const LETTERS: [char; 8] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

/// The mark of a side: a letter and a colour, so that the chart does not depend on colour alone.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    pub letter: char,
    pub colour: &'static str,
}

impl Mark {
    /// Returns the mark of the side at a position in the report.
    #[must_use]
    pub fn at(position: usize) -> Self {
        let letter = LETTERS.get(position).copied().unwrap_or('?');
        Self { letter, colour: COLOURS.get(position).copied().unwrap_or(MUTED) }
    }

    /// Returns the mark of a department, or a question mark if it is not a side.
    #[must_use]
    pub fn of(report: &Report, department_id: DepartmentId) -> Self {
        let position = report.sides.iter().position(|side| side.department_id == department_id);
        Self::at(position.unwrap_or(COLOURS.len()))
    }
}

/// A rectangle.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// The style of a text and its maximum width.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    size: f64,
    bold: bool,
    fill: &'static str,
    anchor: &'static str,
    width: f64,
    halo: bool,
}

impl Type {
    /// Returns the default style in a size in pixels.
    #[must_use]
    pub const fn of(size: f64) -> Self {
        Self { size, bold: false, fill: INK, anchor: "start", width: f64::INFINITY, halo: false }
    }

    /// Sets the text in bold.
    #[must_use]
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// Sets the colour.
    #[must_use]
    pub const fn fill(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    /// Aligns the end of the text with its point.
    #[must_use]
    pub const fn end(self) -> Self {
        Self { anchor: "end", ..self }
    }

    /// Centres the text on its point.
    #[must_use]
    pub const fn middle(self) -> Self {
        Self { anchor: "middle", ..self }
    }

    /// Sets the maximum width; longer text is cut with an ellipsis.
    #[must_use]
    pub const fn within(self, width: f64) -> Self {
        Self { width, ..self }
    }

    /// Adds a white outline, for text drawn over lines.
    #[must_use]
    pub const fn halo(self) -> Self {
        Self { halo: true, ..self }
    }

    /// Returns an upper estimate of the width of a text.
    #[must_use]
    pub fn measure(self, text: &str) -> f64 {
        text.chars().map(advance).sum::<f64>() * self.size * if self.bold { 1.1 } else { 1.0 }
    }

    /// Returns the text, cut with an ellipsis if it exceeds the maximum width.
    #[must_use]
    pub fn fit(self, text: &str) -> String {
        if self.measure(text) <= self.width {
            return text.to_owned();
        }
        let available = self.width - self.measure("…");
        let mut used = 0.0;
        let fitting = text.chars().take_while(|one| {
            used += self.measure(one.encode_utf8(&mut [0; 4]));
            used <= available
        });
        let cut: String = fitting.collect();
        format!("{}…", cut.trim_end())
    }
}

/// Returns the width of a character in ems, based on DejaVu Sans, the widest of the common fonts.
fn advance(one: char) -> f64 {
    match one {
        'i' | 'j' | 'l' | 'í' | 'I' | '|' | '\'' | '.' | ',' | ':' | ';' | ' ' | '·' => 0.34,
        'f' | 't' | 'r' | 'ř' | 'ť' | '(' | ')' | '-' | '/' | '"' => 0.42,
        'm' | 'M' | 'w' | 'W' | '@' | '%' | '…' | '—' => 1.0,
        '0'..='9' | 'a'..='z' => 0.62,
        'A'..='Z' | '&' | '<' | '>' => 0.8,
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{a0}'..='\u{24f}' => 0.75,
        '\u{250}'..='\u{10ff}' => 0.9,
        _ => 1.3,
    }
}

/// A drawing surface that collects SVG elements.
#[derive(Debug, Default)]
pub struct Sheet {
    body: String,
}

impl Sheet {
    /// Draws a rectangle with paint attributes.
    pub fn rect(&mut self, frame: Frame, paint: &str) {
        let [x, y, w, h] = [frame.x, frame.y, frame.w.max(0.0), frame.h.max(0.0)].map(number);
        self.element(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" {paint}/>"));
    }

    /// Draws a straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        self.element(format_args!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {paint}/>"));
    }

    /// Draws a path of straight lines, relative to a point.
    pub fn path(&mut self, (x, y): (f64, f64), steps: &str, paint: &str) {
        let [x, y] = [x, y].map(number);
        self.element(format_args!("<path d=\"M{x} {y}{steps}\" {paint}/>"));
    }

    /// Draws text on a baseline.
    pub fn text(&mut self, (x, y): (f64, f64), style: Type, text: &str) {
        let [x, y, size] = [x, y, style.size].map(number);
        let Type { fill, anchor, .. } = style;
        let weight = if style.bold { " font-weight=\"600\"" } else { "" };
        let halo = if style.halo {
            " stroke=\"#ffffff\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        } else {
            ""
        };
        let text = escape(&style.fit(text));
        self.element(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\" \
             text-anchor=\"{anchor}\"{weight}{halo}>{text}</text>"
        ));
    }

    /// Draws the letter of a side on its colour, as a square of 16 pixels.
    pub fn badge(&mut self, x: f64, y: f64, mark: Mark) {
        self.rect(Frame { x, y, w: 16.0, h: 16.0 }, &format!("rx=\"3\" fill=\"{}\"", mark.colour));
        let style = Type::of(11.0).bold().fill("#ffffff").middle();
        self.text((x + 8.0, y + 12.0), style, mark.letter.encode_utf8(&mut [0; 4]));
    }

    /// Draws a diamond around a point, hollow or filled.
    pub fn diamond(&mut self, (x, y): (f64, f64), hollow: bool) {
        let fill = if hollow { "#ffffff" } else { INK };
        let paint = format!("fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"1.3\"");
        self.path((x, y - 5.0), "l5 5l-5 5l-5 -5z", &paint);
    }

    /// Draws the heading of a panel with a line above and a sentence below it. Its height is 58 pixels.
    pub fn heading(&mut self, (x, y): (f64, f64), width: f64, title: &str, sentence: &str) {
        self.line((x, y), (x + width, y), &format!("stroke=\"{RULE}\""));
        self.text((x, y + 25.0), Type::of(16.0).bold().within(width), title);
        self.text((x, y + 43.0), Type::of(12.0).fill(MUTED).within(width), sentence);
    }

    /// Returns the elements drawn so far.
    #[must_use]
    pub fn finish(self) -> String {
        self.body
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }
}

/// Formats a coordinate with at most one decimal place; values that are not finite become 0.
#[must_use]
pub fn number(value: f64) -> String {
    let tenths = if value.is_finite() { (value * 10.0).round() / 10.0 } else { 0.0 };
    // Adding 0 turns -0 into 0.
    format!("{}", tenths + 0.0)
}

/// Escapes text for XML elements and attributes. Characters that XML 1.0 does not allow are replaced.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
