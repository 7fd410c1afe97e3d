//! Just enough HTTP for a demonstration to call its own server: one POST, one answer.
//!
//! HTTP/1.0, so that the answer ends where the connection does. No other server is ever called.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::{Channel, Secret};

/// The route.
pub const PATH: &str = "/api/messaging/instance";
/// Longest silence; the server's own deadline comes first.
const SILENCE: Duration = Duration::from_mins(1);
/// Longest answer; a QR code is a few KiB.
const MAX_ANSWER: u64 = 1024 * 1024;
/// The demonstration's phone.
const PHONE: &str = "5521991856227";

/// What came back.
pub struct DemoReply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl DemoReply {
    /// The text at that JSON pointer; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The request's body for that instance.
pub fn body(instance: &str) -> Value {
    json!({
        "channel": Channel::WhatsappEvolution.as_str(),
        "channelInstanceId": instance,
        "channelPhoneOrId": PHONE,
    })
}

/// Makes the call.
pub fn post(server: SocketAddr, token: &Secret, instance: &str) -> io::Result<DemoReply> {
    let body = body(instance).to_string();
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(SILENCE))?;
    write!(
        stream,
        "POST {PATH} HTTP/1.0\r\nHost: {server}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        token.expose(),
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn parse(answer: &[u8]) -> Option<DemoReply> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(answer).ok()? else { return None };
    Some(DemoReply { status: head.code?, body: serde_json::from_slice(&answer[length..]).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_status_and_json_or_nothing() {
        let reply = parse(b"HTTP/1.0 503 X\r\nA: b\r\n\r\n{\"code\":\"busy\"}").unwrap();
        assert_eq!((reply.status, reply.text("/code"), reply.text("/data/status")), (503, "busy", ""));
        for broken in ["", "HTTP/1.0 200 OK\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n<p>"] {
            assert!(parse(broken.as_bytes()).is_none(), "{broken:?}");
        }
    }
}
