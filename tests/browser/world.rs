//! A shop with its page: a server that watches its upstream, an administrator, and what a browser
//! must never have done when a test ends.

use std::path::PathBuf;
use std::time::Duration;

use pareia::instance::monitor::Pace;
use pareia::sim::{Options, Sim, Timing, Version};
use serde_json::{Value, json};

use crate::driver::{Browser, Driver, Screen, until};
use crate::harness::{Client, PHONE, ROUTE, Shop, instant, upstream_create};

/// The administrator.
pub const NAME: &str = "ana";
/// Her password.
pub const PASSWORD: &str = "sapatos-e-botas";

/// The shop.
pub struct World {
    pub shop: Shop,
}

/// Logs a user in, on the page that asks for it.
pub fn log_in(browser: &Browser, name: &str) {
    browser.fill("Nome", name);
    browser.fill("Senha", PASSWORD);
    browser.press("Entrar");
    browser.wait_for("//nav", "the navigation");
}

impl World {
    /// One that is set up and has no number yet.
    pub fn new() -> Self {
        Self::showing_codes_for(Duration::from_secs(45))
    }

    /// The same, with an upstream whose codes change that often.
    pub fn showing_codes_for(life: Duration) -> Self {
        let timing = Timing { qr_life: life, pairing_code: Duration::from_millis(100), ..Timing::instant() };
        let upstream = Options { timing, ..instant(Version::V2_3_7) };
        let world = Self { shop: Shop::watched(upstream, Pace::default()) };
        world.shop.person(NAME, true, PASSWORD);
        world
    }

    /// One whose people come by that address.
    pub fn at(url: &str) -> Self {
        Self::configured(|settings| settings.public_url = Some(url.to_owned()))
    }

    /// One that says it can start anew, and leaves that to the test.
    pub fn restarting() -> Self {
        Self::configured(|settings| settings.restart = Some(Box::new(|| {})))
    }

    fn configured(change: impl FnOnce(&mut pareia::http::Settings)) -> Self {
        let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
        let world = Self { shop: Shop::configured(sim, Duration::from_secs(20), change) };
        world.shop.credential("cred_a", &world.shop.sim.url());
        world.shop.person(NAME, true, PASSWORD);
        world
    }

    /// One that nobody has set up, and an upstream it does not know yet.
    pub fn unset() -> Self {
        let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
        Self { shop: Shop::bare(sim, Duration::from_secs(20)) }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        self.shop.url(path)
    }

    /// The link that sets the page up at a first start.
    pub fn setup_link(&self) -> String {
        self.url(&format!("/#/setup/{}", self.shop.setup_token(false).expose()))
    }

    /// A browser whose owner has logged in.
    pub fn logged_in(&self, driver: &Driver, screen: Screen) -> Browser {
        self.logged_in_as(NAME, driver, screen)
    }

    /// A browser in which that user has logged in.
    pub fn logged_in_as(&self, name: &str, driver: &Driver, screen: Screen) -> Browser {
        let browser = Browser::open(driver, screen);
        browser.go(&self.url("/"));
        log_in(&browser, name);
        browser
    }

    /// A row without anything upstream.
    pub fn row(&self, name: &str) {
        self.shop.written(name, PHONE, "loja");
    }

    /// Writes what people say of a number.
    #[track_caller]
    pub fn describe(&self, name: &str, texts: &Value) {
        let answer =
            Client::bearer(&self.shop, &self.shop.token).call("PATCH", &format!("{ROUTE}/{name}"), texts);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Hands a number to that person.
    pub fn owned_by(&self, name: &str, person: &str) {
        self.shop.set(&format!(
            "UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = '{person}')
             WHERE channelInstanceId = '{name}'"
        ));
    }

    /// A number that a telephone is connected to.
    pub fn connected(&self, name: &str) {
        assert_eq!(self.shop.post(name).status, 200);
        self.shop.scan(name);
        assert_eq!(self.shop.post(name).data("status"), "connected");
    }

    /// Connects a number that is there, whose instance is on that server, with its own phone.
    pub fn connect_at(&self, sim: &Sim, name: &str, phone: &str) {
        assert_eq!(self.shop.call("POST", &format!("{ROUTE}/{name}/connect")).status, 200);
        assert!(sim.control().scan(name, Some(&format!("{phone}@s.whatsapp.net"))), "{name} shows a code");
        until("the scan is known", || {
            self.shop.call("POST", &format!("{ROUTE}/{name}/connect")).data("status") == "connected"
        });
    }

    /// So many rows, half of them connected as far as anybody knows.
    pub fn rows(&self, count: u32) {
        self.shop.set(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId,
                 credentialId, status, statusReason, createdAt, updatedAt)
             SELECT 'c' || i, 'whatsapp_evolution', 'loja-' || printf('%03d', i), '55219918' || printf('%05d', i),
                 (SELECT id FROM users WHERE name = 'loja'), 'cred_a',
                 iif(i % 2, 'connected', 'disconnected'), iif(i % 2, 'paired', 'upstream_401'),
                 1795000000000 + i * 1000, 1795000000000 + i * 1000 FROM n"
        ));
    }

    /// A history of 80 days of every number: most were connected, some dropped, and for two days nobody looked.
    pub fn history(&self) {
        let now = pareia::domain::now();
        let ago = |days: i64| now - days * 86_400_000;
        self.shop.set(&format!(
            "INSERT INTO server_spans (credentialId, beganAt, endedAt, answered) VALUES
                 ('cred_a', {}, {}, 1), ('cred_a', {}, {}, 0), ('cred_a', {}, {now}, 1);
             UPDATE messaging_instances SET firstConnectedAt = {} WHERE status IN ('connected', 'disconnected');
             UPDATE messaging_instances SET labels = '[\"vip\"]', searchText = char(10) || 'vip' || char(10)
                 WHERE status = 'disconnected';
             DELETE FROM instance_events;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
             INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason)
                 SELECT id, {} + i * 259200000 + rowid * 3600000 + v.late, v.was, v.become, v.why FROM n, messaging_instances,
                     (SELECT 0 AS late, 'connected' AS was, 'disconnected' AS become, 'dropped' AS why
                      UNION ALL SELECT 7200000, 'disconnected', 'connected', 'paired') v
                 WHERE firstConnectedAt IS NOT NULL AND (status = 'disconnected' OR i > 22) ORDER BY i, rowid, v.late",
            ago(80),
            ago(9),
            ago(9),
            ago(9) + 40_000_000,
            ago(7),
            ago(70),
            ago(78)
        ));
    }

    /// A link that connects that instance.
    pub fn link(&self, name: &str) -> String {
        let made = self.shop.call("POST", &format!("{ROUTE}/{name}/link"));
        made.data("url").as_str().unwrap_or_else(|| panic!("no link: {:?}", made.body)).to_owned()
    }

    /// Puts a picture of the window where the tests' caller wants one.
    pub fn picture(browser: &Browser, name: &str) {
        let folder = std::env::var_os("PAREIA_PICTURES").map(PathBuf::from);
        browser.picture(folder.as_deref(), name);
    }

    /// Whatever a test did, the page complained about nothing and asked nobody else for anything.
    #[track_caller]
    pub fn finish(&self, browser: &Browser) {
        self.finish_expecting(browser, &[]);
    }

    /// The same where the server refused something, as the test meant it to, with one of these.
    #[track_caller]
    pub fn finish_expecting(&self, browser: &Browser, statuses: &[&str]) {
        let expected = |line: &String| statuses.iter().any(|s| line.contains(&format!("status of {s}")));
        let complaints: Vec<_> = browser.complaints().into_iter().filter(|line| !expected(line)).collect();
        assert_eq!(complaints, Vec::<String>::new(), "the console");
        let ours = self.url("/");
        let elsewhere: Vec<_> = browser.requests().into_iter().filter(|url| !is_ours(url, &ours)).collect();
        assert_eq!(elsewhere, Vec::<String>::new(), "asked of somebody else");
    }
}

/// Whether a request stays with the server, the page, or the browser's own first tab, which on a busy
/// machine still loads when the page does.
fn is_ours(url: &str, ours: &str) -> bool {
    [ours, "data:", "chrome:", "chrome-untrusted:", "about:"].iter().any(|start| url.starts_with(start))
}

/// Creates an instance upstream as somebody does by hand.
pub fn by_hand(url: &str, name: &str, integration: &str) {
    let body = json!({ "instanceName": name, "integration": integration, "token": name, "qrcode": true });
    upstream_create(url, &body);
}
