//! TCP and TLS for `ureq`: its own connectors, but for the words of a handshake that failed, and a resolver
//! that drops the addresses that no call may go to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
};

use super::address_rules::{Reach, is_allowed};
use super::failure::{ConnectionFailure, classify_handshake};
use crate::domain::{NoConnection, UpstreamError};

/// Connects by TCP, and by TLS where the address asks for it.
pub(super) fn connector(tls: &TlsConnector) -> impl Connector {
    ().chain(TcpConnector::default()).chain(ProbingConnector).chain(tls.clone())
}

/// Has a connection asked whether it is open when it is used again, and not when it is put back as well: each time
/// that costs three system calls.
#[derive(Debug)]
struct ProbingConnector;

/// A connection of [`ProbingConnector`].
#[derive(Debug)]
struct ProbedTransport<T> {
    inner: T,
    /// Whether it was used since it was asked last.
    was_used: bool,
}

impl<In: Transport> Connector<In> for ProbingConnector {
    type Out = ProbedTransport<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| ProbedTransport { inner, was_used: true }))
    }
}

impl<T: Transport> Transport for ProbedTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.was_used = true;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        std::mem::take(&mut self.was_used) || self.inner.is_open()
    }
}

/// TLS whose failures say what failed. Clones share what they trust.
#[derive(Clone, Debug, Default)]
pub(super) struct TlsConnector(Arc<RustlsConnector>);

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = <RustlsConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(|error| match classify_handshake(&error) {
            Some(why) => ConnectionFailure(UpstreamError::Tls(why)).into(),
            None => error,
        })
    }
}

/// Resolves as usual, then drops every address that no call may go to. The addresses that remain
/// are the ones connected to: a name cannot lead elsewhere between the check and its use.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    resolver: DefaultResolver,
    reach: Reach,
}

impl GuardedResolver {
    /// One for connections of that reach.
    pub(super) fn new(reach: Reach) -> Self {
        Self { resolver: DefaultResolver::default(), reach }
    }
}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut found = self.empty();
        if let Some(address) = literal(uri) {
            found.push(address);
        } else {
            let resolved = self.resolver.resolve(uri, config, timeout).map_err(|error| match error {
                // The system's own words for a name without an address.
                Error::Io(_) => Error::HostNotFound,
                error => error,
            })?;
            resolved.iter().for_each(|address| found.push(*address));
        }
        let mut kept = self.empty();
        found.iter().filter(|a| is_allowed(a.ip(), self.reach)).for_each(|a| kept.push(*a));
        let forbidden = UpstreamError::Unreachable(NoConnection::Forbidden);
        if kept.is_empty() { Err(ConnectionFailure(forbidden).into()) } else { Ok(kept) }
    }
}

/// An address written out needs no look-up, nor the thread that bounds one.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    Some(SocketAddr::new(host.parse::<IpAddr>().ok()?, uri.port_u16().unwrap_or(default)))
}
