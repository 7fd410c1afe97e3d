//! The keys that Evolution's own examples ship: whoever reads those opens the server.

use crate::domain::Secret;

const PUBLIC_KEYS: [&str; 2] = ["429683C4C977415CAAFCCE10F7D57E11", "B6D711FCDE4D4FD5936544120E713976"];

/// Whether the key is one of them, in whatever case.
pub fn is_public_default_key(key: &Secret) -> bool {
    PUBLIC_KEYS.iter().any(|public| public.eq_ignore_ascii_case(key.expose()))
}
