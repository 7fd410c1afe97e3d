//! Sealing of upstream keys, hashing of bearer tokens, and everything random.
//!
//! A sealed key is bound to its credential's id, so a row's key copied into another row does not
//! open. The sealing key lies on the same disk as the database: it protects copies and backups of
//! the database, not a machine whose root is hostile.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hkdf, hmac};

use crate::domain::Secret;

/// The version of the sealing, so that another one can be added later.
const VERSION: &str = "v1:";
/// Bytes of a ChaCha20-Poly1305 key.
const KEY_LEN: usize = 32;
/// Random characters of an id: 36^24 is about 124 bits.
pub(crate) const ID_LEN: usize = 24;
/// The prefix of bearer tokens, by which secret scanners and people recognise them.
const TOKEN_PREFIX: &str = "pareia_";

/// `N` random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

/// A fresh id: `prefix` and 24 random lower-case letters and digits.
pub fn new_id(prefix: &str) -> String {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // 252 is the largest multiple of 36 in a byte; bytes above it would favour some characters.
    let characters = std::iter::repeat_with(random::<ID_LEN>)
        .flatten()
        .filter(|b| *b < 252)
        .take(ID_LEN)
        .map(|b| char::from(ALPHABET[usize::from(b % 36)]));
    prefix.chars().chain(characters).collect()
}

/// A fresh bearer token of 256 random bits.
pub fn new_token() -> Secret {
    Secret::new(format!("{TOKEN_PREFIX}{}", new_secret().expose()))
}

/// 256 random bits as 43 characters that stand in a cookie and a URL as they are.
pub fn new_secret() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()))
}

/// A fresh token of a connect link, which shows by its beginning that it is no bearer token.
pub fn new_link_token() -> Secret {
    Secret::new(format!("{TOKEN_PREFIX}link_{}", new_secret().expose()))
}

/// The hash that is stored and looked up in place of a token.
pub fn token_hash(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// HMAC-SHA256, as lower-case hexadecimal digits.
pub fn hmac_hex(key: &Secret, message: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes()), message);
    tag.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// HMAC-SHA1, for one-time passwords alone: the apps that show them know no other.
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message);
    let mut bytes = [0; 20];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// The purpose from which the key of links in notices is derived.
const LINKS: &[u8] = b"pareia links v2";
/// The purpose from which the key of webhook secrets is derived.
const WEBHOOKS: &[u8] = b"pareia webhooks v1";
/// The purpose from which the key of browsers' marks is derived.
const BROWSERS: &[u8] = b"pareia browsers v1";
/// The purpose from which the key of set-up links is derived.
const SETUPS: &[u8] = b"pareia setup v1";
/// The purpose from which the key of applied settings' marks is derived.
const SETTINGS: &[u8] = b"pareia settings v1";
/// The purpose from which the key of recovery codes' marks is derived.
const RECOVERY: &[u8] = b"pareia recovery v1";
/// Characters of a webhook's secret: 256 bits.
const WEBHOOK_LEN: usize = 43;

/// The key of `pareia.key`, which seals what the database must not show.
pub struct Sealer {
    sealing: LessSafeKey,
    /// Derived from the same key, so that nothing of a webhook's address has to be stored.
    webhooks: hmac::Key,
    /// Derived from the same key, for the marks of browsers.
    browsers: hmac::Key,
    /// Derived from the same key, so that a set-up link can be shown again and stands nowhere.
    setups: hmac::Key,
    /// Derived from the same key, for the links of notices, which are the same each time one is sent.
    links: hmac::Key,
    /// Derived from the same key, so that a setting is known again whose value stands nowhere.
    settings: hmac::Key,
    /// Derived from the same key, for recovery codes, which have too few digits for a hash without one.
    recovery: hmac::Key,
}

impl Sealer {
    /// Makes a key and writes it to `path`, readable by its owner alone. A file already there is
    /// an error of kind `AlreadyExists`: it is never overwritten. The key is there whole or not at
    /// all, whenever the machine stops.
    pub fn create(path: &Path) -> io::Result<Self> {
        let key = random::<KEY_LEN>();
        let draft = path.with_extension(new_id("new-"));
        let written = write_private(&draft, &STANDARD.encode(key)).and_then(|()| fs::hard_link(&draft, path));
        // A draft that was left holds a key that seals nothing.
        fs::remove_file(&draft).ok();
        written?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self::from_bytes(&key))
    }

    /// Reads the key at `path`. A file that holds no key is an error of kind `InvalidData`.
    pub fn load(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        let key = STANDARD.decode(text.trim()).ok().and_then(|k| <[u8; KEY_LEN]>::try_from(k).ok());
        key.map(|k| Self::from_bytes(&k)).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn from_bytes(key: &[u8; KEY_LEN]) -> Self {
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, key).expect("the key has its length");
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(key);
        let signing = |purpose: &[u8]| {
            let purpose = [purpose];
            let key = derived.expand(&purpose, hmac::HMAC_SHA256).expect("one hash is not too long");
            hmac::Key::from(key)
        };
        Self {
            sealing: LessSafeKey::new(unbound),
            webhooks: signing(WEBHOOKS),
            browsers: signing(BROWSERS),
            setups: signing(SETUPS),
            links: signing(LINKS),
            settings: signing(SETTINGS),
            recovery: signing(RECOVERY),
        }
    }

    /// Seals `secret` for the row `id`.
    pub fn seal(&self, id: &str, secret: &Secret) -> String {
        let nonce = random::<NONCE_LEN>();
        let mut sealed = secret.expose().as_bytes().to_vec();
        self.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.as_bytes()),
                &mut sealed,
            )
            .expect("a key of a few hundred bytes can be sealed");
        let mut bytes = nonce.to_vec();
        bytes.append(&mut sealed);
        format!("{VERSION}{}", STANDARD.encode(bytes))
    }

    /// Opens what was sealed for the row `id`; `None` when it was sealed with another key or for
    /// another row, or was altered.
    pub fn open(&self, id: &str, sealed: &str) -> Option<Secret> {
        let mut bytes = STANDARD.decode(sealed.strip_prefix(VERSION)?).ok()?;
        let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.sealing.open_in_place(nonce, Aad::from(id.as_bytes()), body).ok()?;
        String::from_utf8(plain.to_vec()).ok().map(Secret::new)
    }

    /// The secret part of the address for the webhooks of the credential `id`: 256 bits that
    /// nobody without the key can tell from random ones.
    pub fn webhook_secret(&self, id: &str) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(hmac::sign(&self.webhooks, id.as_bytes())))
    }

    /// The token of the link of that id, which a message has: 256 bits that nobody without the key can tell from random
    /// ones.
    pub fn link_token(&self, id: &str) -> Secret {
        let tag = hmac::sign(&self.links, id.as_bytes());
        Secret::new(format!("{TOKEN_PREFIX}link_{}", URL_SAFE_NO_PAD.encode(tag)))
    }

    /// The mark that a browser keeps which has logged in to the account of that name. Nobody makes one
    /// without the key, and it opens nothing by itself.
    pub fn browser_mark(&self, account: &str) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(hmac::sign(&self.browsers, account.as_bytes())))
    }

    /// Whether that is the mark of the account. Compares in constant time.
    pub fn is_browser_mark(&self, account: &str, mark: &str) -> bool {
        is_signature(&self.browsers, account, mark)
    }

    /// The token of the set-up link of that id: 256 bits that nobody without the key can tell from random ones.
    pub fn setup_token(&self, id: &str) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(hmac::sign(&self.setups, id.as_bytes())))
    }

    /// Whether that is the token of the set-up link of that id. Compares in constant time.
    pub fn is_setup_token(&self, id: &str, token: &str) -> bool {
        is_signature(&self.setups, id, token)
    }

    /// The mark by which the value of a setting is known again. Nobody finds the value by it.
    pub fn setting_mark(&self, value: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.settings, value.as_bytes()))
    }

    /// What is stored in place of a user's recovery code.
    pub fn recovery_mark(&self, user: &str, code: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.recovery, format!("{user} {code}").as_bytes()))
    }

    /// The credential whose webhook secret that is. Compares in constant time, and refuses a text of another
    /// length at once.
    pub fn webhook_of<'a>(&self, ids: impl IntoIterator<Item = &'a str>, secret: &str) -> Option<&'a str> {
        if secret.len() != WEBHOOK_LEN {
            return None;
        }
        let tag = URL_SAFE_NO_PAD.decode(secret).ok()?;
        ids.into_iter().find(|id| hmac::verify(&self.webhooks, id.as_bytes(), &tag).is_ok())
    }
}

fn is_signature(key: &hmac::Key, of: &str, signature: &str) -> bool {
    let tag = URL_SAFE_NO_PAD.decode(signature);
    tag.is_ok_and(|tag| hmac::verify(key, of.as_bytes(), &tag).is_ok())
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_for_its_row_and_its_key_only() {
        let (key, other) = (Sealer::from_bytes(&[1; 32]), Sealer::from_bytes(&[2; 32]));
        let secret = Secret::new("evolution-key");
        let sealed = key.seal("cred_a", &secret);
        assert!(!sealed.contains("evolution-key"));
        assert_ne!(sealed, key.seal("cred_a", &secret), "a nonce is never used twice");
        assert_eq!(key.open("cred_a", &sealed), Some(secret));
        assert_eq!(key.open("cred_b", &sealed), None);
        assert_eq!(other.open("cred_a", &sealed), None);
        for broken in ["", "v1:", "v1:AAAA", "v2:AAAA", &sealed[..sealed.len() - 4]] {
            assert_eq!(key.open("cred_a", broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_webhooks_secret_is_one_keys_and_one_credentials() {
        let (key, other) = (Sealer::from_bytes(&[1; 32]), Sealer::from_bytes(&[2; 32]));
        let secret = key.webhook_secret("cred_a");
        let secret = secret.expose();
        assert!(
            secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        let all = ["cred_b", "cred_a"];
        assert_eq!(key.webhook_of(all, secret), Some("cred_a"));
        assert_eq!(key.webhook_of(["cred_b"], secret), None);
        assert_eq!(other.webhook_of(all, secret), None);
        let (longer, upper) = (format!("{secret}A"), secret.to_uppercase());
        assert_eq!(key.webhook_of(all, &upper), None);
        for wrong in ["", "x", &secret[..42], &longer, "ção", &"+".repeat(43)] {
            let nobody_is_asked = std::iter::from_fn(|| panic!("{wrong:?}"));
            assert_eq!(key.webhook_of(nobody_is_asked, wrong), None);
        }
    }

    #[test]
    fn ids_and_tokens_are_of_one_shape_and_never_alike() {
        let id = new_id("c");
        assert!(id.len() == 1 + ID_LEN && id.starts_with('c'), "{id}");
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{id}");
        assert_ne!(id, new_id("c"));
        assert_ne!(new_token().expose(), new_token().expose());
    }
}
