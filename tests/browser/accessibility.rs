//! What axe-core says of every screen, light and dark, wide and narrow; and that none of them is
//! wider than a small telephone.

use std::path::PathBuf;

use serde_json::Value;

use crate::driver::Browser;

/// Where `.ci/run` puts axe-core.
const AXE: &str = "target/axe/node_modules/axe-core/axe.min.js";

/// What axe-core objects to on the screen as it is, a line for each rule; `None` without axe-core.
pub fn violations(browser: &Browser) -> Option<Vec<String>> {
    let axe = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(AXE)).ok()?;
    browser.run(&axe);
    let found =
        browser.run_async("return (await axe.run(document, {resultTypes: ['violations']})).violations");
    let line = |violation: &Value| {
        let nodes = violation["nodes"].as_array().into_iter().flatten();
        let where_: Vec<_> = nodes.map(|node| node["html"].as_str().unwrap_or_default().to_owned()).collect();
        format!("{}: {} at {where_:?}", violation["id"], violation["help"])
    };
    assert!(found.is_array(), "axe-core failed: {found}");
    Some(found.as_array().into_iter().flatten().map(line).collect())
}
