//! QR codes as pictures of their own. Pure: a text in, a picture out.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules that the standard asks for around a code.
const QUIET: i32 = 4;
/// Pixels to a module of a drawn PNG.
const SCALE: usize = 8;
/// What the pictures of upstream begin with.
const PNG_URI: &str = "data:image/png;base64,";
/// Bytes behind the data of each chunk of a PNG.
const CHECKSUM: usize = 4;
/// What every PNG begins with.
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The PNG in a data URI; `None` when there is something else, or a part of one.
pub fn png_of_uri(uri: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(uri.strip_prefix(PNG_URI)?).ok()?;
    is_whole_png(&bytes).then_some(bytes)
}

/// Whether that is a PNG from its head to its end, by its chunks: the pixels are not unpacked, which would take longer
/// than all else that is done with an answer.
fn is_whole_png(bytes: &[u8]) -> bool {
    let kinds = bytes.strip_prefix(PNG_SIGNATURE).and_then(kinds_of_chunks).unwrap_or_default();
    matches!(&kinds[..], [b"IHDR", between @ .., b"IEND"] if between.contains(&b"IDAT"))
}

/// What kinds the chunks have; `None` where one is cut short.
fn kinds_of_chunks(mut bytes: &[u8]) -> Option<Vec<&[u8; 4]>> {
    let mut kinds = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        bytes = rest.get(length.checked_add(CHECKSUM)?..)?;
        kinds.push(kind);
    }
    Some(kinds)
}

/// Draws a code as a PNG; `None` when the text is longer than a code can be.
pub fn png(text: &str) -> Option<Vec<u8>> {
    let code = encode(text)?;
    let span = -QUIET..code.size() + QUIET;
    let side = span.len() * SCALE;
    let mut pixels = Vec::with_capacity(side * side);
    for y in span.clone() {
        let shade = |x| if code.get_module(x, y) { 0 } else { u8::MAX };
        let row: Vec<u8> = span.clone().flat_map(|x| [shade(x); SCALE]).collect();
        pixels.extend(row.repeat(SCALE));
    }
    let side = u32::try_from(side).ok()?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
    Some(bytes)
}

/// The same as a data URI.
pub fn png_uri(text: &str) -> Option<String> {
    png(text).map(|bytes| format!("{PNG_URI}{}", STANDARD.encode(bytes)))
}

/// Draws a code as an SVG of one path; each run of dark modules is one rectangle in it.
pub fn svg(text: &str) -> Option<String> {
    let code = encode(text)?;
    let size = code.size();
    let across = size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).ok()?;
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {across} {across}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{across}\" height=\"{across}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

fn encode(text: &str) -> Option<QrCode> {
    // What the code says is long, and a screen does not smudge: fewer modules are easier to scan.
    QrCode::encode_text(text, QrCodeEcc::Low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "2@Zm9vYmFyYmF6cXV4,4kX7b1p0Qm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm8=,8u1hYmF6cXU=,1";

    #[track_caller]
    fn scanned(side: usize, shade: impl Fn(usize, usize) -> u8) -> String {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
        image.detect_grids().first().expect("a code in the picture").decode().expect("readable").1
    }

    #[test]
    fn a_drawn_png_reads_back() {
        let bytes = png(TEXT).expect("drawn");
        assert_eq!(png_of_uri(&png_uri(TEXT).expect("drawn")), Some(bytes.clone()));
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut pixels).expect("pixels");
        let side = info.width as usize;
        assert_eq!(scanned(side, |x, y| pixels[y * side + x]), TEXT);
    }

    #[test]
    fn a_text_too_long_is_not_drawn_and_other_pictures_are_no_png() {
        let long = "a".repeat(3000);
        assert!(png(&long).is_none() && svg(&long).is_none());
        for other in
            ["", "data:image/png;base64,AAAA", "data:image/jpeg;base64,/9j/", "data:image/png;base64,?"]
        {
            assert_eq!(png_of_uri(other), None, "{other}");
        }
    }
}
