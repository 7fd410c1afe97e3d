//! Why a request got no answer, worked out from what `ureq` and `rustls` say. Pure.

use std::error::Error as StdError;
use std::fmt;
use std::io::ErrorKind;

use rustls::{CertificateError, Error as TlsError};
use ureq::{Error, Timeout};

use crate::domain::{NoConnection, TlsFailure, UpstreamError};

/// A failure of a connection that `ureq` has no word for, on its way through `ureq`.
#[derive(Debug)]
pub(super) struct ConnectionFailure(pub UpstreamError);

impl fmt::Display for ConnectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl StdError for ConnectionFailure {}

impl From<ConnectionFailure> for Error {
    fn from(failure: ConnectionFailure) -> Self {
        Self::Other(Box::new(failure))
    }
}

/// What it means that a request ended with that error.
pub(super) fn classify(error: &Error) -> UpstreamError {
    let no_connection = |why| UpstreamError::Unreachable(why);
    match error {
        Error::Other(error) => match error.downcast_ref::<ConnectionFailure>() {
            Some(failure) => failure.0.clone(),
            None => UpstreamError::Unexpected,
        },
        Error::HostNotFound | Error::Timeout(Timeout::Resolve) => no_connection(NoConnection::NameNotFound),
        Error::Timeout(Timeout::Connect) => no_connection(NoConnection::TimedOut),
        Error::Timeout(_) => UpstreamError::Timeout,
        Error::ConnectionFailed => no_connection(NoConnection::Refused),
        Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => no_connection(NoConnection::Refused),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
                no_connection(NoConnection::NoRoute)
            }
            _ => UpstreamError::Broken,
        },
        _ => UpstreamError::Unexpected,
    }
}

/// What it means that a TLS handshake ended with that error; `None` where it is none of TLS's own.
pub(super) fn classify_handshake(error: &Error) -> Option<TlsFailure> {
    match error {
        // A connection that was cut says nothing of what its other end speaks: whoever speaks plain HTTP answers.
        Error::Io(error) => error.get_ref()?.downcast_ref().map(handshake),
        Error::Rustls(error) => Some(handshake(error)),
        Error::Tls(_) => Some(TlsFailure::Refused),
        _ => None,
    }
}

fn handshake(error: &TlsError) -> TlsFailure {
    match error {
        TlsError::InvalidCertificate(error) => certificate(error),
        TlsError::InvalidMessage(_) => TlsFailure::NotTls,
        _ => TlsFailure::Refused,
    }
}

fn certificate(error: &CertificateError) -> TlsFailure {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFailure::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFailure::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFailure::OtherName
        }
        CertificateError::UnknownIssuer => TlsFailure::UnknownAuthority,
        // `rustls` hands it on without a variant of its own.
        CertificateError::Other(error) if error.0.to_string() == "CaUsedAsEndEntity" => {
            TlsFailure::AuthorityAsServer
        }
        _ => TlsFailure::BadCertificate,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::InvalidMessage;

    use super::*;

    #[test]
    fn each_error_before_an_answer_has_its_cause() {
        let io = |kind| Error::Io(io::Error::from(kind));
        for (error, cause) in [
            (io(ErrorKind::ConnectionRefused), UpstreamError::Unreachable(NoConnection::Refused)),
            (io(ErrorKind::HostUnreachable), UpstreamError::Unreachable(NoConnection::NoRoute)),
            (io(ErrorKind::NetworkUnreachable), UpstreamError::Unreachable(NoConnection::NoRoute)),
            (io(ErrorKind::ConnectionReset), UpstreamError::Broken),
            (io(ErrorKind::UnexpectedEof), UpstreamError::Broken),
            (Error::HostNotFound, UpstreamError::Unreachable(NoConnection::NameNotFound)),
            (Error::Timeout(Timeout::Resolve), UpstreamError::Unreachable(NoConnection::NameNotFound)),
            (Error::Timeout(Timeout::Connect), UpstreamError::Unreachable(NoConnection::TimedOut)),
            (Error::Timeout(Timeout::Global), UpstreamError::Timeout),
            (Error::LargeResponseHeader(9, 8), UpstreamError::Unexpected),
            (
                ConnectionFailure(UpstreamError::Tls(TlsFailure::Expired)).into(),
                UpstreamError::Tls(TlsFailure::Expired),
            ),
        ] {
            assert_eq!(classify(&error), cause, "{error:?}");
        }
    }

    #[test]
    fn each_error_of_a_handshake_has_its_cause() {
        let bad = |why| Error::Io(io::Error::new(ErrorKind::InvalidData, TlsError::InvalidCertificate(why)));
        for (error, cause) in [
            (bad(CertificateError::Expired), Some(TlsFailure::Expired)),
            (bad(CertificateError::NotValidYet), Some(TlsFailure::NotYetValid)),
            (bad(CertificateError::NotValidForName), Some(TlsFailure::OtherName)),
            (bad(CertificateError::UnknownIssuer), Some(TlsFailure::UnknownAuthority)),
            (bad(CertificateError::BadEncoding), Some(TlsFailure::BadCertificate)),
            (Error::Rustls(TlsError::HandshakeNotComplete), Some(TlsFailure::Refused)),
            (
                Error::Io(io::Error::other(TlsError::InvalidMessage(InvalidMessage::InvalidContentType))),
                Some(TlsFailure::NotTls),
            ),
            (Error::Io(io::Error::from(ErrorKind::UnexpectedEof)), None),
            (Error::Io(io::Error::from(ErrorKind::ConnectionReset)), None),
            (Error::Tls("no such name"), Some(TlsFailure::Refused)),
            (Error::Timeout(Timeout::Connect), None),
        ] {
            assert_eq!(classify_handshake(&error), cause, "{error:?}");
        }
    }
}
