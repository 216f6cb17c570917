use super::*;
use proptest::prelude::*;

fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, &[0; 4]].concat()
}

fn png_of(width: u32, height: u32, more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let more: Vec<u8> = more.iter().flat_map(|(kind, content)| png_chunk(kind, content)).collect();
    [PNG_SIGNATURE, &png_chunk(b"IHDR", &header), &more, &png_chunk(b"IDAT", b"x"), &png_chunk(b"IEND", b"")].concat()
}

fn webp_of(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, content) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
        body.extend_from_slice(content);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

const LOSSY: &[u8] = b"\0\0\0\x9d\x01\x2a\x40\x01\x2c\x01x";
const LOSSLESS: &[u8] = b"\x2f\x3f\xc1\x4a\x00xx";

#[test]
fn images_of_both_formats_are_accepted() {
    let of = |format, width, height| Ok(Image { format, width, height });
    assert_eq!(inspect(&png_of(320, 80, &[])), of(LogoFormat::Png, 320, 80));
    assert_eq!(inspect(&png_of(1, 2_000, &[(b"tEXt", b"a")])), of(LogoFormat::Png, 1, 2_000));
    assert_eq!(inspect(&webp_of(&[(b"VP8 ", LOSSY)])), of(LogoFormat::Webp, 320, 300));
    assert_eq!(inspect(&webp_of(&[(b"VP8L", LOSSLESS)])), of(LogoFormat::Webp, 320, 300));
    let canvas: &[u8] = &[0, 0, 0, 0, 99, 0, 0, 49, 0, 0];
    assert_eq!(inspect(&webp_of(&[(b"VP8X", canvas), (b"VP8 ", LOSSY)])), of(LogoFormat::Webp, 100, 50));
}

#[test]
fn other_formats_are_refused() {
    for bytes in [
        &b""[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"GIF89a\x01\x00\x01\x00",
        b"\xff\xd8\xff\xe0",
        b"<html>",
        b"RIFF\x04\0\0\0WAVE",
        b"\x89PNG\n",
    ] {
        assert_eq!(inspect(bytes), Err(ImageFault::UnknownFormat), "{bytes:?}");
    }
}

#[test]
fn damaged_animated_and_large_images_are_refused() {
    let whole = png_of(10, 10, &[]);
    for bytes in [
        whole[..whole.len() - 1].to_vec(),
        [&whole[..], b"<script>alert(1)</script>"].concat(),
        PNG_SIGNATURE.to_vec(),
        [PNG_SIGNATURE, b"<svg xmlns='http://www.w3.org/2000/svg'/>"].concat(),
        [PNG_SIGNATURE, &png_chunk(b"IEND", b"")].concat(),
        webp_of(&[]),
        webp_of(&[(b"VP8 ", b"xxxxxxxxxx")]),
        [&webp_of(&[(b"VP8 ", LOSSY)])[..], b"more"].concat(),
    ] {
        assert_eq!(inspect(&bytes), Err(ImageFault::Damaged), "{bytes:?}");
    }
    assert_eq!(inspect(&png_of(10, 10, &[(b"acTL", b"")])), Err(ImageFault::Animated));
    assert_eq!(inspect(&webp_of(&[(b"ANIM", b""), (b"VP8 ", LOSSY)])), Err(ImageFault::Animated));
    for (width, height) in [(0, 10), (2_001, 10), (10, u32::MAX)] {
        assert_eq!(inspect(&png_of(width, height, &[])), Err(ImageFault::WrongSize));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_inspected(start in 0..4_usize, bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let starts = [&b""[..], PNG_SIGNATURE, b"RIFF\x20\0\0\0WEBP", b"RIFF\x20\0\0\0WEBPVP8 "];
        let _ = inspect(&[starts[start], &bytes].concat());
    }

    #[test]
    fn no_cut_image_is_accepted(length in 0..60_usize) {
        let whole = png_of(10, 10, &[]);
        prop_assert!(inspect(&whole[..length.min(whole.len() - 1)]).is_err());
    }
}
