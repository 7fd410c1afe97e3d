//! Receivers on this machine: a server of HTTP, as webhooks, ntfy and Telegram's API are, and one of SMTP. Each can be
//! killed, also in the middle of a message, and come back at its address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// What a receiver does with whoever comes.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// Takes everything.
    Takes,
    /// Reads a message and hangs up before it says that it has it: it has not.
    HangsUp,
    /// Takes a message and hangs up before it says so.
    LosesAnswer,
    /// Answers HTTP with that status, or refuses the recipient of a mail.
    Refuses(u16),
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The path that was posted to; of a mail, its recipient.
    pub to: String,
    /// Header lines, names in lower case; of a mail, its whole head in one.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Taken {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

type Talk = fn(&mut TcpStream, Mode) -> std::io::Result<Option<Taken>>;

/// A receiver that is up.
pub struct Receiver {
    address: SocketAddr,
    talk: Talk,
    mode: Arc<Mutex<Mode>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    tries: Arc<Mutex<u32>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub fn http() -> Self {
        Self::start(http)
    }

    pub fn smtp() -> Self {
        Self::start(smtp)
    }

    fn start(talk: Talk) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut receiver = Self {
            address,
            talk,
            mode: Arc::new(Mutex::new(Mode::Takes)),
            taken: Arc::default(),
            tries: Arc::default(),
            over: Arc::default(),
            thread: None,
        };
        receiver.listen(listener);
        receiver
    }

    fn listen(&mut self, listener: TcpListener) {
        self.over = Arc::default();
        let (over, mode, taken, tries) = (
            Arc::clone(&self.over),
            Arc::clone(&self.mode),
            Arc::clone(&self.taken),
            Arc::clone(&self.tries),
        );
        let talk = self.talk;
        self.thread = Some(std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let mode = *mode.lock().expect("a mode");
                let message = stream.and_then(|mut stream| talk(&mut stream, mode)).ok().flatten();
                *tries.lock().expect("a count") += 1;
                taken.lock().expect("a list").extend(message);
            }
        }));
    }

    /// Nobody listens any more.
    pub fn kill(&mut self) {
        self.over.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address);
        self.thread.take().expect("it is up").join().expect("it ends");
    }

    /// It is back, at the same address.
    pub fn revive(&mut self) {
        let free = std::cell::RefCell::new(None);
        crate::harness::until("the port is free", || {
            *free.borrow_mut() = TcpListener::bind(self.address).ok();
            free.borrow().is_some()
        });
        self.listen(free.into_inner().expect("the same port"));
    }

    pub fn set(&self, mode: Mode) {
        *self.mode.lock().expect("a mode") = mode;
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("a list").clone()
    }

    /// How many came, whatever became of them.
    pub fn tries(&self) -> u32 {
        *self.tries.lock().expect("a count")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

fn http(stream: &mut TcpStream, mode: Mode) -> std::io::Result<Option<Taken>> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let to = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut taken = Taken { to, headers, body: String::new() };
    let length: u64 = taken.header("content-length").parse().unwrap_or(0);
    reader.take(length).read_to_string(&mut taken.body)?;
    let status = match mode {
        Mode::HangsUp => return Ok(None),
        Mode::LosesAnswer => return Ok(Some(taken)),
        Mode::Refuses(status) => status,
        Mode::Takes => 200,
    };
    write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-length: 11\r\nlocation: http://127.0.0.1/\r\n\r\n{{\"ok\":true}}"
    )?;
    Ok((mode == Mode::Takes).then_some(taken))
}

fn smtp(stream: &mut TcpStream, mode: Mode) -> std::io::Result<Option<Taken>> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut to = String::new();
    stream.write_all(b"220-welcome\r\n220 to the test\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let reply = match line.split([' ', ':', '\r']).next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250 SIZE 1000000\r\n".to_owned(),
            "RCPT" if matches!(mode, Mode::Refuses(_)) => "550 no\r\n".to_owned(),
            "RCPT" => {
                line.trim_end().clone_into(&mut to);
                "250 ok\r\n".to_owned()
            }
            "DATA" => break,
            "QUIT" => return Ok(None),
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(reply.as_bytes())?;
    }
    stream.write_all(b"354 go on\r\n")?;
    let mut text = String::new();
    while !text.ends_with("\r\n.\r\n") {
        if reader.read_line(&mut text)? == 0 || mode == Mode::HangsUp {
            return Ok(None);
        }
    }
    stream.write_all(b"250 taken\r\n")?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let headers = vec![("head".to_owned(), head.to_owned())];
    Ok(Some(Taken { to, headers, body: body.trim_end_matches(".\r\n").replace("\r\n", "") }))
}
