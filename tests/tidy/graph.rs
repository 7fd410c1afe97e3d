//! Which file uses which, and the circles among them.
//!
//! An arrow goes from a file whose code names something to the file that defines it. A re-export is
//! seen through: `crate::domain::Name` is an arrow to `domain/name.rs`. So a `mod.rs` that only declares and passes
//! on its children has no arrows; one whose code uses a child which uses it in turn is a circle, and what the
//! two share belongs in a file of its own. An import counts even when only its methods are called.
//! Calls of methods on values somebody else made name nothing, and count nowhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::source::{Import, SourceFile};

/// The files of a crate and the arrows between them, as indices.
pub struct Graph<'a> {
    files: &'a [SourceFile],
    modules: BTreeMap<Vec<String>, usize>,
    pub arrows: Vec<BTreeSet<usize>>,
}

/// What a path leads to.
struct Found {
    file: usize,
    /// Whether the path ends at the module itself, not at something in it.
    is_module: bool,
}

impl<'a> Graph<'a> {
    pub fn new(files: &'a [SourceFile]) -> Self {
        // `main.rs` is a crate of its own, and names the library as any other.
        let library = files.iter().enumerate().filter(|(_, file)| file.path != "main.rs");
        let modules = library.map(|(index, file)| (file.module(), index)).collect();
        let mut graph = Self { files, modules, arrows: Vec::new() };
        graph.arrows = (0..files.len()).map(|file| graph.arrows_from(file)).collect();
        graph
    }

    fn arrows_from(&self, file: usize) -> BTreeSet<usize> {
        let source = &self.files[file];
        let imports = source.imports.iter().filter(|import| !import.reexport).map(|import| &import.path);
        let found = imports.chain(&source.paths).filter_map(|path| self.resolve(file, path));
        found.filter(|found| !found.is_module && found.file != file).map(|found| found.file).collect()
    }

    /// The file that defines what `path` names in the code of `file`, if it is one of the crate's.
    fn resolve(&self, file: usize, path: &[String]) -> Option<Found> {
        let module = self.files[file].module();
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.locate(&[], rest),
            "self" => self.locate(&module, rest),
            "super" => self.resolve_above(&module, rest),
            name if self.files[file].defined.contains(name) => None,
            _ => self.locate_in(file, path),
        }
    }

    fn resolve_above(&self, module: &[String], path: &[String]) -> Option<Found> {
        let (_, above) = module.split_last()?;
        match path.split_first() {
            Some((first, rest)) if first == "super" => self.resolve_above(above, rest),
            _ => self.locate(above, path),
        }
    }

    /// Follows a path that begins at a module.
    fn locate(&self, module: &[String], path: &[String]) -> Option<Found> {
        let file = *self.modules.get(module)?;
        let Some(first) = path.first() else { return Some(Found { file, is_module: true }) };
        if self.files[file].defined.contains(first) {
            return Some(Found { file, is_module: false });
        }
        // What a macro made is in no list, and is the module's own.
        self.locate_in(file, path).or(Some(Found { file, is_module: false }))
    }

    /// Follows a path that begins with a child or an import of a module.
    fn locate_in(&self, file: usize, path: &[String]) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let child = [self.files[file].module(), vec![first.clone()]].concat();
        if self.modules.contains_key(&child) {
            return self.locate(&child, rest);
        }
        let imports = &self.files[file].imports;
        let named = imports.iter().find(|import| import.alias == *first);
        if let Some(Import { path, .. }) = named.filter(|import| import.path.first() != Some(first)) {
            return self.resolve(file, &[path, rest].concat());
        }
        let globs = imports.iter().filter(|import| import.alias == "*");
        globs.filter_map(|glob| self.resolve(file, &glob.path)).find_map(|found| {
            let its = &self.files[found.file];
            its.defined.contains(first).then_some(Found { file: found.file, is_module: false })
        })
    }

    /// The shortest circle through each file that is on one, each circle once.
    pub fn circles(&self) -> Vec<Vec<&'a str>> {
        let mut seen = BTreeSet::new();
        let ways = (0..self.files.len()).filter_map(|file| self.way_back(file));
        let new = ways.filter(|way| seen.insert(way.iter().copied().collect::<BTreeSet<_>>()));
        new.map(|way| way.iter().map(|&file| self.files[file].path.as_str()).collect()).collect()
    }

    /// The files on the shortest way from a file back to itself.
    fn way_back(&self, home: usize) -> Option<Vec<usize>> {
        let mut came_from = BTreeMap::new();
        let mut next = VecDeque::from([home]);
        while let Some(file) = next.pop_front() {
            for &to in &self.arrows[file] {
                if came_from.contains_key(&to) {
                    continue;
                }
                came_from.insert(to, file);
                if to == home {
                    return Some(trace(&came_from, home));
                }
                next.push_back(to);
            }
        }
        None
    }
}

fn trace(came_from: &BTreeMap<usize, usize>, home: usize) -> Vec<usize> {
    let mut way = vec![home];
    let mut file = came_from[&home];
    while file != home {
        way.push(file);
        file = came_from[&file];
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arrows and circles of a crate that is written here.
    #[track_caller]
    fn check(crate_files: &[(&str, &str)], arrows: &[(&str, &str)], circles: usize) {
        let files: Vec<_> = crate_files.iter().map(|(path, text)| SourceFile::parse(path, text)).collect();
        let graph = Graph::new(&files);
        let path = |file: usize| files[file].path.as_str();
        let mut found = Vec::new();
        for (from, all) in graph.arrows.iter().enumerate() {
            found.extend(all.iter().map(|&to| (path(from), path(to))));
        }
        assert_eq!(found, arrows);
        assert_eq!(graph.circles().len(), circles, "{:?}", graph.circles());
    }

    #[test]
    fn a_parent_that_only_passes_on_is_seen_through() {
        let files = [
            ("a/mod.rs", "mod b; pub use b::B;"),
            ("a/b.rs", "pub struct B;"),
            ("c.rs", "use crate::a::B; fn f(_: B) {}"),
            ("lib.rs", "pub mod a; mod c;"),
        ];
        check(&files, &[("c.rs", "a/b.rs")], 0);
    }

    #[test]
    fn a_parent_and_a_child_that_use_each_other_are_a_circle() {
        let files =
            [("a/mod.rs", "mod b; pub struct A(b::B);"), ("a/b.rs", "pub struct B(Option<super::A>);")];
        check(&files, &[("a/mod.rs", "a/b.rs"), ("a/b.rs", "a/mod.rs")], 1);
    }

    #[test]
    fn a_way_round_is_one_circle() {
        let files = [
            ("a.rs", "use crate::b; fn f() { b::g() }"),
            ("b.rs", "pub fn g() { assert!(crate::c::h()) }"),
            ("c.rs", "use super::a::*; pub fn h() -> bool { f() }"),
            ("lib.rs", "mod a; mod b; mod c;"),
        ];
        check(&files, &[("a.rs", "b.rs"), ("b.rs", "c.rs"), ("c.rs", "a.rs")], 1);
    }

    #[test]
    fn tests_other_crates_and_methods_draw_no_arrow() {
        let files = [
            (
                "a.rs",
                "use std::fmt; fn f(x: log::B) { x.b(); fmt::g() } #[cfg(test)] mod t { use crate::b; fn g() { b::b() } }",
            ),
            ("b.rs", "pub fn b() {}"),
        ];
        check(&files, &[], 0);
    }
}
