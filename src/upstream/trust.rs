//! Which certificate authorities a connection trusts: those that come with this program, the system's, and a
//! server's own. Makes no connection.

use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use flate2::read::GzDecoder;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::client::UpstreamServer;

/// Largest PEM text of a server's own authorities: a bundle of dozens.
pub const MAX_CA: usize = 64 * 1024;

/// Whom a connection trusts.
pub(super) enum TrustAnchors {
    /// Nobody: it speaks no TLS.
    Nobody,
    /// The authorities that come with this program, and the system's.
    Usual,
    /// Those, and the ones of this PEM text.
    And(String),
}

impl TrustAnchors {
    /// Whom connections to that server trust.
    pub(super) fn of(server: &UpstreamServer) -> Self {
        match server.ca_certificate {
            _ if !server.base_url.as_str().starts_with("https:") => Self::Nobody,
            Some(pem) => Self::And(pem.to_owned()),
            None => Self::Usual,
        }
    }

    /// Whether they are those of that server.
    pub(super) fn are_of(&self, server: &UpstreamServer) -> bool {
        let is_tls = server.base_url.as_str().starts_with("https:");
        match (self, server.ca_certificate) {
            (Self::Nobody, _) => !is_tls,
            (Self::Usual, own) => is_tls && own.is_none(),
            (Self::And(pem), own) => is_tls && own == Some(pem),
        }
    }

    /// The same for `ureq`.
    pub(super) fn tls_config(&self) -> TlsConfig {
        let authorities = match self {
            Self::Nobody => Vec::new(),
            Self::Usual => USUAL.clone(),
            Self::And(pem) => [USUAL.clone(), own(pem)].concat(),
        };
        TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(authorities)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build()
    }
}

/// Read once, at the first connection that needs them. Where `SSL_CERT_FILE` or `SSL_CERT_DIR` is set, it
/// stands for the system's store, as it does for OpenSSL.
static USUAL: LazyLock<Vec<Certificate<'static>>> = LazyLock::new(|| {
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        log::warn!("the system's certificates: {error}");
    }
    let system = system.certs.iter().map(|der| Certificate::from_der(der).to_owned());
    bundled().into_iter().chain(system).collect()
});

/// The authorities that come with this program, as `packaging/embedded/` packs them.
fn bundled() -> Vec<Certificate<'static>> {
    let mut plain = Vec::new();
    let mut packed = GzDecoder::new(&include_bytes!(concat!(env!("OUT_DIR"), "/authorities.gz"))[..]);
    packed.read_to_end(&mut plain).expect("packed when this program was built");
    let (mut rest, mut all) = (&plain[..], Vec::new());
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (der, behind) = behind.split_at(usize::from(u16::from_be_bytes(*length)));
        all.push(Certificate::from_der(der).to_owned());
        rest = behind;
    }
    all
}

/// The usual authorities for `rustls` itself. One that it cannot read signs nothing here.
pub(super) fn usual_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(USUAL.iter().map(|certificate| CertificateDer::from(certificate.der())));
    roots
}

fn own(pem: &str) -> Vec<Certificate<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(Result::ok)
        .map(|der| Certificate::from_der(&der).to_owned())
        .collect()
}

/// Why a text holds no authorities to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaError {
    /// It has more than [`MAX_CA`] bytes.
    TooLarge,
    /// It holds a private key, which nobody but the server may have.
    PrivateKey,
    /// It holds no PEM block of a certificate.
    NoCertificate,
    /// One of its blocks is no certificate.
    Unreadable,
}

/// Checks a PEM text of authorities that a server's connections shall trust.
pub fn check_ca(pem: &str) -> Result<(), CaError> {
    if pem.len() > MAX_CA {
        return Err(CaError::TooLarge);
    }
    if pem.contains("PRIVATE KEY-----") {
        return Err(CaError::PrivateKey);
    }
    let mut store = RootCertStore::empty();
    for block in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let der = block.map_err(|_| CaError::Unreadable)?;
        store.add(der).map_err(|_| CaError::Unreadable)?;
    }
    if store.is_empty() { Err(CaError::NoCertificate) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorities_that_come_with_the_program_are_whole() {
        let all = bundled();
        let mut roots = RootCertStore::empty();
        let ders = all.iter().map(|certificate| CertificateDer::from(certificate.der()));
        let (taken, refused) = roots.add_parsable_certificates(ders);
        assert_eq!((taken, refused), (all.len(), 0));
        assert!(taken > 100, "{taken}: Mozilla trusts more");
    }

    #[test]
    fn what_is_no_text_of_authorities_is_refused_for_what_it_is() {
        let block =
            |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
        for (pem, why) in [
            (String::new(), CaError::NoCertificate),
            ("minha CA".to_owned(), CaError::NoCertificate),
            (block("CERTIFICATE REQUEST", "AAAA"), CaError::NoCertificate),
            (block("CERTIFICATE", "AAAA"), CaError::Unreadable),
            (block("CERTIFICATE", "?"), CaError::Unreadable),
            (block("RSA PRIVATE KEY", "AAAA"), CaError::PrivateKey),
            ("#".repeat(MAX_CA + 1), CaError::TooLarge),
        ] {
            assert_eq!(check_ca(&pem), Err(why), "{pem:.80}");
        }
    }
}
