//! Checks an image by its bytes: whether it is a PNG or a WebP image, complete, not animated, and how large it is.
//!
//! Rule: the structure of the whole file is read, to its end, so that nothing can be hidden behind an image. The format
//! follows from the bytes alone, and no other format is accepted; in particular no SVG, which can contain scripts.

use super::content::LogoFormat;

/// Most pixels of a side. A small file can be an image of any size, which would need much memory in the browser.
const MAX_SIDE: u32 = 2_000;
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Length, type and checksum of a PNG chunk.
const PNG_CHUNK_OVERHEAD: usize = 12;

/// What the bytes of an image say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    pub format: LogoFormat,
    pub width: u32,
    pub height: u32,
}

/// Why bytes are not accepted as an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFault {
    /// Neither PNG nor WebP.
    UnknownFormat,
    /// The file ends early, goes on after its end, or has no image.
    Damaged,
    Animated,
    /// A side has more pixels than allowed, or none.
    WrongSize,
}

/// Reads the structure of an image.
///
/// # Errors
/// Why the bytes are not accepted.
pub fn inspect(bytes: &[u8]) -> Result<Image, ImageFault> {
    let (format, (width, height)) = if let Some(chunks) = bytes.strip_prefix(PNG_SIGNATURE) {
        (LogoFormat::Png, png(chunks)?)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(&b"WEBP"[..]) {
        (LogoFormat::Webp, webp(bytes)?)
    } else {
        return Err(ImageFault::UnknownFormat);
    };
    if [width, height].iter().all(|side| (1..=MAX_SIDE).contains(side)) {
        Ok(Image { format, width, height })
    } else {
        Err(ImageFault::WrongSize)
    }
}

/// Returns the size of a PNG image (ISO/IEC 15948), of which these are the chunks.
fn png(chunks: &[u8]) -> Result<(u32, u32), ImageFault> {
    let (mut rest, mut size, mut has_data) = (chunks, None, false);
    loop {
        let length = usize::try_from(big_endian(rest, 0)?).map_err(|_| ImageFault::Damaged)?;
        let end = length.checked_add(PNG_CHUNK_OVERHEAD).ok_or(ImageFault::Damaged)?;
        let (chunk, others) = rest.split_at_checked(end).ok_or(ImageFault::Damaged)?;
        match chunk.get(4..8) {
            Some(b"IHDR") if size.is_none() && length == 13 => {
                size = Some((big_endian(chunk, 8)?, big_endian(chunk, 12)?));
            }
            _ if size.is_none() => return Err(ImageFault::Damaged),
            Some(b"acTL") => return Err(ImageFault::Animated),
            Some(b"IDAT") => has_data = true,
            Some(b"IEND") if others.is_empty() && has_data => return size.ok_or(ImageFault::Damaged),
            Some(b"IEND") => return Err(ImageFault::Damaged),
            _ => {}
        }
        rest = others;
    }
}

/// Returns the size of a WebP image (RFC 9649).
fn webp(bytes: &[u8]) -> Result<(u32, u32), ImageFault> {
    if usize::try_from(little_endian(bytes, 4)?).ok() != bytes.len().checked_sub(8) {
        return Err(ImageFault::Damaged);
    }
    let mut rest = bytes.get(12..).unwrap_or_default();
    let (mut canvas, mut image) = (None, None);
    while !rest.is_empty() {
        let length = usize::try_from(little_endian(rest, 4)?).map_err(|_| ImageFault::Damaged)?;
        let content = rest.get(8..).and_then(|rest| rest.get(..length)).ok_or(ImageFault::Damaged)?;
        match rest.get(..4) {
            Some(b"VP8X") => canvas = Some(extended(content)?),
            Some(b"VP8 ") => image = Some(lossy(content)?),
            Some(b"VP8L") => image = Some(lossless(content)?),
            Some(b"ANIM" | b"ANMF") => return Err(ImageFault::Animated),
            _ => {}
        }
        // Chunks have an even length.
        rest = rest.get(8 + length + length % 2..).ok_or(ImageFault::Damaged)?;
    }
    let image = image.ok_or(ImageFault::Damaged)?;
    Ok(canvas.unwrap_or(image))
}

fn extended(content: &[u8]) -> Result<(u32, u32), ImageFault> {
    let side = |at: usize| match content.get(at..at + 3) {
        Some([low, middle, high]) => Ok(u32::from_le_bytes([*low, *middle, *high, 0]) + 1),
        _ => Err(ImageFault::Damaged),
    };
    Ok((side(4)?, side(7)?))
}

fn lossy(content: &[u8]) -> Result<(u32, u32), ImageFault> {
    if content.get(3..6) != Some(&b"\x9d\x01\x2a"[..]) {
        return Err(ImageFault::Damaged);
    }
    let sides = little_endian(content, 6)?;
    Ok((sides & 0x3fff, (sides >> 16) & 0x3fff))
}

fn lossless(content: &[u8]) -> Result<(u32, u32), ImageFault> {
    if content.first() != Some(&0x2f) {
        return Err(ImageFault::Damaged);
    }
    let sides = little_endian(content, 1)?;
    Ok(((sides & 0x3fff) + 1, ((sides >> 14) & 0x3fff) + 1))
}

fn four(bytes: &[u8], at: usize) -> Result<[u8; 4], ImageFault> {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or(ImageFault::Damaged)
}

fn big_endian(bytes: &[u8], at: usize) -> Result<u32, ImageFault> {
    four(bytes, at).map(u32::from_be_bytes)
}

fn little_endian(bytes: &[u8], at: usize) -> Result<u32, ImageFault> {
    four(bytes, at).map(u32::from_le_bytes)
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
