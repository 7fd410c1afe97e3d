//! Addresses that no call may go to, whatever name led there. Pure.
//!
//! Loopback and private networks are allowed: servers of ours live there. Link-local and metadata
//! addresses are where cloud providers answer with the machine's own credentials: a stored key must
//! never go there, and no answer from there may be read.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services outside the link-local ranges: Alibaba, Azure's wire server, Oracle's old one.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
/// The metadata services of Amazon and Google over IPv6.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Where a connection may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Wherever no rule forbids it: an administrator named the address.
    Anywhere,
    /// Public addresses alone: others than administrators reach nothing of the machine or its network.
    Public,
}

/// Whether a connection of that reach may lead to `address`.
pub fn is_allowed(address: IpAddr, reach: Reach) -> bool {
    !is_forbidden(address) && (reach == Reach::Anywhere || !is_private(address))
}

/// Whether the address is the machine's own or one of its network, or stands for nobody.
fn is_private(address: IpAddr) -> bool {
    let v6 = match address {
        IpAddr::V4(v4) => return is_private_v4(v4),
        IpAddr::V6(v6) => v6,
    };
    embedded_v4(v6).map_or_else(|| v6.is_loopback() || v6.is_unique_local(), is_private_v4)
}

fn is_private_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_reserved = a >= 240 || (a, b, c) == (192, 0, 0) || (a == 198 && (18..20).contains(&b));
    v4.is_loopback() || v4.is_private() || is_shared || is_reserved
}

/// Whether no call may ever go to `address`.
pub fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_forbidden_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_forbidden_v4(v4),
            None => {
                v6.is_unicast_link_local()
                    || v6.is_multicast()
                    || v6.is_unspecified()
                    || METADATA_V6.contains(&v6)
            }
        },
    }
}

fn is_forbidden_v4(v4: Ipv4Addr) -> bool {
    v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.octets()[0] == 0
        || METADATA_V4.contains(&v4)
}

/// The IPv4 address that a mapped, compatible, NAT64 or 6to4 one stands for.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let words = v6.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match words {
        _ if v6.is_loopback() || v6.is_unspecified() => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0 | 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_is_told_from_what_is_of_the_machine_or_its_network() {
        for (address, public) in [
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("198.18.0.1", false),
            ("240.0.0.1", false),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:a00:1::", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("1.1.1.1", true),
            ("100.128.0.1", true),
            ("::ffff:1.1.1.1", true),
            ("2606:4700::1111", true),
        ] {
            assert_eq!(is_allowed(address.parse().expect("an address"), Reach::Public), public, "{address}");
        }
    }

    #[test]
    fn link_local_and_metadata_addresses_are_forbidden_in_every_form() {
        for (address, forbidden) in [
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("::1", false),
            ("fd00::1", false),
            ("2002:7f00:1::", false),
            ("169.254.169.254", true),
            ("::ffff:169.254.169.254", true),
            ("2002:a9fe:a9fe::", true),
            ("fe80::1", true),
            ("ff02::1", true),
            ("0.0.0.0", true),
            ("::", true),
            ("255.255.255.255", true),
            ("fd00:ec2::254", true),
        ] {
            assert_eq!(is_forbidden(address.parse().expect("an address")), forbidden, "{address}");
        }
    }
}
