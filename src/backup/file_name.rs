//! The names of backups in a folder, by which they are listed and removed. What is called otherwise is somebody
//! else's, and nobody here touches it. No file is opened.

use crate::domain::Millis;
use crate::store::{stamp, stamped};

/// Who wanted a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupOrigin {
    /// A person.
    Manual,
    /// The schedule.
    Automatic,
    /// It was uploaded.
    Uploaded,
}

impl BackupOrigin {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::Uploaded => "uploaded",
        }
    }
}

/// What the name of a backup says: `pareia-2026-01-31T12-00-00Z.db`, `…Z-auto-3f9a1c.db`, `…Z-upload.db`, with a
/// number behind where the second had one already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupName {
    /// When it was made or uploaded, to the second.
    pub at: Millis,
    pub origin: BackupOrigin,
    /// Of an automatic one, the tag of the data folder that it is of: several may share a folder.
    pub tag: Option<String>,
}

/// Begins each name.
const PREFIX: &str = "pareia-";
/// Ends each name.
const SUFFIX: &str = ".db";
/// Characters of a stamp.
const STAMP: usize = "2026-01-31T12-00-00Z".len();

impl BackupName {
    /// Reads a name; `None`: it is none of ours.
    pub fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        let (at, rest) = rest.split_at_checked(STAMP)?;
        let mut parts: Vec<_> = rest.split('-').collect();
        if parts.last().is_some_and(|last| last.len() <= 2 && last.parse::<u8>().is_ok()) {
            parts.pop();
        }
        let (origin, tag) = match parts[..] {
            [""] => (BackupOrigin::Manual, None),
            ["", "upload"] => (BackupOrigin::Uploaded, None),
            ["", "auto", tag] if !tag.is_empty() => (BackupOrigin::Automatic, Some(tag.to_owned())),
            _ => return None,
        };
        Some(Self { at: stamped(at)?, origin, tag })
    }

    /// The `n`th file of that name, from 1.
    pub fn file(&self, n: u8) -> String {
        let origin = match (self.origin, &self.tag) {
            (BackupOrigin::Manual, _) => String::new(),
            (BackupOrigin::Uploaded, _) => "-upload".into(),
            (BackupOrigin::Automatic, tag) => format!("-auto-{}", tag.as_deref().unwrap_or_default()),
        };
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        format!("{PREFIX}{}{origin}{number}{SUFFIX}", stamp(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_none() {
        let at = 1_767_225_600_000;
        for (origin, tag, n, name) in [
            (BackupOrigin::Manual, None, 1, "pareia-2026-01-01T00-00-00Z.db"),
            (BackupOrigin::Manual, None, 2, "pareia-2026-01-01T00-00-00Z-2.db"),
            (BackupOrigin::Uploaded, None, 1, "pareia-2026-01-01T00-00-00Z-upload.db"),
            (BackupOrigin::Automatic, Some("3f9a1c"), 1, "pareia-2026-01-01T00-00-00Z-auto-3f9a1c.db"),
            (BackupOrigin::Automatic, Some("123456"), 12, "pareia-2026-01-01T00-00-00Z-auto-123456-12.db"),
        ] {
            let of = BackupName { at, origin, tag: tag.map(str::to_owned) };
            assert_eq!((of.file(n).as_str(), BackupName::parse(name).as_ref()), (name, Some(&of)));
        }
        for other in [
            "",
            "pareia.db",
            "pareia-.db",
            "pareia-2026-01-01.db",
            "pareia-2026-01-01T00-00-00Z.key",
            "pareia-2026-01-01T00-00-00Z.db-wal",
            "pareia-2026-01-01T00-00-00Z-auto.db",
            "pareia-2026-01-01T00-00-00Z-auto-.db",
            "pareia-2026-01-01T00-00-00Z-mine.db",
            "pareia-2026-13-01T00-00-00Z.db",
            "pareia-ção-01-01T00-00-00Z.db",
            "../pareia-2026-01-01T00-00-00Z.db",
        ] {
            assert_eq!(BackupName::parse(other), None, "{other:?}");
        }
    }
}
