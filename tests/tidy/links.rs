//! Links of README and of the pages in `docs/`: each leads to a file that is there, and to a heading of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::source::root;

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let pages = docs.map(|entry| entry.expect("an entry").path());
    let pages = pages.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    pages.chain(["README.md", "CHANGELOG.md"].map(|name| root().join(name))).collect()
}

pub fn text_of(page: &Path) -> String {
    let text = fs::read_to_string(page).unwrap_or_else(|problem| panic!("{}: {problem}", page.display()));
    // What is between fences is no Markdown.
    text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

/// Where links lead that name no other site.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target).filter(|target| !target.contains("://") && !target.contains(' '))
}

/// A heading as the address of a page has it: small letters, dashes for spaces, nothing else but letters and digits.
fn anchor(heading: &str) -> String {
    let plain = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_anchor(text: &str, wanted: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == wanted)
}

fn leads_somewhere(page: &Path, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { page.to_owned() } else { page.with_file_name("").join(file) };
    file.exists() && (heading.is_empty() || has_anchor(&text_of(&file), heading))
}

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = text_of(&page);
        let leads_nowhere = links(&text).filter(|target| !leads_somewhere(&page, target));
        dead.extend(leads_nowhere.map(|target| format!("{}: {target}", page.display())));
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn dead_links_are_seen() {
    let page = root().join("README.md");
    let text =
        "[a](docs/vps.md) [b](docs/vps.md#a-domain) [c](docs/none.md) [d](docs/vps.md#none) [e](https://x)";
    let dead: Vec<_> = links(text).filter(|target| !leads_somewhere(&page, target)).collect();
    assert_eq!(dead, ["docs/none.md", "docs/vps.md#none"]);
    assert_eq!(anchor("## Códigos: o que fazer, e `como`"), "códigos-o-que-fazer-e-como");
}
