//! The lines that the page offers for other languages (`assets/js/recipes.js`), each run as a person would.

use std::io::Write;
use std::process::{Command, Stdio};

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant};

/// A program, or that it is not here, which is said.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let here = found.is_ok_and(|status| status.success());
    if !here {
        println!("SKIPPED: {program} is not here");
    }
    here
}

/// Runs a program that reads its text from stdin; what it prints, and whether it ended well.
fn run(program: &[&str], text: &str) -> (bool, String) {
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("HTTP_PROXY");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    (output.status.success(), String::from_utf8(output.stdout).expect("text"))
}

const NODE: &[&str] = &["node", "--input-type=module", "-"];

/// The recipes for that address and token, by key.
fn recipes(base: &str, token: &str) -> Value {
    let script = format!(
        "const {{ recipes }} = await import('./assets/js/recipes.js');
         console.log(JSON.stringify(Object.fromEntries(recipes('{base}', '{token}').map((r) => [r.key, r.text]))))"
    );
    let (_, printed) = run(NODE, &script);
    serde_json::from_str(&printed).unwrap_or_else(|_| panic!("no JSON: {printed}"))
}

/// Makes the call that the workflow's node makes.
fn replay(shop: &Shop, workflow: &str) -> Answer {
    let workflow: Value = serde_json::from_str(workflow).expect("the file is JSON");
    let nodes = workflow["nodes"].as_array().expect("nodes");
    let node = nodes.iter().find(|node| node["type"] == "n8n-nodes-base.httpRequest").expect("a request");
    for (name, wires) in workflow["connections"].as_object().expect("connections") {
        let to = &wires["main"][0][0]["node"];
        assert!(
            nodes.iter().any(|node| node["name"] == **name) && *to == node["name"],
            "{name} leads to {to}"
        );
    }
    let parameters = &node["parameters"];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let header = &parameters["headerParameters"]["parameters"][0];
    assert_eq!((&parameters["url"], &header["name"]), (&json!(shop.url(ROUTE)), &json!("Authorization")));
    assert_eq!((&parameters["specifyBody"], &parameters["sendBody"]), (&json!("json"), &json!(true)));
    let body = serde_json::from_str(&text(&parameters["jsonBody"])).expect("the body is JSON");
    let mut client = Client::new(shop);
    client.headers.push(("Authorization", text(&header["value"])));
    client.call(&text(&parameters["method"]), ROUTE, &body)
}

#[test]
fn every_recipe_gets_a_code() {
    if !has("node") {
        return;
    }
    let shop = Shop::new(instant(Version::V2_3_7));
    let recipes = recipes(&shop.url(""), &shop.token);
    let text = |key: &str| recipes[key].as_str().unwrap_or_else(|| panic!("no recipe for {key}"));
    assert_eq!(recipes.as_object().map(serde_json::Map::len), Some(5));
    for (key, program) in
        [("curl", &["sh"][..]), ("node", NODE), ("python", &["python3", "-"]), ("php", &["php"])]
    {
        let here = if key == "curl" { has("curl") } else { has(program[0]) };
        if here {
            let (_, printed) = run(program, text(key));
            assert!(
                printed.contains("connecting") && printed.contains("data:image/png;base64,"),
                "{key}: {printed}"
            );
        }
    }
    let answer = replay(&shop, text("n8n"));
    assert!(answer.status == 200 && answer.qr().is_some(), "{:?}", answer.body);
}

#[test]
fn a_recipe_says_why_there_is_no_code() {
    if !has("node") {
        return;
    }
    let shop = Shop::new(instant(Version::V2_3_7));
    let recipes = recipes(&shop.url(""), "nobodys");
    for (key, program) in [("node", NODE), ("python", &["python3", "-"][..]), ("php", &["php"])] {
        if has(program[0]) {
            assert!(
                !run(program, recipes[key].as_str().expect("a text")).0,
                "{key} ends as if all were well"
            );
        }
    }
}
