//! An authority of nobody's but the test's, and the certificates it signs. Their dates are fixed far in the
//! past and the future.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, as people keep it in a file.
    pub pem: String,
}

/// What a server shows: its certificate for those names.
pub struct Shown<'a> {
    pub names: &'a [&'a str],
    /// The year in which it ends.
    pub until: i32,
    /// Whether it is a certificate for signing others.
    pub signs: bool,
}

/// A certificate with which nothing is wrong.
pub const FINE: Shown = Shown { names: &["127.0.0.1", "localhost"], until: 4000, signs: false };

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = SIGNS;
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// How a server speaks TLS that shows a certificate of this authority.
    pub fn server(&self, shown: &Shown) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<_> = shown.names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(shown.until, 1, 1);
        if shown.signs {
            params.is_ca = SIGNS;
        }
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        config(certificate.der().clone(), &key)
    }
}

const SIGNS: IsCa = IsCa::Ca(BasicConstraints::Unconstrained);

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.expect("a certificate with its key"))
}
