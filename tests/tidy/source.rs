//! What the source files say, parsed once: their imports, the paths in their code, what they define.
//!
//! It reads files and judges nothing. Code behind `#[cfg(test)]` is left out of everything but the identifiers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, TraitItem, UseTree, Visibility};

/// One `use`, a line of it for each name it brings in.
pub struct Import {
    /// The segments of the path as they are written.
    pub path: Vec<String>,
    /// The name it has in this file; `*` for all of a module.
    pub alias: String,
    /// Whether the name is passed on (`pub use`, also within the crate).
    pub reexport: bool,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    pub line: usize,
    /// From its signature to its closing brace.
    pub lines: usize,
}

/// A source file.
pub struct SourceFile {
    /// Below the folder it was read from: `domain/name.rs`.
    pub path: String,
    pub text: String,
    pub imports: Vec<Import>,
    /// Paths in code, macros included: `["clock", "now"]`.
    pub paths: Vec<Vec<String>>,
    /// Names of the items of the file's own module.
    pub defined: BTreeSet<String>,
    /// Types and traits, with those inside functions.
    pub types: Vec<String>,
    pub functions: Vec<Function>,
    /// Public items that no doc comment explains; fields and variants may speak by their names.
    pub undocumented: Vec<String>,
    /// Every identifier, those of test code too.
    pub identifiers: BTreeSet<String>,
}

impl SourceFile {
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The file's place in the tree of modules: `domain/mod.rs` and `domain.rs` are both `["domain"]`.
    pub fn module(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let mut module: Vec<_> = stem.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            module.pop();
        }
        module
    }

    pub fn parse(path: &str, text: &str) -> Self {
        let mut file = Self {
            path: path.to_owned(),
            text: text.to_owned(),
            imports: Vec::new(),
            paths: Vec::new(),
            defined: BTreeSet::new(),
            types: Vec::new(),
            functions: Vec::new(),
            undocumented: Vec::new(),
            identifiers: BTreeSet::new(),
        };
        let syntax = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
        file.defined.extend(syntax.items.iter().filter_map(name_of));
        file.visit_file(&syntax);
        let tokens = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
        each_identifier(tokens, &mut |name| _ = file.identifiers.insert(name));
        file
    }

    fn add_use(&mut self, tree: &UseTree, before: &[String], reexport: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (path, alias) = match tree {
            UseTree::Path(path) => return self.add_use(&path.tree, &with(&path.ident), reexport),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.add_use(tree, before, reexport));
            }
            UseTree::Name(name) if name.ident == "self" => {
                (before.to_vec(), before.last().cloned().unwrap_or_default())
            }
            UseTree::Name(name) => (with(&name.ident), name.ident.to_string()),
            UseTree::Rename(renamed) => (with(&renamed.ident), renamed.rename.to_string()),
            UseTree::Glob(_) => (before.to_vec(), "*".to_owned()),
        };
        self.imports.push(Import { path, alias, reexport });
    }

    fn add_function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let end = body.brace_token.span.close().end().line;
        let lines = end - line + 1 - lines_of_words(self.text.lines().skip(line).take(end - line));
        self.functions.push(Function { name: signature.ident.to_string(), line, lines });
    }

    fn require_doc(&mut self, visibility: &Visibility, attributes: &[Attribute], name: &syn::Ident) {
        if matches!(visibility, Visibility::Public(_)) && !attributes.iter().any(|a| a.path().is_ident("doc"))
        {
            self.undocumented.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for SourceFile {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes_of(item).iter().any(is_for_tests) {
            return;
        }
        match item {
            Item::Use(i) => {
                return self.add_use(&i.tree, &[], !matches!(i.vis, Visibility::Inherited));
            }
            Item::Fn(i) => {
                self.require_doc(&i.vis, &i.attrs, &i.sig.ident);
                self.add_function(&i.sig, &i.block);
            }
            Item::Struct(i) => self.require_doc(&i.vis, &i.attrs, &i.ident),
            Item::Enum(i) => self.require_doc(&i.vis, &i.attrs, &i.ident),
            Item::Trait(i) => {
                self.require_doc(&i.vis, &i.attrs, &i.ident);
                for inner in &i.items {
                    if let TraitItem::Fn(f) = inner {
                        self.require_doc(&i.vis, &f.attrs, &f.sig.ident);
                    }
                }
            }
            Item::Type(i) => self.require_doc(&i.vis, &i.attrs, &i.ident),
            Item::Const(i) => self.require_doc(&i.vis, &i.attrs, &i.ident),
            Item::Static(i) => self.require_doc(&i.vis, &i.attrs, &i.ident),
            _ => {}
        }
        if matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Trait(_) | Item::Type(_)) {
            self.types.extend(name_of(item));
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        match item {
            ImplItem::Fn(f) if f.attrs.iter().any(is_for_tests) => return,
            ImplItem::Fn(f) => {
                self.require_doc(&f.vis, &f.attrs, &f.sig.ident);
                self.add_function(&f.sig, &f.block);
            }
            ImplItem::Const(c) => self.require_doc(&c.vis, &c.attrs, &c.ident),
            _ => {}
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|s| s.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        each_path(call.tokens.clone(), &mut |path| self.paths.push(path));
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            each_path(list.tokens.clone(), &mut |path| self.paths.push(path));
        }
        visit::visit_attribute(self, attribute);
    }
}

/// The name an item gives to its module.
/// Lines that only hold a text or a part of one: a table of sentences is as long as what it says.
fn lines_of_words<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let mut inside = false;
    let is_of_words = |line: &&str| {
        let line = line.trim();
        let counts = inside || line.starts_with('"') && (line.ends_with("\",") || line.ends_with('\\'));
        inside = (inside || counts) && line.ends_with('\\');
        counts
    };
    lines.filter(is_of_words).count()
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Fn(i) => &i.sig.ident,
        Item::Struct(i) => &i.ident,
        Item::Enum(i) => &i.ident,
        Item::Trait(i) => &i.ident,
        Item::Type(i) => &i.ident,
        Item::Const(i) => &i.ident,
        Item::Static(i) => &i.ident,
        Item::Macro(i) => i.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let is_cfg_test = || attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test");
    attribute.path().is_ident("test") || (attribute.path().is_ident("cfg") && is_cfg_test())
}

/// The paths that tokens spell: `a::b` in `matches!(x, a::b)`. What follows a dot is a field or a method.
fn each_path(tokens: TokenStream, found: &mut impl FnMut(Vec<String>)) {
    let mut path: Vec<String> = Vec::new();
    let mut before = [' '; 2];
    for token in tokens {
        let sign = match &token {
            TokenTree::Punct(sign) => sign.as_char(),
            _ => ' ',
        };
        if let TokenTree::Ident(name) = &token {
            if before != [':', ':'] && !path.is_empty() {
                found(std::mem::take(&mut path));
            }
            if before[1] != '.' {
                path.push(name.to_string());
            }
        } else if sign != ':' && !path.is_empty() {
            found(std::mem::take(&mut path));
        }
        before = [before[1], sign];
        if let TokenTree::Group(group) = token {
            each_path(group.stream(), found);
        }
    }
    if !path.is_empty() {
        found(path);
    }
}

fn each_identifier(tokens: TokenStream, found: &mut impl FnMut(String)) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => found(name.to_string()),
            TokenTree::Group(group) => each_identifier(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of the project by folder, `src` first. Parsed once for all tests, since that is what costs them time.
pub fn folders() -> &'static [(&'static str, Vec<SourceFile>)] {
    static FOLDERS: LazyLock<Vec<(&str, Vec<SourceFile>)>> =
        LazyLock::new(|| ["src", "tests", "benches"].map(|folder| (folder, read(folder))).into());
    &FOLDERS
}

/// The files of `src`.
pub fn library() -> &'static [SourceFile] {
    &folders()[0].1
}

/// The source files below a folder of the project, by path.
fn read(folder: &str) -> Vec<SourceFile> {
    let top = root().join(folder);
    let mut paths = Vec::new();
    list(&top, &mut paths);
    paths.sort();
    let parse = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a source file");
        SourceFile::parse(&path.strip_prefix(&top).expect("below it").to_string_lossy(), &text)
    };
    paths.iter().map(parse).collect()
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            list(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}
