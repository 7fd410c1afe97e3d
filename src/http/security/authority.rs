//! Host and port of a URL, as they are compared. Pure.

/// Whether it can stand in an address as it is.
pub fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b))
}

/// Scheme, and host and port, of a URL; the port is left out where it goes without saying.
pub fn parts(url: &str) -> Option<(&str, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or_default();
    (!authority.is_empty()).then(|| (scheme, without_port(scheme, authority)))
}

/// The path of a URL without a slash at the end; empty where it has none.
pub fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/'))
}

/// Host and port without the scheme's own port, in lower case.
pub fn without_port(scheme: &str, authority: &str) -> String {
    let usual = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(usual).unwrap_or(authority).to_ascii_lowercase()
}
