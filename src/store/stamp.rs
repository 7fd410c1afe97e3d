//! A moment in the name of a file: by such names files are in the order of their dates, on every disk.

use crate::domain::{Millis, clock};

/// As names have it, to the second, in UTC: `2026-01-31T12-00-00Z`.
pub fn stamp(at: Millis) -> String {
    let mut text = clock::iso(at).replace(':', "-");
    text.truncate("2026-01-31T12-00-00".len());
    text + "Z"
}

/// Reads what [`stamp`] writes.
pub fn stamped(text: &str) -> Option<Millis> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    clock::parse_iso(&format!("{date}T{}.000Z", time.replace('-', ":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_back_to_the_second() {
        assert_eq!(stamp(1_709_251_199_999), "2024-02-29T23-59-59Z");
        assert_eq!(stamped("2024-02-29T23-59-59Z"), Some(1_709_251_199_000));
        for odd in
            ["", "2024-02-29T23-59-59", "2024-02-30T23-59-59Z", "2024-02-29T23:59Z", "x2024-02-29T23-59-59Z"]
        {
            assert_eq!(stamped(odd), None, "{odd:?}");
        }
    }
}
