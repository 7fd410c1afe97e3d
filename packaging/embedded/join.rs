//! Joins the page's modules and styles. Pure: files in, files out.
//!
//! It is no parser. It knows the few ways in which the page's files name each other, each on a line of its own, and
//! refuses every other, so that nothing is joined that would mean something else afterwards:
//!
//! - `import { a, b as c } from './x.js';` and `import a from './x.js';`, before anything else but comments
//! - `export function`, `export async function`, `export const`, `export class` with one name; `export default`
//! - `import('./x.js')`, which makes a file of its own of `x.js` and what only that needs
//! - `<script type="module" src="…">`, `<link rel="stylesheet" href="…">`
//! - `@import 'x.css';`
//! - `data-word="x">`, behind which the word of that key is put: each document is made in both languages
//!
//! Lines that are comments and nothing else are for whoever reads `assets/`: they are left out.

use std::collections::{BTreeMap, BTreeSet};

/// Files by their path below `assets/`.
pub type Files = BTreeMap<String, Vec<u8>>;
/// What is wrong with them.
pub type Refused = String;

/// A module, taken apart.
struct Module {
    /// The code, without `import` and `export`.
    code: String,
    /// What it imports: the file, and which of its names.
    imports: Vec<(String, Vec<String>)>,
    /// What it exports: the name, and what it is called inside.
    exports: Vec<(String, String)>,
    /// What it imports once it runs.
    later: Vec<String>,
}

type Modules = BTreeMap<String, Module>;

/// What is served of these files.
pub fn page(files: &Files) -> Result<Files, Refused> {
    let is_joined = |path: &str| matches!(ending(path), "js" | "css" | "html");
    let mut made: Files = files.iter().filter(|(path, _)| !is_joined(path)).map(owned).collect();
    let modules = modules(files)?;
    let mut roots = Vec::new();
    for path in files.keys().filter(|path| ending(path) == "html") {
        let html = text(files, path)?;
        made.insert(path.clone(), worded(files, html, "pt")?.into_bytes());
        let english = html.replace("lang=\"pt-BR\"", "lang=\"en\"").replace("/all-pt.js", "/all-en.js");
        made.insert(path.replace(".html", ".en.html"), worded(files, &english, "en")?.into_bytes());
        for style in between(html, "<link rel=\"stylesheet\" href=\"assets/", "\"") {
            made.insert(style.to_owned(), styles(files, style)?.into_bytes());
        }
        let [root] = between(html, "<script type=\"module\" src=\"assets/", "\"")[..] else {
            return Err(format!("{path} has not one module"));
        };
        roots.push((root, reach(&modules, root)?));
    }
    for (root, order) in &roots {
        made.insert((*root).to_owned(), bundle(&modules, order, root, None).into_bytes());
    }
    for part in parts(&modules, &roots) {
        made.insert(part.to_owned(), part_of(&modules, &roots, part)?.into_bytes());
    }
    Ok(made)
}

/// What a path says of its file: what stands behind the last dot.
pub fn ending(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

fn owned((path, content): (&String, &Vec<u8>)) -> (String, Vec<u8>) {
    (path.clone(), content.clone())
}

fn text<'a>(files: &'a Files, path: &str) -> Result<&'a str, Refused> {
    let content = files.get(path).ok_or_else(|| format!("{path} is named and is not there"))?;
    std::str::from_utf8(content).map_err(|_| format!("{path} is not UTF-8"))
}

/// What stands between two texts, each time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| Some(rest.split_once(after)?.0)).collect()
}

/// Where a document says which word stands there.
const WORDED: &str = "data-word=\"";

/// The document with the words that it names in their places.
fn worded(files: &Files, html: &str, lang: &str) -> Result<String, Refused> {
    let words = format!("js/words/{lang}.js");
    let mut parts = html.split(WORDED);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once("\">").ok_or_else(|| format!("data-word within a tag: {part}"))?;
        let word = word(text(files, &words)?, key).ok_or_else(|| format!("{words} has no {key}"))?;
        whole.extend([WORDED, key, "\">", &word, rest]);
    }
    Ok(whole)
}

/// The word of a key, as HTML writes it; none that has an escape in it.
fn word(words: &str, key: &str) -> Option<String> {
    let written = [format!("'{key}': '"), format!(" {key}: '")];
    let value = written.iter().find_map(|start| words.split_once(start.as_str()))?.1.split_once('\'')?.0;
    (!value.contains('\\')).then(|| value.replace('&', "&amp;").replace('<', "&lt;"))
}

/// A style sheet with those that it imports in their places.
fn styles(files: &Files, path: &str) -> Result<String, Refused> {
    let mut whole = String::new();
    for line in code(files, path)?.lines() {
        match line.strip_prefix("@import '").and_then(|rest| rest.strip_suffix("';")) {
            Some(other) => whole.push_str(&styles(files, &resolve(path, other))?),
            None if line.contains("@import") => return Err(format!("{path}: {line}")),
            None => whole.extend([line, "\n"]),
        }
    }
    Ok(whole)
}

fn modules(files: &Files) -> Result<Modules, Refused> {
    let scripts = files.keys().filter(|path| ending(path) == "js");
    scripts.map(|path| Ok((path.clone(), module(path, &code(files, path)?)?))).collect()
}

/// A file's text without the lines that are comments and nothing else.
fn code(files: &Files, path: &str) -> Result<String, Refused> {
    let (mut kept, mut is_open, mut backticks) = (String::new(), false, 0);
    for line in text(files, path)?.lines() {
        let begun = is_open;
        let start = line.trim();
        is_open = (begun || start.starts_with("/*")) && !start.contains("*/");
        let is_comment = start.starts_with("//")
            || (begun || start.starts_with("/*")) && (is_open || start.ends_with("*/"));
        if begun && !is_comment || is_comment && backticks % 2 == 1 {
            return Err(format!("{path}: a comment beside code, or within a text: {line}"));
        }
        if !is_comment {
            backticks += line.matches('`').count();
            kept.extend([line, "\n"]);
        }
    }
    Ok(kept)
}

/// Takes a module apart.
fn module(path: &str, text: &str) -> Result<Module, Refused> {
    let mut made =
        Module { code: String::new(), imports: Vec::new(), exports: Vec::new(), later: Vec::new() };
    let mut at_head = true;
    for line in text.lines() {
        let refused = |why: &str| format!("{path}: {why}: {line}");
        at_head &= line.is_empty() || line.starts_with("//") || line.starts_with("import ");
        let code = if at_head && line.starts_with("import ") {
            import(path, line, &mut made).ok_or_else(|| refused("no import that is joined"))?
        } else if line.starts_with("import ") && line.contains(" from ") || line.contains("import.meta") {
            return Err(refused("an import stands before everything else"));
        } else if line.starts_with("export ") {
            export(line, &mut made.exports).ok_or_else(|| refused("no export that is joined"))?
        } else {
            line.to_owned()
        };
        made.code += &later(path, &code, &mut made.later).ok_or_else(|| refused("no import() of a file"))?;
        made.code.push('\n');
    }
    Ok(made)
}

/// `import { a, b as c } from './x.js';` → `const { a, b: c } = modules['js/x.js'];`
fn import(path: &str, line: &str, made: &mut Module) -> Option<String> {
    let (names, from) = line.strip_prefix("import ")?.strip_suffix("';")?.split_once(" from '")?;
    let from = resolve(path, from);
    let list = names.strip_prefix("{ ").and_then(|rest| rest.strip_suffix(" }"));
    let renamed = list.map_or_else(|| format!("default: {names}"), |list| list.replace(" as ", ": "));
    let wanted: Vec<_> = renamed.split(", ").map(|one| one.split(':').next().unwrap_or(one)).collect();
    if !wanted.iter().all(|name| is_name(name)) || list.is_none() && !is_name(names) {
        return None;
    }
    made.imports.push((from.clone(), wanted.into_iter().map(str::to_owned).collect()));
    Some(format!("const {{ {renamed} }} = modules['{from}'];"))
}

/// `export const a = 1;` → `const a = 1;`
fn export(line: &str, exports: &mut Vec<(String, String)>) -> Option<String> {
    let declared = line.strip_prefix("export ")?;
    if let Some(value) = declared.strip_prefix("default ") {
        exports.push(("default".to_owned(), "exported".to_owned()));
        return Some(format!("const exported = {value}"));
    }
    let kinds = ["function ", "async function ", "const ", "class "];
    let name = kinds.iter().find_map(|kind| declared.strip_prefix(kind))?;
    let name = name.split([' ', '(']).next().filter(|name| is_name(name))?;
    exports.push((name.to_owned(), name.to_owned()));
    Some(declared.to_owned())
}

/// Notes what a line imports once it runs, by the way there from the document's own module.
fn later(path: &str, line: &str, found: &mut Vec<String>) -> Option<String> {
    let mut code = line.to_owned();
    for rest in line.split("import(").skip(1) {
        let written = rest.strip_prefix('\'')?.split_once("')")?.0;
        let file = resolve(path, written);
        code = code.replace(&format!("('{written}')"), &format!("('./{}')", file.strip_prefix("js/")?));
        found.push(file);
    }
    Some(code)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}

/// The path of what a file calls so.
fn resolve(from: &str, written: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in written.split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A module and what it imports, each after what it imports itself.
fn reach<'a>(modules: &'a Modules, entry: &'a str) -> Result<Vec<&'a str>, Refused> {
    fn visit<'a>(
        modules: &'a Modules,
        path: &'a str,
        way: &mut Vec<&'a str>,
        order: &mut Vec<&'a str>,
    ) -> Result<(), Refused> {
        if way.contains(&path) {
            return Err(format!("{path} imports itself by way of {way:?}"));
        }
        if order.contains(&path) {
            return Ok(());
        }
        let module = modules.get(path).ok_or_else(|| format!("{path} is imported and is not there"))?;
        way.push(path);
        for (from, names) in &module.imports {
            visit(modules, from, way, order)?;
            let exports = &modules[from].exports;
            if let Some(name) = names.iter().find(|name| !exports.iter().any(|(known, _)| known == *name)) {
                return Err(format!("{path} imports {name}, which {from} does not export"));
            }
        }
        way.pop();
        order.push(path);
        Ok(())
    }
    let mut order = Vec::new();
    visit(modules, entry, &mut Vec::new(), &mut order)?;
    Ok(order)
}

/// One file of those modules, which exports what its entry does. A document's own gives its modules to what comes later.
fn bundle(modules: &Modules, order: &[&str], entry: &str, known: Option<&str>) -> String {
    let up = "../".repeat(entry.matches('/').count());
    let head = known.map_or_else(
        || "export const modules = {};\n".to_owned(),
        |root| format!("import {{ modules }} from '{up}{root}';\n"),
    );
    let code = order.iter().map(|path| {
        let Module { code, exports, .. } = &modules[*path];
        let names: Vec<_> = exports.iter().map(|(name, inside)| format!("{name}: {inside}")).collect();
        format!("modules['{path}'] = (() => {{\n{code}return {{ {} }};\n}})();\n", names.join(", "))
    });
    let exported = modules[entry].exports.iter().map(|(name, _)| {
        let declared = if name == "default" { "default ".to_owned() } else { format!("const {name} = ") };
        format!("export {declared}modules['{entry}'].{name};\n")
    });
    std::iter::once(head).chain(code).chain(exported).collect()
}

/// What is imported later.
fn parts<'a>(modules: &'a Modules, roots: &[(&str, Vec<&str>)]) -> BTreeSet<&'a str> {
    let reached = roots.iter().flat_map(|(_, order)| order.iter());
    reached.flat_map(|path| modules[*path].later.iter().map(String::as_str)).collect()
}

/// The file of a module that is imported later: what the document that imports it has already is not in it.
fn part_of(modules: &Modules, roots: &[(&str, Vec<&str>)], part: &str) -> Result<String, Refused> {
    let mut order = reach(modules, part)?;
    let asks = |path: &&str| modules[*path].later.iter().any(|later| later == part);
    let asking: Vec<_> = roots.iter().filter(|(_, known)| known.iter().any(asks)).collect();
    let shares = asking.iter().any(|(_, known)| order.iter().any(|path| known.contains(path)));
    let root = match asking[..] {
        _ if !shares => None,
        [(root, known)] => {
            order.retain(|path| !known.contains(path));
            Some(*root)
        }
        _ => return Err(format!("{part} shares modules with more than one document")),
    };
    if let Some(path) = order.iter().find(|path| !modules[**path].later.is_empty()) {
        return Err(format!("{path} is imported later, and imports later itself"));
    }
    Ok(bundle(modules, &order, part, root))
}
