//! Where the server of a credential is, of which calls and actions make a client.

use crate::domain::{Credential, UpstreamError};
use crate::upstream::BaseUrl;

/// The address of a credential's server. One that somebody's hand made unusable is logged.
pub(crate) fn server_address(credential: &Credential, trace: &str) -> Result<BaseUrl, UpstreamError> {
    BaseUrl::parse(&credential.base_url).map_err(|error| {
        log::error!("id={trace} credential {}: baseUrl {error}", credential.id);
        UpstreamError::Unexpected
    })
}
