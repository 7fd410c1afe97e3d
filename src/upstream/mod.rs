//! The way to upstream servers: where they are, how bytes reach them, what is asked of them, and what each
//! kind of them speaks.

mod address_rules;
mod agents;
mod answer_head;
mod base_url;
mod call_counts;
mod call_log;
mod client;
mod connector;
mod evolution;
mod failure;
mod foreign_answer;
mod gateway;
mod key;
mod pending_connects;
mod site;
mod smtp;
mod transport;
mod trust;
mod typed_base_url;
mod web;

pub use address_rules::Reach;
pub use base_url::{BaseUrl, BaseUrlError};
pub use call_counts::ServerCalls;
pub use client::{
    Check, CommandOutcome, Connected, Created, ListSink, SetOutcome, UpstreamClient, UpstreamServer,
};
pub use gateway::{Gateway, is_public_default_key};
pub use key::{KeyError, MAX_KEY, TypedKey};
pub use pending_connects::PendingConnect;
pub use site::{SiteAnswer, ask_site};
pub use smtp::{Envelope, SmtpFailure, SmtpSecurity, SmtpServer, send_mail};
pub use trust::{CaError, MAX_CA, check_ca};
pub use typed_base_url::TypedBaseUrl;
pub use web::{WebAnswer, WebClient, WebUrl, is_out_of_reach};
