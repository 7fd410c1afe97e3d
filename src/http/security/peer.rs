//! Where a request came from, and which proxies are believed about it.
//!
//! A header is never believed unless the socket's own peer is a configured proxy.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// An address, or a range in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// The text is neither an address nor a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANetwork;

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither an IP address nor a range")
    }
}

impl std::error::Error for NotANetwork {}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let prefix = prefix.map_or(Ok(bits(address)), |p| p.parse().map_err(|_| NotANetwork))?;
        if prefix > bits(address) { Err(NotANetwork) } else { Ok(Self { address, prefix }) }
    }
}

impl Network {
    /// Whether the address lies in this range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs) = (self.address, address.to_canonical());
        bits(ours) == bits(theirs) && masked(ours, self.prefix) == masked(theirs, self.prefix)
    }
}

fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first `prefix` bits of an address, as a number.
fn masked(address: IpAddr, prefix: u32) -> u128 {
    let (number, width) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    number.checked_shr(width - prefix).unwrap_or(0)
}

/// The address that failures of this request are counted for: the peer's own, or, behind trusted
/// proxies, the last address in `forwarded` that is not one of them.
pub fn client(peer: IpAddr, forwarded: &[&str], trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|n| n.contains(address));
    let mut client = peer;
    for hop in forwarded.iter().flat_map(|line| line.split(',')).rev() {
        let (true, Some(address)) = (is_trusted(client), hop_address(hop)) else { break };
        client = address;
    }
    client
}

/// Some proxies write the port as well.
fn hop_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse().ok().map(|a: SocketAddr| a.ip()))
}

/// What failures are counted by: a home or a machine is given a /64 of IPv6, never one address.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn networks_are_read_and_contain_what_they_say() {
        for (network, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/8", "::ffff:10.9.9.9", "::1"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
        ] {
            let network: Network = network.parse().expect(network);
            assert!(network.contains(ip(inside)) && !network.contains(ip(outside)), "{network:?}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "a/8", "1.2.3.4/", "1.2.3.4/-1"] {
            assert_eq!(bad.parse::<Network>(), Err(NotANetwork), "{bad:?}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"].map(|n| n.parse().expect("a network"));
        for (peer, forwarded, expected) in [
            ("9.9.9.9", &["1.1.1.1"][..], "9.9.9.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["1.1.1.1"], "1.1.1.1"),
            ("127.0.0.1", &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
            ("127.0.0.1", &["6.6.6.6", "1.1.1.1, 10.0.0.7"], "1.1.1.1"),
            ("127.0.0.1", &["1.1.1.1:4711"], "1.1.1.1"),
            ("127.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("127.0.0.1", &["1.1.1.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        ] {
            assert_eq!(client(ip(peer), forwarded, &trusted), ip(expected), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn ipv6_is_counted_by_its_64() {
        assert_eq!(household(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
        assert_eq!(household(ip("::ffff:1.2.3.4")), ip("1.2.3.4"));
    }
}
