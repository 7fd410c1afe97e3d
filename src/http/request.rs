//! One request, whole and owned: what the routes read.
//!
//! It knows no socket and no server, and is not answered here: a route returns its reply.

use std::net::IpAddr;
use std::time::Instant;

use crate::crypto;
use crate::http1;

/// Characters of a request id: 75 random bits, and short enough to be read out.
const ID_LEN: usize = 16;

/// A fresh request id. Nothing a client sends becomes one.
pub fn request_id() -> String {
    let mut id = crypto::new_id("r");
    id.truncate(ID_LEN);
    id
}

/// A request.
pub struct Request {
    /// The method as sent.
    pub method: String,
    /// The request target as sent, still percent-encoded.
    pub target: String,
    /// Header lines in order. Every value is ASCII.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
    /// Who is at the other end of the public socket.
    pub peer: IpAddr,
    /// The id that the answer and the log lines carry.
    pub id: String,
    /// When it had arrived.
    pub began: Instant,
    /// The part of the path that the route leaves open, as sent; empty where it leaves none.
    pub captured: String,
    /// The route that it leads to, as the table names it; empty where none has been looked up.
    pub route: &'static str,
}

impl Request {
    /// What a client sent.
    pub fn of_client(sent: http1::RequestMessage, peer: IpAddr) -> Self {
        Self {
            method: sent.method,
            target: sent.target,
            headers: sent.headers,
            body: sent.body,
            peer: peer.to_canonical(),
            id: request_id(),
            began: Instant::now(),
            captured: String::new(),
            route: "",
        }
    }

    /// What the same client would send to ask for that.
    pub fn asking(&self, target: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: self.headers.clone(),
            body: Vec::new(),
            peer: self.peer,
            id: self.id.clone(),
            began: self.began,
            captured: String::new(),
            route: "",
        }
    }

    /// The id that the answer and the log lines carry.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The method as sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The whole body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The values of every header line of that name.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.as_str()).collect()
    }

    /// The values of a query parameter, decoded, in their order.
    pub fn query(&self, name: &str) -> Vec<String> {
        let target = self.target.split('#').next().unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.filter(|(n, _)| n == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The part of the path that the route leaves open, as sent; empty where it leaves none.
    pub fn captured(&self) -> &str {
        &self.captured
    }
}
