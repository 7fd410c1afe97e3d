//! Sentences about what a token is not for.

use super::language::{either, say};
use super::sentence::Sentence;
use crate::domain::{TokenLimits, TokenScope};

/// The code of them all, as RFC 6750 has it.
const CODE: &str = "insufficient_scope";

/// 403: another scope is needed.
pub fn token_scope(has: TokenScope, needed: TokenScope) -> Sentence {
    let (has, needed) = (has.as_str(), needed.as_str());
    let error = say!(
        "Isto precisa de um token com o escopo \"{needed}\"",
        "This needs a token with the scope \"{needed}\""
    );
    let detail = say!(
        "Este token tem o escopo \"{has}\". Crie outro: pareia token create USUÁRIO --scope {needed}",
        "This token has the scope \"{has}\". Create another: pareia token create USER --scope {needed}"
    );
    Sentence { code: CODE, error, detail: Some(detail.into()) }
}

/// 403: the token reaches some instances only.
pub fn token_reach(limits: &TokenLimits) -> Sentence {
    let error = either("Este token não alcança isso", "This token does not reach that").to_owned();
    let names = limits
        .prefix
        .as_ref()
        .map(|prefix| say!("cujo nome começa com \"{prefix}\"", "whose name begins with \"{prefix}\""));
    let server = limits.server.as_ref().map(|id| say!("do servidor \"{id}\"", "of the server \"{id}\""));
    let which = [server, names].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let detail = say!(
        "Ele vale só para as instâncias {which}. O resto precisa de um token sem esse limite.",
        "It is for the instances {which} only. The rest needs a token without that limit."
    );
    Sentence { code: CODE, error, detail: Some(detail.into()) }
}

/// A credential that a token cannot be for.
pub fn no_such_server(field: &str) -> String {
    say!("{field} não é o id nem o nome de uma credencial", "{field} is neither id nor name of a credential")
}
