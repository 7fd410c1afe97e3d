//! Replies: a status, header lines and a body.
//!
//! Nothing here reads a request or a socket.

use std::fs::File;

use serde::Serialize;

use super::problem::Problem;
use crate::text::language;

/// Bytes of a body without a QR code.
const USUAL_BODY: usize = 512;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureBody<'a> {
    success: bool,
    error: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct SuccessBody<'a, T> {
    success: bool,
    data: &'a T,
}

/// What is answered.
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// Header lines beyond the length, which the sender adds.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// A file that follows the body. Only a route that may block answers with one: the connection's own thread sends it.
    pub file: Option<FileBody>,
}

/// A file that is sent as it is read, however large.
#[derive(Debug)]
pub struct FileBody {
    /// The file, from its start.
    pub file: File,
    /// How many bytes of it are sent.
    pub bytes: u64,
}

impl HttpReply {
    /// A JSON reply, whose sentences are in the language that it names. Every one forbids caching: a QR code is a
    /// credential.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        Self::json_of(status, body, USUAL_BODY)
    }

    /// A JSON reply of about that many bytes, which are not moved about while it is written.
    pub fn json_of(status: u16, body: &impl Serialize, length: usize) -> Self {
        let mut bytes = Vec::with_capacity(length);
        serde_json::to_writer(&mut bytes, body).expect("our own types are JSON");
        Self::bytes(status, "application/json; charset=utf-8", bytes).worded()
    }

    /// A reply of that content type, which no page of another origin may show or load.
    pub fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![
            ("Content-Type", content_type.to_owned()),
            ("Cache-Control", "no-store".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        ];
        Self { status, headers, body, file: None }
    }

    /// A file to be kept by whoever asked, under that name, which has no quotes in it.
    pub fn download(name: &str, file: FileBody) -> Self {
        let mut reply = Self::bytes(200, "application/octet-stream", Vec::new());
        reply.headers.push(("Content-Disposition", format!("attachment; filename=\"{name}\"")));
        reply.file = Some(file);
        reply
    }

    /// The same reply as one of that content type.
    #[must_use]
    pub fn of_type(mut self, content_type: &str) -> Self {
        content_type.clone_into(&mut self.headers[0].1);
        self
    }

    /// The usual success: what was asked for, under `data`.
    pub fn data(data: &impl Serialize) -> Self {
        Self::json(200, &SuccessBody { success: true, data })
    }

    /// The reply to a request that was not done.
    pub fn failure(problem: &Problem, request_id: &str) -> Self {
        let sentence = problem.sentence();
        let body = FailureBody {
            success: false,
            error: &sentence.error,
            code: sentence.code,
            cause: problem.cause(),
            field: problem.field(),
            detail: sentence.detail.as_deref(),
            request_id,
        };
        let mut reply = Self::json(problem.status(), &body);
        reply.headers.extend(problem.header());
        reply
    }

    /// Names the language that its sentences are in.
    #[must_use]
    pub fn worded(mut self) -> Self {
        self.headers.push(("Content-Language", language().as_str().to_owned()));
        self.depends_on("Accept-Language");
        self
    }

    /// Notes that the same request with another such header has another answer.
    pub fn depends_on(&mut self, request_header: &str) {
        match self.headers.iter_mut().find(|(name, _)| *name == "Vary") {
            Some((_, names)) => names.extend([", ", request_header]),
            None => self.headers.push(("Vary", request_header.to_owned())),
        }
    }

    /// Adds what every answer carries.
    #[must_use]
    pub fn signed(mut self, request_id: &str) -> Self {
        self.headers.push(("Server", "pareia".to_owned()));
        self.headers.push(("X-Request-Id", request_id.to_owned()));
        self
    }
}
