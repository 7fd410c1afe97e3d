//! `GET /api/messaging/instance/{id}/qr.png` and `/qr.svg`: the `POST`'s call for a row that is there,
//! answered with the picture alone. Whoever may see the row may make it; it runs as the owner. It opens
//! a socket upstream, so that a page of somebody else's may not have it fetched.

use super::instance::{call, request_for};
use super::instances::target_of;
use crate::domain::UpstreamError;
use crate::domain::{Qr, Role, Secret};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::qr_image;

/// The code as a PNG: upstream's own picture, or, where that is something else, one drawn here.
pub fn png(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    answer(app, request, |qr| {
        let drawn = || qr.code.as_ref().and_then(|code| qr_image::png(code.expose()));
        let bytes = qr_image::png_of_uri(qr.image.expose()).or_else(drawn)?;
        Some(HttpReply::bytes(200, "image/png", bytes))
    })
}

/// The code as an SVG, drawn here.
pub fn svg(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    answer(app, request, |qr| {
        let drawn = qr_image::svg(qr.code.as_ref().map(Secret::expose)?)?;
        Some(HttpReply::bytes(200, "image/svg+xml", drawn.into_bytes()))
    })
}

fn answer(app: &App, request: &Request, draw: fn(&Qr) -> Option<HttpReply>) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    auth::on_purpose(app, request)?;
    let answer = call(app, request, &request_for(&target, Role::Owner, false)?)?;
    let qr = answer.qr.as_ref().ok_or(Problem::AlreadyConnected)?;
    // What upstream sent is no PNG, or says nothing that could be drawn.
    draw(qr).ok_or(Problem::Failed(UpstreamError::Unexpected.into()))
}
