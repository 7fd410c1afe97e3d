//! What `packaging/embedded/` makes of the page's files: only what it knows is joined, everything else ends the build.

#[path = "../../packaging/embedded/join.rs"]
mod join;

/// The files of a small page, with one more or another of that name.
fn files(path: &str, content: &str) -> join::Files {
    let mut files: join::Files = [
        ("index.html", "<html lang=\"pt-BR\"><link rel=\"stylesheet\" href=\"assets/css/page.css\"><script type=\"module\" src=\"assets/js/app.js\"></script><p data-word=\"a.b\"></p><p data-word=\"c\"></p>"),
        ("css/page.css", "@import 'base.css';\n"),
        ("css/base.css", "/* Red. */\np { color: red; }\n"),
        ("js/words/pt.js", "export default {\n  'a.b': 'Não & sim', c: 'Cê',\n};\n"),
        ("js/words/en.js", "export default {\n  'a.b': 'No & yes', c: 'Cee',\n};\n"),
        ("js/app.js", "// Head.\n\n/**\n * More of it.\n */\nimport { a, b as c } from './parts/x.js';\nimport d from './d.js';\nexport const later = () => import('./late/y.js');\nglobalThis.said = [a, c(), d];\n"),
        ("js/d.js", "export default [\n  4,\n];\n"),
        ("js/parts/x.js", "export const a = 1;\nexport function b() { return a + 1; }\n"),
        ("js/late/y.js", "import { a } from '../parts/x.js';\nimport { z } from './z.js';\nexport const y = a + z;\nexport class Y {}\n"),
        ("js/late/z.js", "export const z = 5;\nexport async function w() {}\n"),
        ("icon.svg", "<svg/>"),
    ]
    .map(|(path, content)| (path.to_owned(), content.into()))
    .into();
    files.insert(path.to_owned(), content.into());
    files
}

#[test]
fn a_document_has_one_module_one_style_and_what_comes_later() {
    let made = join::page(&files("icon.svg", "<svg/>")).expect("it is joined");
    let text = |path: &str| String::from_utf8(made[path].clone()).expect("text");
    let paths: Vec<_> = made.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        ["css/page.css", "icon.svg", "index.en.html", "index.html", "js/app.js", "js/late/y.js"]
    );
    for (document, lang, words) in
        [("index.html", "pt-BR", ["Não &amp; sim", "Cê"]), ("index.en.html", "en", ["No &amp; yes", "Cee"])]
    {
        let html = text(document);
        let start = format!("<html lang=\"{lang}\"><link");
        let end = format!("<p data-word=\"a.b\">{}</p><p data-word=\"c\">{}</p>", words[0], words[1]);
        assert!(html.starts_with(&start) && html.ends_with(&end), "{html}");
    }
    assert_eq!(text("css/page.css"), "p { color: red; }\n");
    let (app, late) = (text("js/app.js"), text("js/late/y.js"));
    assert!(
        !app.contains("Head") && !app.contains("More of it"),
        "comments are for whoever reads assets/: {app}"
    );
    let order = ["modules['js/parts/x.js'] =", "modules['js/d.js'] =", "modules['js/app.js'] ="];
    let at: Vec<_> =
        order.iter().map(|part| app.find(part).unwrap_or_else(|| panic!("{part}: {app}"))).collect();
    assert!(at.is_sorted(), "each after what it imports: {app}");
    assert!(app.contains("const { a, b: c } = modules['js/parts/x.js'];"), "{app}");
    assert!(late.starts_with("import { modules } from '../../js/app.js';\n"), "{late}");
    assert!(late.contains("export const y = modules['js/late/y.js'].y;"), "{late}");
    assert!(!late.contains("modules['js/parts/x.js'] ="), "the page has it already: {late}");
}

#[test]
fn what_would_mean_something_else_is_refused() {
    for (path, content, says) in [
        ("js/d.js", "export let d = 1;", "no export that is joined"),
        ("js/d.js", "export default `\n// said\n`;", "a comment beside code, or within a text"),
        ("js/d.js", "/* a\n*/ export default 1;", "a comment beside code, or within a text"),
        ("js/d.js", "export { d };", "no export that is joined"),
        ("js/d.js", "export * from './z.js';", "no export that is joined"),
        ("js/d.js", "export const { d } = x;", "no export that is joined"),
        ("js/d.js", "export function* d() {}", "no export that is joined"),
        ("js/d.js", "import * as z from './late/z.js';", "no import that is joined"),
        ("js/d.js", "import './late/z.js';", "no import that is joined"),
        ("js/d.js", "import {z} from './late/z.js';", "no import that is joined"),
        ("js/d.js", "import {", "no import that is joined"),
        ("js/d.js", "f();\nimport { z } from './late/z.js';", "before everything else"),
        ("js/d.js", "f(import.meta.url);", "before everything else"),
        ("js/d.js", "const z = import(`./${x}.js`);", "no import() of a file"),
        ("js/d.js", "export const e = 1;", "does not export"),
        ("js/d.js", "import { later } from './app.js';\nexport default later;", "imports itself"),
        ("js/d.js", "import { n } from './none.js';\nexport default n;", "is not there"),
        ("js/late/z.js", "export const z = () => import('../d.js');", "imports later itself"),
        ("css/base.css", "@import url(x.css);", "@import"),
        ("css/page.css", "@import 'none.css';", "is not there"),
        ("index.html", "<p></p>", "has not one module"),
        ("index.html", "<p data-word=\"d\"></p>", "js/words/pt.js has no d"),
        ("js/words/en.js", "export default { 'a.b': 'It\\'s', c: 'Cee' };\n", "js/words/en.js has no a.b"),
    ] {
        let refused = join::page(&files(path, content)).expect_err(content);
        assert!(refused.contains(says), "{path}: {content}: {refused}");
    }
}
