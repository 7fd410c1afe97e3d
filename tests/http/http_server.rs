//! The HTTP side over real sockets, with clients good and bad.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pareia::domain::Name;
use pareia::http::{Server, Settings};
use pareia::instance::connect::ConnectService;
use pareia::instance::monitor::{Monitor, Pace};
use pareia::store::Store;

use crate::harness::{PATIENCE, sooner_than, together};

const ROUTE: &str = "/api/messaging/instance";

struct Home {
    folder: PathBuf,
    store: Arc<Store>,
    server: Option<Server>,
}

impl Home {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pareia-http-{}-{number}", std::process::id()));
        let store = Arc::new(Store::open(&folder).expect("a data folder"));
        let connect_service = Arc::new(ConnectService::new(Arc::clone(&store), PATIENCE));
        let mut settings = Settings::new("127.0.0.1:0");
        change(&mut settings);
        let monitor = Arc::new(Monitor::start(Arc::clone(&store), Arc::default(), Pace::asleep()));
        let server = Server::start(settings, Arc::clone(&store), connect_service, monitor).expect("a server");
        Self { folder, store, server: Some(server) }
    }

    fn addr(&self) -> SocketAddr {
        self.server.as_ref().expect("running").addr()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addr()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream
    }

    fn token(&self) -> String {
        let name = Name::parse("ana").expect("a name");
        let user =
            self.store.add_user(&name, pareia::domain::Role::Owner).expect("a store").expect("a fresh name");
        self.store.add_token(&user, None, None).expect("a store").token.expose().to_owned()
    }

    /// Sends the bytes, then nothing more, and reads to the end.
    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("the server listens");
        stream.shutdown(Shutdown::Write).ok();
        read_all(&mut stream)
    }

    #[track_caller]
    fn check(&self, request: &str, status: u16, code: &str) -> String {
        let answer = self.say(request.as_bytes());
        assert_answer(&answer, status, code);
        answer
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.server.take());
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset after the answer is an end like any other.
    stream.read_to_end(&mut text).ok();
    String::from_utf8(text).expect("text")
}

/// Reads one answer whose body has a length.
fn read_one(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("an answer"), 1, "{}", String::from_utf8_lossy(&text));
        text.push(byte[0]);
    }
    let mut head = String::from_utf8(text).expect("text");
    let length = header(&head, "content-length").and_then(|l| l.parse().ok()).expect("a length");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    head.push_str(std::str::from_utf8(&body).expect("text"));
    head
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines()
        .filter_map(|l| l.split_once(": "))
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

/// Checks status, code and what every failure carries; an empty code means a success.
#[track_caller]
fn assert_answer(answer: &str, status: u16, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "expected {status}: {answer}");
    let id = header(answer, "x-request-id").expect("a request id");
    assert_eq!((id.len(), header(answer, "cache-control")), (16, Some("no-store")), "{answer}");
    assert_eq!(header(answer, "cross-origin-resource-policy"), Some("same-origin"), "{answer}");
    if !code.is_empty() {
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let body: serde_json::Value = serde_json::from_str(body).expect(answer);
        assert_eq!(
            (&body["success"], &body["code"], &body["requestId"]),
            (&false.into(), &code.into(), &id.into())
        );
    }
}

fn post(token: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {ROUTE} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Waits until the server has ended the connection; how long that took.
#[track_caller]
fn until_ended(stream: &mut TcpStream) -> (Duration, String) {
    let began = Instant::now();
    let said = read_all(stream);
    assert!(began.elapsed() < PATIENCE, "the server never ended the connection");
    (began.elapsed(), said)
}

#[test]
fn routes_methods_and_what_every_answer_carries() {
    let home = Home::new();
    let live = home.check("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n", 200, "");
    assert!(live.ends_with("{\"status\":\"ok\"}"), "{live}");
    assert_eq!(header(&live, "content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(header(&live, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&live, "connection"), Some("keep-alive"));
    home.check("GET /readyz HTTP/1.1\r\n\r\n", 200, "");
    let head = home.check("HEAD /livez HTTP/1.1\r\n\r\n", 200, "");
    assert!(head.ends_with("\r\n\r\n") && header(&head, "content-length") == Some("15"), "{head}");
    home.check("GET /nothing HTTP/1.1\r\n\r\n", 404, "not_found");
    home.check("GET /café HTTP/1.1\r\n\r\n", 400, "bad_request");
    home.check("GET /caf%C3%A9 HTTP/1.1\r\nX-City: S\u{e3}o Paulo\r\n\r\n", 404, "not_found");
    let refused = home.check("DELETE /livez HTTP/1.1\r\n\r\n", 405, "method_not_allowed");
    assert_eq!(header(&refused, "allow"), Some("GET, HEAD"));
    let refused = home.check(&format!("PUT {ROUTE} HTTP/1.1\r\n\r\n"), 405, "method_not_allowed");
    assert_eq!(header(&refused, "allow"), Some("GET, HEAD, POST"));
    home.check("OPTIONS * HTTP/1.1\r\n\r\n", 404, "not_found");
}

#[test]
fn bodies_are_judged_field_by_field_once_the_token_is_good() {
    let home = Home::new();
    let token = home.token();
    home.check(&post(&token, "{"), 400, "invalid_json");
    home.check(&post(&token, ""), 400, "invalid_json");
    home.check(&post(&token, r#"{"channel":"x"}"#), 400, "invalid_channel");
    let missing = home.check(&post(&token, r#"{"channel":"whatsapp_evolution"}"#), 400, "invalid_field");
    assert!(missing.contains(r#""field":"channelInstanceId""#), "{missing}");
    home.check(&post("nobody", "{"), 401, "unauthorized");
    let chunked = format!(
        "POST {ROUTE} HTTP/1.1\r\nAuthorization: bearer  {token}\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\n{{\"c\r\n0\r\n\r\n"
    );
    home.check(&chunked, 400, "invalid_json");
}

#[test]
fn what_is_no_http_or_too_much_of_it_is_refused_and_the_connection_ends() {
    let home = Home::new();
    let long = "a".repeat(17 * 1024);
    for (request, status, code) in [
        ("hello\r\n\r\n".to_owned(), 400, "bad_request"),
        ("\u{16}\u{3}\u{1} \u{0}".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\na b: c\r\n\r\n".to_owned(), 400, "bad_request"),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".to_owned(), 400, "bad_request"),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            400,
            "bad_request",
        ),
        (format!("GET /{long} HTTP/1.1\r\n\r\n"), 431, "headers_too_large"),
        (format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n"), 431, "headers_too_large"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100)), 431, "headers_too_large"),
        (
            format!("POST {ROUTE} HTTP/1.1\r\nContent-Length: 65537\r\n\r\n{}", "x".repeat(65537)),
            413,
            "body_too_large",
        ),
        (
            format!(
                "POST {ROUTE} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 99999999999999999999\r\n\r\n"
            ),
            413,
            "body_too_large",
        ),
        (
            format!(
                "POST {ROUTE} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n{}",
                "x".repeat(65537)
            ),
            413,
            "body_too_large",
        ),
    ] {
        let mut stream = home.connect();
        stream.write_all(request.as_bytes()).expect("the server reads");
        let answer = until_ended(&mut stream).1;
        assert_answer(&answer, status, code);
        assert_eq!(header(&answer, "connection"), Some("close"), "{answer}");
    }
}

#[test]
fn a_connection_serves_many_requests_also_sent_ahead() {
    let home = Home::new();
    let mut stream = home.connect();
    for _ in 0..3 {
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n").expect("open");
        assert_answer(&read_one(&mut stream), 200, "");
    }
    let ahead = "\r\nGET /livez HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\nConnection: close\r\n\r\n";
    stream.write_all(ahead.as_bytes()).expect("open");
    for (status, code) in [(200, ""), (404, "not_found"), (200, "")] {
        assert_answer(&read_one(&mut stream), status, code);
    }
    assert_eq!(until_ended(&mut stream).1, "");
}

#[test]
fn http_1_0_closes_unless_asked_not_to() {
    let home = Home::new();
    for (request, connection) in [
        ("GET /livez HTTP/1.0\r\n\r\n", "close"),
        ("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
        ("GET /livez HTTP/1.1\r\nConnection: Close\r\n\r\n", "close"),
    ] {
        assert_eq!(header(&home.say(request.as_bytes()), "connection"), Some(connection), "{request}");
    }
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let home = Home::new();
    let mut stream = home.connect();
    let head = post("nobody", "{}").replace("Host: h", "Expect: 100-continue");
    let (head, body) = head.split_at(head.len() - 2);
    stream.write_all(head.as_bytes()).expect("open");
    let mut proceed = [0; 25];
    stream.read_exact(&mut proceed).expect("a line");
    assert_eq!(&proceed, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).expect("open");
    assert_answer(&read_one(&mut stream), 401, "unauthorized");
}

#[test]
fn failures_are_limited_and_a_valid_token_passes_all_the_same() {
    let home = Home::new();
    let token = home.token();
    for _ in 0..10 {
        let answer = home.check(&post("nobody", "{}"), 401, "unauthorized");
        assert_eq!(header(&answer, "www-authenticate"), Some("Bearer"));
    }
    // No header of a client changes who it is.
    let disguised =
        post("nobody", "{}").replace("Host: h", "X-Forwarded-For: 1.1.1.1\r\nX-Pareia-Peer: 1.1.1.1");
    let answer = home.check(&disguised, 429, "rate_limited");
    let wait: u64 = header(&answer, "retry-after").and_then(|w| w.parse().ok()).expect("a time");
    assert!((1..=6).contains(&wait), "{wait}");
    home.check(&post(&token, "{"), 400, "invalid_json");
}

#[test]
fn behind_a_trusted_proxy_its_clients_are_counted_one_by_one() {
    let home = Home::with(|s| s.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")]);
    let from = |client: &str| post("nobody", "{}").replace("Host: h", &format!("X-Forwarded-For: {client}"));
    for _ in 0..10 {
        home.check(&from("6.6.6.6, 1.1.1.1"), 401, "unauthorized");
    }
    home.check(&from("7.7.7.7, 1.1.1.1"), 429, "rate_limited");
    home.check(&from("2.2.2.2"), 401, "unauthorized");
}

#[test]
fn slow_clients_are_cut_off_and_hold_up_nobody() {
    let short = Duration::from_millis(200);
    let home = Home::with(|s| {
        s.limits.first_byte = short;
        s.limits.message = short;
        s.limits.keep_alive = short;
    });
    let (mut silent, mut half, mut body) = (home.connect(), home.connect(), home.connect());
    half.write_all(b"GET /livez HTTP/1.1\r\nHos").expect("open");
    body.write_all(&post("nobody", "{}").as_bytes()[..post("nobody", "{}").len() - 1]).expect("open");
    let mut idle = home.connect();
    idle.write_all(b"GET /livez HTTP/1.1\r\n\r\n").expect("open");
    assert_answer(&read_one(&mut idle), 200, "");
    home.check("GET /livez HTTP/1.1\r\n\r\n", 200, "");
    assert_eq!(until_ended(&mut silent).1, "");
    assert_answer(&until_ended(&mut half).1, 408, "request_timeout");
    assert_answer(&until_ended(&mut body).1, 408, "request_timeout");
    assert_eq!(until_ended(&mut idle).1, "");
}

#[test]
fn a_trickle_or_an_endless_message_is_cut_off_in_time() {
    let home = Home::with(|s| s.limits.message = Duration::from_millis(300));
    for (start, piece, codes) in [
        ("GET /livez HTTP/1.1\r\nX: ", "a", &[408][..]),
        ("", "\r\n", &[408]),
        ("GET /livez HTTP/1.1\r\nX: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &[408, 431]),
        (
            "POST /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "10\r\n0123456789abcdef\r\n",
            &[408, 413],
        ),
    ] {
        let mut stream = home.connect();
        let mut writer = stream.try_clone().expect("a socket");
        let began = Instant::now();
        let pump = std::thread::spawn(move || {
            let mut sent = writer.write_all(start.as_bytes());
            while sent.is_ok() && began.elapsed() < PATIENCE {
                sent = writer.write_all(piece.as_bytes());
                std::thread::sleep(Duration::from_micros(100));
            }
        });
        let answer = until_ended(&mut stream).1;
        sooner_than(PATIENCE / 4, began);
        let fits = codes.iter().any(|c| answer.starts_with(&format!("HTTP/1.1 {c} ")));
        assert!(fits, "{piece:?}: {answer}");
        stream.shutdown(Shutdown::Both).ok();
        pump.join().expect("no panic");
    }
}

#[test]
fn more_clients_than_places_push_out_the_one_that_says_nothing() {
    let home = Home::with(|s| s.limits.connections = 4);
    let mut silent: Vec<_> = (0..4).map(|_| home.connect()).collect();
    for _ in 0..3 {
        home.check("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n", 200, "");
    }
    assert_answer(&until_ended(&mut silent[0]).1, 503, "busy");
}

#[test]
fn of_more_clients_than_places_everyone_is_answered() {
    let home = Home::with(|s| s.limits.connections = 4);
    let answers = together(64, |_| {
        let mut stream = home.connect();
        // Who was turned away meanwhile finds the answer where it reads.
        let _sent = stream.write_all(b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n");
        read_all(&mut stream)
    });
    for answer in answers {
        let fits = ["HTTP/1.1 200 ", "HTTP/1.1 503 "].iter().any(|start| answer.starts_with(start));
        assert!(fits, "{answer:?}");
    }
}

#[test]
fn clients_that_never_read_give_way_like_those_that_never_write() {
    let home = Home::with(|s| s.limits.connections = 8);
    let ahead = "GET / HTTP/1.1\r\n\r\n".repeat(2_000);
    let crowd: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = home.connect();
            stream.set_nonblocking(true).expect("a socket");
            // As much as the server takes while nobody reads its answers.
            let _taken = stream.write(ahead.as_bytes());
            stream
        })
        .collect();
    let livez = || home.say(b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n");
    let answered = (0..20).filter(|_| livez().starts_with("HTTP/1.1 200 ")).count();
    assert!(answered >= 15, "{answered} of 20, the others before somebody had given way");
    drop(crowd);
}

#[test]
fn a_header_that_is_no_text_costs_its_own_line() {
    let home = Home::new();
    let answer = home.say(b"GET /livez HTTP/1.1\r\nX-City: S\xe3o Paulo\r\nCookie: a=\xff; b=c\r\n\r\n");
    assert_answer(&answer, 200, "");
}

#[test]
fn hundreds_of_silent_clients_hold_up_nobody() {
    // Were they waited for, it would take longer than the test allows.
    let home = Home::with(|settings| {
        settings.limits.first_byte = PATIENCE;
        settings.limits.message = PATIENCE;
    });
    let crowd: Vec<_> = (0..300)
        .map(|n| {
            let mut stream = home.connect();
            stream.write_all(&b"POST / HTTP/1.1\r\nX: y"[..n % 20]).expect("open");
            stream
        })
        .collect();
    for _ in 0..50 {
        let began = Instant::now();
        home.check("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n", 200, "");
        sooner_than(PATIENCE / 4, began);
    }
    drop(crowd);
}

#[test]
fn shutdown_ends_idle_connections_and_frees_the_address() {
    // Were they waited for, it would take longer than the test allows.
    let mut home = Home::with(|settings| settings.drain = PATIENCE);
    let addr = home.addr();
    let (mut idle, mut silent) = (home.connect(), home.connect());
    idle.write_all(b"GET /livez HTTP/1.1\r\n\r\n").expect("open");
    assert_answer(&read_one(&mut idle), 200, "");
    let began = Instant::now();
    home.server.take().expect("running").shutdown();
    sooner_than(PATIENCE / 4, began);
    assert_eq!(until_ended(&mut idle).1, "");
    assert_eq!(until_ended(&mut silent).1, "");
    assert!(TcpStream::connect(addr).is_err(), "the address is free");
}
