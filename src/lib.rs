//! pareia: one POST to a WhatsApp QR code.

pub mod http1;
pub mod sim;
