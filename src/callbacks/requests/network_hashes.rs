//! Keyed hashes of the networks of a visitor.
//!
//! Rule: an IPv6 network (/56) has the limits of one subscriber. A subscriber can own a /48 with 256 such networks, so
//! each request also belongs to a wide network. An IPv4 address is its own wide network, because the other addresses
//! around it belong to different subscribers.

use std::net::IpAddr;

use super::rows::Contact;
use crate::kernel::hash_key::HashKey;
use crate::kernel::http::client_address;

/// The purpose of the hashes.
const PURPOSE: &str = "network";

/// The hashes of the networks that an address is part of, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkHashes {
    /// That of the network (/32, /56).
    pub network: String,
    /// That of the wide network (/32, /48).
    pub wide: String,
}

impl NetworkHashes {
    /// Returns the hashes for an address.
    pub fn of(key: &HashKey, address: IpAddr) -> Self {
        Self {
            network: key.hash(PURPOSE, &client_address::network(address)),
            wide: key.hash(PURPOSE, &client_address::wide_network(address)),
        }
    }

    /// Returns the stored hashes; `None` if an application submitted the request, and after it was closed.
    pub fn of_contact(contact: Contact) -> Option<Self> {
        Some(Self { network: contact.network_hash?, wide: contact.wide_network_hash? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash_key::KEY_BYTES;

    #[test]
    fn the_networks_of_one_48_have_the_same_wide_network() {
        let of = |text: &str| NetworkHashes::of(&HashKey::new([1; KEY_BYTES]), text.parse().unwrap());
        let (one, next, other) = (of("2001:db8:12:3400::1"), of("2001:db8:12:3500::1"), of("2001:db8:13:3400::1"));
        assert_eq!(one, of("2001:db8:12:34ff::2"));
        assert!(one.network != next.network && one.wide == next.wide, "{one:?} {next:?}");
        assert!(one.network != other.network && one.wide != other.wide, "{one:?} {other:?}");
        assert_ne!(one.network, one.wide);
    }

    #[test]
    fn an_ipv4_address_is_its_own_wide_network() {
        let of = |text: &str| NetworkHashes::of(&HashKey::new([1; KEY_BYTES]), text.parse().unwrap());
        let (one, next) = (of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(one.network, one.wide);
        assert_ne!(one.wide, next.wide);
        assert_eq!(one, of("::ffff:192.0.2.1"));
    }
}
