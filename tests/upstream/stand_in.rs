//! A stand-in for whatever listens where an Evolution should: it reads each request and answers it from a
//! script, over TCP or TLS, for as long as the test runs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use pareia::sync::Mutex;

/// What listens.
pub struct StandIn {
    pub address: SocketAddr,
    arrivals: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl StandIn {
    /// One that talks to each connection in a thread of its own.
    pub fn start(talk: impl Fn(TcpStream, &dyn Fn(String)) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&arrivals);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (talk, noted) = (talk.clone(), Arc::clone(&noted));
                std::thread::spawn(move || talk(stream, &|line| noted.lock().push((Instant::now(), line))));
            }
        });
        Self { address, arrivals }
    }

    /// One that answers every request with what `answer` makes of its request line.
    pub fn answering(answer: impl Fn(&str) -> String + Clone + Send + 'static) -> Self {
        Self::start(move |mut stream, note| {
            if let Some(line) = read_request(&mut stream) {
                note(line.clone());
                let _ = stream.write_all(answer(&line).as_bytes());
            }
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The request lines so far, and when each came.
    pub fn arrivals(&self) -> Vec<(Instant, String)> {
        self.arrivals.lock().clone()
    }
}

/// Reads one request with its body; its request line, or `None` where what came is none.
pub fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let n = stream.read(&mut chunk).ok().filter(|n| *n > 0)?;
        seen.extend_from_slice(&chunk[..n]);
        if !seen[0].is_ascii_alphabetic() {
            return None;
        }
        let text = String::from_utf8_lossy(&seen);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(head.lines().next().unwrap_or_default().to_owned());
        }
    }
}

/// The bytes of an answer with those header lines.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> String {
    let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let lines = lines.concat();
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{lines}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
