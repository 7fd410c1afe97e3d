//! The data folder and its files: whose they are, and who else may read or write them.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::store::{FileFacts, file_facts};
use crate::text::cli as words;

const CHECK: &str = "folder";
/// The number of the user who may everything.
const ROOT: u32 = 0;
/// What others than the owner may do, and of that, write.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

/// Looks at the folder and its files.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let folder = &facts.folder;
    let files = match file_facts(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return vec![Finding::bad(CHECK, words::folder_missing(folder))];
        }
        Err(error) => return vec![Finding::bad(CHECK, words::folder_unreadable(folder, &error))],
    };
    let Some((own, files)) = files.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    let me = fs::metadata("/proc/self").map_or(own.owner, |me| me.uid());
    if me != ROOT && me != own.owner {
        let (owner, me) = (user_name(own.owner), user_name(me));
        found.push(Finding::bad(CHECK, words::folder_foreign(folder, &owner, &me)));
    }
    if own.mode & OTHERS_WRITE != 0 {
        found.push(Finding::bad(CHECK, words::folder_writable(folder)));
    } else if own.mode & OTHERS != 0 {
        found.push(Finding::warn(CHECK, words::folder_open(folder)));
    }
    found.extend(files.iter().flat_map(|file| file_findings(folder, file, own)));
    or_fine(found, CHECK, || words::folder_fine(folder, &user_name(own.owner)))
}

fn file_findings(path: &Path, file: &FileFacts, folder: &FileFacts) -> impl Iterator<Item = Finding> {
    let foreign = (file.owner != folder.owner).then(|| {
        let (owner, folder_owner) = (user_name(file.owner), user_name(folder.owner));
        Finding::bad(CHECK, words::file_foreign(path, file, &owner, &folder_owner))
    });
    let readable = (file.mode & OTHERS != 0).then(|| Finding::bad(CHECK, words::file_readable(file)));
    foreign.into_iter().chain(readable)
}

/// What the system calls a user; the number where it has no name.
fn user_name(user: u32) -> String {
    let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&table, user).unwrap_or_else(|| user.to_string())
}

fn named(table: &str, user: u32) -> Option<String> {
    let fields = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut of_user = fields.filter(|fields| fields.get(2).and_then(|text| text.parse().ok()) == Some(user));
    of_user.next().map(|fields| fields[0].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_called_by_name() {
        let table = "root:x:0:0::/root:/bin/sh\nbroken\npareia:x:998:998::/:/bin/false\n";
        for (user, name) in [(0, Some("root")), (998, Some("pareia")), (7, None)] {
            assert_eq!(named(table, user).as_deref(), name);
        }
    }
}
