//! The codes a WhatsApp socket hands out, and their pictures.
//!
//! A picture can be scanned by any reader, but no phone will accept it: the keys in it are random.
//! Nothing here knows an instance.

use super::timing::Moment;
use base64::{Engine, engine::general_purpose::STANDARD};
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::{Arc, OnceLock};

/// Pixels of a module's side; Evolution's own setting.
const SCALE: usize = 4;
/// Modules of white around the code; Evolution's own setting.
const MARGIN: i32 = 3;
/// What WhatsApp's pairing codes are made of: digits and letters that cannot be mistaken (Crockford).
const PAIRING_ALPHABET: &[u8; 32] = b"123456789ABCDEFGHJKLMNPQRSTVWXYZ";
/// Characters of a pairing code.
const PAIRING_LENGTH: usize = 8;

/// One QR code, with the pairing code that was shown beside it.
#[derive(Debug)]
pub struct Code {
    /// What the QR code says.
    pub text: String,
    /// The pairing code, if the socket was opened with a phone number.
    pub pairing: Option<String>,
    /// When it could first be asked for.
    pub born: Moment,
    base64: OnceLock<Arc<str>>,
}

impl Code {
    /// A fresh code.
    #[must_use]
    pub fn new(born: Moment, with_pairing: bool) -> Self {
        let pairing = with_pairing.then(pairing_code);
        Self { text: code_text(), pairing, born, base64: OnceLock::new() }
    }

    /// The picture as a data URI; drawn at the first call, the same afterwards.
    #[must_use]
    pub fn base64(&self) -> Arc<str> {
        self.base64.get_or_init(|| data_uri(&self.text).into()).clone()
    }
}

/// Random bytes. Without a source of them the simulation still runs: it keeps no secrets.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        log::warn!("the system gave no random bytes; codes will repeat");
    }
    bytes
}

/// `2@` and a reference of 114 bytes, then three keys of 32 bytes, as WhatsApp's socket sends it.
fn code_text() -> String {
    let reference = STANDARD.encode(random::<114>());
    let keys: Vec<_> = (0..3).map(|_| STANDARD.encode(random::<32>())).collect();
    format!("2@{reference},{}", keys.join(","))
}

fn pairing_code() -> String {
    let letter = |b: u8| char::from(PAIRING_ALPHABET[usize::from(b) % PAIRING_ALPHABET.len()]);
    random::<PAIRING_LENGTH>().map(letter).iter().collect()
}

/// A random identifier in the form of a UUID.
#[must_use]
pub fn uuid() -> String {
    let mut bytes = random::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The picture of a text as `data:image/png;base64,…`; empty if the text is too long for a QR code.
fn data_uri(text: &str) -> String {
    // Any mask can be read; choosing the best of the eight takes most of the time there is to spend.
    let (mask, segments) = (Some(Mask::new(0)), QrSegment::make_segments(text));
    let code =
        QrCode::encode_segments_advanced(&segments, QrCodeEcc::High, Version::MIN, Version::MAX, mask, false);
    let png = code.ok().and_then(|code| picture(&code));
    png.map(|png| format!("data:image/png;base64,{}", STANDARD.encode(png))).unwrap_or_default()
}

/// Draws a code as a PNG of one bit a pixel: a module is four pixels wide, half a byte.
fn picture(code: &QrCode) -> Option<Vec<u8>> {
    let modules = code.size() + 2 * MARGIN;
    let nibble = |x: i32, y: i32| if code.get_module(x - MARGIN, y - MARGIN) { 0x0 } else { 0xf };
    let mut pixels = Vec::new();
    for y in 0..modules {
        let row: Vec<u8> = (0..modules).step_by(2).map(|x| nibble(x, y) << 4 | nibble(x + 1, y)).collect();
        pixels.extend(row.repeat(SCALE));
    }
    let side = u32::try_from(modules).ok()? * u32::try_from(SCALE).ok()?;
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
    Some(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a scanner reads in a data URI.
    fn scanned(uri: &str) -> String {
        let png = STANDARD.decode(uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (380, 380), "as large as a real one");
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(380, 380, |x, y| pixels[y * info.line_size + x]);
        image.detect_grids().first().expect("a code in the picture").decode().unwrap().1
    }

    #[test]
    fn a_picture_reads_back_as_its_text() {
        let code = Code::new(Moment::ZERO, false);
        assert_eq!(scanned(&code.base64()), code.text);
        assert_eq!(code.text.len(), 289, "as long as a real one");
    }

    #[test]
    fn codes_differ_and_pairing_codes_have_eight_characters() {
        let (one, two) = (Code::new(Moment::ZERO, true), Code::new(Moment::ZERO, true));
        assert_ne!(one.text, two.text);
        assert_eq!(one.pairing.as_deref().map(str::len), Some(PAIRING_LENGTH));
        assert_eq!(uuid().len(), 36);
    }
}
