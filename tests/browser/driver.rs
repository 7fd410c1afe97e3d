//! A real browser: Chromium, driven headless over the WebDriver protocol by its own `chromedriver`.
//!
//! What a test finds, it finds as a person does: by the words on a button, the label of a field.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::{Folder, PATIENCE};

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(25);
/// What a member is called that holds an element's id (W3C WebDriver).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running `chromedriver`, ended with the value.
pub struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    /// Starts it on a free port; `None` when it is not installed.
    pub fn start() -> Option<Self> {
        let started = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = started.ok()?;
        let lines = BufReader::new(process.stdout.take()?).lines();
        let port = lines.map_while(Result::ok).find_map(|line| port(&line))?;
        Some(Self { process, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// The port in "ChromeDriver was started successfully on port 40041."
fn port(line: &str) -> Option<u16> {
    line.split("started successfully on port ").nth(1)?.trim_end_matches('.').parse().ok()
}

/// What the screen is like.
#[derive(Clone, Copy)]
pub struct Screen {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// Whether it is a telephone's: touch, and a browser that says so.
    pub phone: bool,
    /// Whether its owner prefers dark colours.
    pub dark: bool,
}

/// A shop's computer.
pub const DESKTOP: Screen = Screen { size: (1280, 800), phone: false, dark: false };
/// A small telephone.
pub const PHONE: Screen = Screen { size: (360, 740), phone: true, dark: false };

/// A browser window with a profile of its own.
pub struct Browser {
    session: String,
    agent: ureq::Agent,
    /// Goes away with the window.
    _profile: Folder,
}

impl Browser {
    /// Opens a window.
    pub fn open(driver: &Driver, screen: Screen) -> Self {
        let profile = Folder::new();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE * 2))
            .build()
            .new_agent();
        let (width, height) = screen.size;
        let mut options = json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--lang=pt-BR",
                format!("--window-size={width},{height}"),
                format!("--user-data-dir={}", profile.path().display()),
            ],
            "prefs": {"intl.accept_languages": "pt-BR"},
        });
        if screen.phone {
            options["mobileEmulation"] = json!({
                "deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0, "touch": true},
                "userAgent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            });
        }
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let answer = send(agent.post(format!("{}/session", driver.url)), &wanted);
        let id = answer["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {answer}"));
        let browser = Self { session: format!("{}/session/{id}", driver.url), agent, _profile: profile };
        let scheme = if screen.dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        browser.devtools("Emulation.setEmulatedMedia", &json!({"features": features}));
        browser
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.post("url", &json!({"url": url}));
    }

    /// Runs a script in the page and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, &json!([]))
    }

    /// Runs a script that waits, and returns what it resolves to.
    pub fn run_async(&self, script: &str) -> Value {
        let wrapped = format!(
            "const done = arguments[0]; (async () => {{ {script} }})().then(done, e => done({{failed: String(e)}}))"
        );
        self.post("execute/async", &json!({"script": wrapped, "args": []}))
    }

    fn run_with(&self, script: &str, arguments: &Value) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// Presses the button or link of that name.
    #[track_caller]
    pub fn press(&self, name: &str) {
        self.press_at(&control(name), name);
    }

    /// Presses what the XPath finds, as soon as it is there and takes presses.
    #[track_caller]
    pub fn press_at(&self, path: &str, what: &str) {
        const SCROLL: &str = "arguments[0].scrollIntoView({ block: 'center' })";
        until(&format!("\"{what}\" can be pressed; the page says: {}", self.text()), || {
            let Some(element) = self.element(path) else { return false };
            let pressed = self.try_post(&format!("element/{element}/click"), &json!({})).is_some();
            if !pressed {
                // It may lie below the bar at the bottom: a person scrolls on.
                self.try_post("execute/sync", &json!({"script": SCROLL, "args": [{ELEMENT: element}]}));
            }
            pressed
        });
    }

    /// Types into the field of that label, in place of what it holds.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        let element = self.wait_for(&field(label), label);
        self.try_post(&format!("element/{element}/clear"), &json!({}));
        self.post(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Types into what the XPath finds.
    #[track_caller]
    pub fn type_into(&self, path: &str, text: &str) {
        let element = self.wait_for(path, path);
        self.post(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Waits until everything that was asked for is here and nothing moves any more.
    #[track_caller]
    pub fn settle(&self) {
        const SETTLED: &str = "const busy = document.querySelector('[aria-busy=true], .skeleton');
            return !busy && document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity);";
        until("the page has settled", || self.run(SETTLED) == true);
    }

    /// Types on the keyboard, whatever has the focus.
    pub fn keys(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| {
            let key = key.to_string();
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
        });
        let actions = json!([{"type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>()}]);
        self.post("actions", &json!({"actions": actions}));
    }

    /// Moves the mouse to what the XPath finds.
    #[track_caller]
    pub fn point_at(&self, path: &str) {
        let origin = json!({ELEMENT: self.wait_for(path, path)});
        let moved = json!({"type": "pointerMove", "x": 0, "y": 0, "origin": origin});
        self.post("actions", &json!({"actions": [{"type": "pointer", "id": "mouse", "actions": [moved]}]}));
    }

    /// Waits until the page shows a text.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        let begun = Instant::now();
        while !self.text().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "the page never says \"{text}\", but: {}", self.text());
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until the page shows a text no longer.
    #[track_caller]
    pub fn sees_no_more(&self, text: &str) {
        let begun = Instant::now();
        while self.text().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "the page still says \"{text}\": {}", self.text());
            std::thread::sleep(LOOK);
        }
    }

    /// Whether the XPath finds something that can be seen.
    pub fn has(&self, path: &str) -> bool {
        self.element(path).is_some()
    }

    /// Waits until the XPath finds something.
    #[track_caller]
    pub fn wait_for(&self, path: &str, what: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(element) = self.element(path) {
                return element;
            }
            assert!(begun.elapsed() < PATIENCE, "never: {what}; the page says: {}", self.text());
            std::thread::sleep(LOOK);
        }
    }

    /// What a person can read.
    pub fn text(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The first visible element that the XPath finds.
    fn element(&self, path: &str) -> Option<String> {
        const FIND: &str = "const found = document.evaluate(arguments[0], document, null, 7, null);
            for (let n = 0; n < found.snapshotLength; n++) {
                const e = found.snapshotItem(n);
                if (e.checkVisibility({visibilityProperty: true})) return e;
            }
            return null;";
        self.run_with(FIND, &json!([path]))[ELEMENT].as_str().map(str::to_owned)
    }

    /// A command of Chromium's own.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// What the page complained about on its console since the last look.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.post("se/log", &json!({"type": "browser"}));
        let severe = |e: &&Value| e["level"] == "SEVERE" || e["level"] == "WARNING";
        let lines = entries.as_array().into_iter().flatten().filter(severe);
        lines.map(|e| e["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Every address that was asked for anything since the last look.
    pub fn requests(&self) -> Vec<String> {
        let entries = self.post("se/log", &json!({"type": "performance"}));
        let sent = |entry: &Value| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            (message["method"] == "Network.requestWillBeSent")
                .then(|| message["params"]["request"]["url"].as_str().map(str::to_owned))?
        };
        entries.as_array().into_iter().flatten().filter_map(sent).collect()
    }

    /// Keeps back what the page asks from now on, where method, address and body contain that text.
    pub fn hold(&self, text: &str) {
        const HOLD: &str = "const [text] = arguments, { fetch: real } = window;
            Object.assign(window, { held: [], heard: [] });
            window.fetch = async (path, options = {}) => {
                const asked = `${options.method} ${path} ${options.body ?? ''}`;
                if (!asked.includes(text) || window.released) return real(path, options);
                await new Promise((go) => { window.held.push(go); options.signal?.addEventListener('abort', go); });
                const answer = real(path, options);
                window.heard.push(answer.then((one) => one.clone().text()).catch(() => {}));
                return answer;
            };";
        self.run_with(HOLD, &json!([text]));
    }

    /// How many requests were kept back.
    pub fn held(&self) -> u64 {
        self.run("return window.held.length").as_u64().unwrap_or_default()
    }

    /// Lets go what was kept back, keeps back nothing more, and waits until the page has its answers.
    pub fn release(&self) {
        self.run_async(
            "window.released = true; for (const go of window.held) go();
             while (window.heard.length < window.held.length) await new Promise((go) => setTimeout(go));
             await Promise.all(window.heard); await new Promise((go) => setTimeout(go))",
        );
    }

    /// Puts a picture of the window into the folder, where one is wanted.
    pub fn picture(&self, folder: Option<&Path>, name: &str) {
        let Some(folder) = folder else { return };
        let image = self.get("screenshot");
        let image = base64::engine::general_purpose::STANDARD.decode(image.as_str().unwrap_or_default());
        std::fs::create_dir_all(folder).expect("a folder for pictures");
        let file: PathBuf = folder.join(format!("{name}.png"));
        std::fs::write(file, image.expect("a picture")).expect("the picture is written");
    }

    fn get(&self, command: &str) -> Value {
        let answer = self.agent.get(format!("{}/{command}", self.session)).call();
        value(answer.expect("the browser answers")).unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        let answer = self.agent.post(format!("{}/{command}", self.session)).send(body.to_string());
        value(answer.expect("the browser answers")).unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    fn try_post(&self, command: &str, body: &Value) -> Option<Value> {
        let answer = self.agent.post(format!("{}/{command}", self.session)).send(body.to_string());
        value(answer.expect("the browser answers")).ok()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.agent.delete(&self.session).call();
    }
}

fn send(request: ureq::RequestBuilder<ureq::typestate::WithBody>, body: &Value) -> Value {
    value(request.send(body.to_string()).expect("the driver answers")).unwrap_or_else(|e| panic!("{e}"))
}

/// The value of an answer, or what went wrong.
fn value(mut answer: ureq::http::Response<ureq::Body>) -> Result<Value, String> {
    let failed = answer.status() != 200;
    let text = answer.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string().expect("an answer");
    let mut answer: Value = serde_json::from_str(&text).expect("JSON");
    let value = answer["value"].take();
    if failed { Err(value["message"].as_str().unwrap_or("?").to_owned()) } else { Ok(value) }
}

/// A button, link, tab or switch by its name.
pub fn control(name: &str) -> String {
    let name = quoted(name);
    let mut path = String::new();
    for tag in ["button", "a", "summary", "*[@role='tab']", "*[@role='switch']"] {
        let separator = if path.is_empty() { "" } else { " | " };
        let _ = write!(path, "{separator}//{tag}[normalize-space(.)={name} or @aria-label={name}]");
    }
    path
}

/// A field by its label.
pub fn field(label: &str) -> String {
    let label = quoted(label);
    format!(
        "//*[self::input or self::select or self::textarea][@aria-label={label} or @id=//label[normalize-space(.)={label}]/@for \
         or ancestor::label[contains(normalize-space(.), {label})]]"
    )
}

/// A text as XPath writes it; ours hold no double quotes.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(LOOK);
    }
}
