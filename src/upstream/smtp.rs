//! Mail handed in at an SMTP server (RFC 5321, 6409): one message, one connection. Writes no message: what is in it is
//! its caller's business.
//!
//! A name and a password are sent over TLS alone, and nothing is sent to a server that does not keep to the protocol.

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::address_rules::Reach;
use super::failure::{classify, classify_handshake};
use super::trust::usual_roots;
use super::web::resolve;
use crate::domain::{NoConnection, Secret, TlsFailure, UpstreamError};

/// Longest that one address is tried.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest reply, in bytes: some servers greet with a page.
const MAX_REPLY: usize = 16 * 1024;

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS from `STARTTLS` on, without which nothing is sent.
    StartTls,
    /// No TLS, and no password: a relay on the own machine.
    Plain,
}

/// A server that takes mail.
pub struct SmtpServer<'a> {
    pub host: &'a str,
    pub port: u16,
    pub security: SmtpSecurity,
    /// Name and password; `None`: the server takes mail without.
    pub login: Option<(&'a str, &'a Secret)>,
    pub reach: Reach,
}

/// A message, and who it is from and for.
pub struct Envelope<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// Head and body, with CRLF at the end of each line and no line that begins with a dot.
    pub data: &'a str,
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmtpFailure {
    /// There was no conversation, or it broke off.
    Connection(UpstreamError),
    /// The server has no TLS, or no way to log in that is known here.
    Unsupported,
    /// The server refused the login with that code.
    Login(u16),
    /// The server refused the message with that code, before or after it had all of it.
    Message(u16),
}

/// Hands a message in. When this returns, the server has it.
pub fn send_mail(server: &SmtpServer, envelope: &Envelope, deadline: Instant) -> Result<(), SmtpFailure> {
    let tcp = connect(server, deadline).map_err(SmtpFailure::Connection)?;
    let mut dialog = Dialog { stream: MailStream::Plain(tcp), deadline };
    if server.security == SmtpSecurity::Tls {
        dialog = dialog.with_tls(server.host)?;
    }
    dialog.expect(220, SmtpFailure::Message)?;
    let mut offers = dialog.greet()?;
    if server.security == SmtpSecurity::StartTls {
        if !offers.has("STARTTLS") {
            return Err(SmtpFailure::Unsupported);
        }
        dialog.command("STARTTLS", 220, SmtpFailure::Message)?;
        dialog = dialog.with_tls(server.host)?;
        offers = dialog.greet()?;
    }
    if let Some((name, password)) = server.login {
        dialog.log_in(&offers, name, password)?;
    }
    dialog.hand_in(envelope)
}

fn connect(server: &SmtpServer, deadline: Instant) -> Result<TcpStream, UpstreamError> {
    let mut last = UpstreamError::Unreachable(NoConnection::TimedOut);
    for address in resolve(server.host, server.port, server.reach)? {
        let left = deadline.saturating_duration_since(Instant::now()).min(CONNECT);
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = connection_failure(error),
        }
    }
    Err(last)
}

fn connection_failure(error: io::Error) -> UpstreamError {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => UpstreamError::Timeout,
        _ => classify(&ureq::Error::Io(error)),
    }
}

/// What a server said that it can do, a line each, in capitals.
struct Offers(Vec<String>);

impl Offers {
    fn has(&self, keyword: &str) -> bool {
        self.0.iter().any(|line| line.split(' ').next() == Some(keyword))
    }

    fn has_login(&self, mechanism: &str) -> bool {
        let of = |line: &String| {
            line.strip_prefix("AUTH").is_some_and(|rest| rest.split([' ', '=']).any(|m| m == mechanism))
        };
        self.0.iter().any(of)
    }
}

enum MailStream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl MailStream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => &tls.sock,
        }
    }
}

impl Read for MailStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for MailStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

/// A conversation with a server.
struct Dialog {
    stream: MailStream,
    deadline: Instant,
}

/// A reply: its code, and the text of each of its lines.
type SmtpReply = (u16, Vec<String>);

impl Dialog {
    /// The same over TLS. Nothing is read ahead, so that nothing said before it counts as said after.
    fn with_tls(self, host: &str) -> Result<Self, SmtpFailure> {
        let refused = |why| SmtpFailure::Connection(UpstreamError::Tls(why));
        let MailStream::Plain(mut tcp) = self.stream else { return Err(refused(TlsFailure::Refused)) };
        let name = ServerName::try_from(host.to_owned()).map_err(|_| refused(TlsFailure::OtherName))?;
        let connection = ClientConnection::new(Arc::clone(&TLS), name);
        let mut connection = connection.map_err(|_| refused(TlsFailure::Refused))?;
        bound(&tcp, self.deadline).map_err(broken)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp).map_err(|error| {
                let error = ureq::Error::Io(error);
                SmtpFailure::Connection(
                    classify_handshake(&error).map_or_else(|| classify(&error), UpstreamError::Tls),
                )
            })?;
        }
        let stream = MailStream::Tls(Box::new(StreamOwned::new(connection, tcp)));
        Ok(Self { stream, deadline: self.deadline })
    }

    fn greet(&mut self) -> Result<Offers, SmtpFailure> {
        let own = match self.stream.tcp().local_addr().map_err(broken)?.ip() {
            IpAddr::V4(v4) => format!("[{v4}]"),
            IpAddr::V6(v6) => format!("[IPv6:{v6}]"),
        };
        let (_, lines) = self.command(&format!("EHLO {own}"), 250, SmtpFailure::Message)?;
        Ok(Offers(lines.iter().map(|line| line.to_ascii_uppercase()).collect()))
    }

    fn log_in(&mut self, offers: &Offers, name: &str, password: &Secret) -> Result<(), SmtpFailure> {
        if matches!(self.stream, MailStream::Plain(_)) {
            return Err(SmtpFailure::Unsupported);
        }
        let password = password.expose();
        if offers.has_login("PLAIN") {
            let both = STANDARD.encode(format!("\0{name}\0{password}"));
            self.command(&format!("AUTH PLAIN {both}"), 235, SmtpFailure::Login)?;
        } else if offers.has_login("LOGIN") {
            self.command("AUTH LOGIN", 334, SmtpFailure::Login)?;
            self.command(&STANDARD.encode(name), 334, SmtpFailure::Login)?;
            self.command(&STANDARD.encode(password), 235, SmtpFailure::Login)?;
        } else {
            return Err(SmtpFailure::Unsupported);
        }
        Ok(())
    }

    fn hand_in(&mut self, envelope: &Envelope) -> Result<(), SmtpFailure> {
        self.command(&format!("MAIL FROM:<{}>", envelope.from), 250, SmtpFailure::Message)?;
        self.command(&format!("RCPT TO:<{}>", envelope.to), 250, SmtpFailure::Message)?;
        self.command("DATA", 354, SmtpFailure::Message)?;
        self.write(envelope.data).map_err(broken)?;
        self.command(".", 250, SmtpFailure::Message)?;
        // The message is theirs by now, whatever becomes of the end.
        let _ = self.write("QUIT\r\n");
        Ok(())
    }

    fn command(
        &mut self,
        line: &str,
        code: u16,
        refused: fn(u16) -> SmtpFailure,
    ) -> Result<SmtpReply, SmtpFailure> {
        self.write(&format!("{line}\r\n")).map_err(broken)?;
        self.expect(code, refused)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        bound(self.stream.tcp(), self.deadline)?;
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }

    /// Reads a reply, which has to have that code; of a recipient that is forwarded, 251 will do.
    fn expect(&mut self, code: u16, refused: fn(u16) -> SmtpFailure) -> Result<SmtpReply, SmtpFailure> {
        let reply = self.reply().map_err(broken)?;
        if reply.0 == code || (code, reply.0) == (250, 251) { Ok(reply) } else { Err(refused(reply.0)) }
    }

    fn reply(&mut self) -> io::Result<SmtpReply> {
        let mut lines = Vec::new();
        let mut left = MAX_REPLY;
        loop {
            let line = self.line(&mut left)?;
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let code = code.ok_or(io::ErrorKind::InvalidData)?;
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, lines));
            }
        }
    }

    /// Reads one line, byte by byte: what follows it may be the server's part of a handshake.
    fn line(&mut self, left: &mut usize) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            bound(self.stream.tcp(), self.deadline)?;
            let mut byte = [0];
            self.stream.read_exact(&mut byte)?;
            *left = left.checked_sub(1).ok_or(io::ErrorKind::InvalidData)?;
            match byte[0] {
                b'\n' => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
                other => line.push(other),
            }
        }
    }
}

/// Bounds the next reads and writes by the deadline.
fn bound(tcp: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    tcp.set_read_timeout(Some(left))?;
    tcp.set_write_timeout(Some(left))
}

fn broken(error: io::Error) -> SmtpFailure {
    SmtpFailure::Connection(match error.kind() {
        io::ErrorKind::InvalidData => UpstreamError::Unexpected,
        _ => connection_failure(error),
    })
}

static TLS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("the provider has the usual protocols");
    Arc::new(config.with_root_certificates(usual_roots()).with_no_client_auth())
});
