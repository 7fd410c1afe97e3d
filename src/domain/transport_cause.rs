//! What stood between this program and a server: why no connection came about, why TLS failed, and who
//! answered in the server's place. Never holds text that came from there, but for a checked address.

/// Why no connection came about. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoConnection {
    /// The name has no address, or its look-up failed.
    NameNotFound,
    /// Every address of the name is one that no call may go to.
    Forbidden,
    /// Nothing listens on the port.
    Refused,
    /// No answer while connecting.
    TimedOut,
    /// No route to the network or the host.
    NoRoute,
}

impl NoConnection {
    /// The API's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::Forbidden => "forbidden_address",
            Self::Refused => "refused",
            Self::TimedOut => "connect_timeout",
            Self::NoRoute => "no_route",
        }
    }
}

/// Why TLS failed. Nothing was sent, but for [`TlsFailure::PlainToTls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFailure {
    /// The certificate is past its date.
    Expired,
    /// The certificate's date is still to come: mostly a clock that is wrong.
    NotYetValid,
    /// The certificate names other hosts.
    OtherName,
    /// Nobody who is trusted has signed the certificate.
    UnknownAuthority,
    /// A certificate for signing is used as the server's own, which TLS libraries refuse even where it is trusted.
    AuthorityAsServer,
    /// Another fault of the certificate.
    BadCertificate,
    /// `https` was spoken to a port that speaks something else, mostly `http`.
    NotTls,
    /// `http` was spoken to a port that speaks `https`: the request and its key went out unencrypted.
    PlainToTls {
        /// Whether the server answered so itself: it acted on nothing. Otherwise the port was found to speak TLS after
        /// the request had failed.
        is_said: bool,
    },
    /// The two have no version or cipher in common, or the server ended the handshake.
    Refused,
}

impl TlsFailure {
    /// The API's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::OtherName => "other_name",
            Self::UnknownAuthority => "unknown_authority",
            Self::AuthorityAsServer => "authority_as_server",
            Self::BadCertificate => "bad_certificate",
            Self::NotTls => "https_to_http",
            Self::PlainToTls { .. } => "http_to_https",
            Self::Refused => "tls_refused",
        }
    }
}

/// An answer that is not the server's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyAnswer {
    /// The HTTP status.
    pub status: u16,
    pub sender: ProxyKind,
}

/// Who an answer looks like that is not the server's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    Cloudflare,
    /// A page that asks whether a person is there.
    CloudflareChallenge,
    Nginx,
    Traefik,
    Caddy,
    EasyPanel,
    /// A page with a field for a password.
    LoginPage,
    /// The call is sent elsewhere: scheme, host and port of where to, if it says so in a form that can be repeated.
    Redirect(Option<String>),
    /// It asks for a name and a password.
    BasicAuth,
    /// A page of some other site.
    WebPage,
    Unknown,
}

impl ProxyKind {
    /// The API's word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cloudflare => "cloudflare",
            Self::CloudflareChallenge => "cloudflare_challenge",
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Caddy => "caddy",
            Self::EasyPanel => "easypanel",
            Self::LoginPage => "login_page",
            Self::Redirect(_) => "redirect",
            Self::BasicAuth => "basic_auth",
            Self::WebPage => "web_page",
            Self::Unknown => "unknown_sender",
        }
    }
}

impl ProxyAnswer {
    /// Whether a gateway says that nobody listens behind it. Cloudflare and `EasyPanel` have pages with a
    /// meaning of their own.
    pub fn is_bad_gateway(&self) -> bool {
        self.status == 502 && !self.has_own_meaning()
    }

    /// Whether a gateway says that who listens behind it did not answer in time.
    pub fn is_gateway_timeout(&self) -> bool {
        self.status == 504 && !self.has_own_meaning()
    }

    /// Whether the call went no further than to the sender.
    pub fn stopped_the_call(&self) -> bool {
        (300..500).contains(&self.status)
    }

    /// Whether the same call may be answered otherwise in a moment.
    pub fn is_passing(&self) -> bool {
        self.status >= 500
    }

    fn has_own_meaning(&self) -> bool {
        matches!(self.sender, ProxyKind::Cloudflare | ProxyKind::CloudflareChallenge | ProxyKind::EasyPanel)
    }
}
