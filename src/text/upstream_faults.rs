//! What is wrong between here and a server, by its cause, and the one next step.

use std::borrow::Cow;
use std::time::Duration;

use super::language::{either, say};
use crate::domain::{NoConnection, ProxyAnswer, ProxyKind, TlsFailure, UpstreamError};

/// What happened, without a full stop, and the next step.
pub(super) struct FaultWords {
    pub what: Cow<'static, str>,
    pub step: Cow<'static, str>,
}

fn fault(what: impl Into<Cow<'static, str>>, step: impl Into<Cow<'static, str>>) -> FaultWords {
    FaultWords { what: what.into(), step: step.into() }
}

/// The words for what upstream did.
pub(super) fn of(error: &UpstreamError) -> FaultWords {
    match error {
        UpstreamError::Unreachable(why) => no_connection(*why),
        UpstreamError::Tls(why) => tls(*why),
        UpstreamError::Broken => fault(
            either(
                "A Evolution API cortou a conexão sem responder",
                "Evolution API cut the connection without answering",
            ),
            either(
                "Ela pode estar reiniciando: tente de novo em instantes. Se continuar, o log da Evolution diz \
                 por quê.",
                "It may be restarting: try again in a moment. If it goes on, Evolution's log says why.",
            ),
        ),
        UpstreamError::RejectedKey => fault(
            either("A Evolution API recusa a chave", "Evolution API refuses the key"),
            either(
                "Confira AUTHENTICATION_API_KEY no servidor e troque a chave da credencial (\"pareia \
                 credential rotate\").",
                "Check AUTHENTICATION_API_KEY on the server and replace the credential's key (\"pareia \
                 credential rotate\").",
            ),
        ),
        UpstreamError::LicenseRequired => fault(
            either(
                "Esta Evolution API (2.4 ou mais nova) pede ativação da licença",
                "This Evolution API (2.4 or newer) asks for its licence to be activated",
            ),
            either("Ative-a no manager dela, ou use a 2.3.7.", "Activate it in its manager, or use 2.3.7."),
        ),
        UpstreamError::NotLoaded => fault(
            either(
                "A Evolution API conhece o nome, mas não carregou a instância: está reiniciando, ainda a está \
                 removendo, ou o nome pertence a outra instalação no mesmo banco",
                "Evolution API knows the name, but has not loaded the instance: it is restarting, is still \
                 removing it, or the name belongs to another installation on the same database",
            ),
            either(
                "Tente de novo em instantes. Se continuar, o log da Evolution diz por quê.",
                "Try again in a moment. If it goes on, Evolution's log says why.",
            ),
        ),
        UpstreamError::Unexpected => fault(
            either(
                "A Evolution API respondeu com um erro, ou com algo que não se entende",
                "Evolution API answered with an error, or with something that is not understood",
            ),
            either(
                "O log da Evolution diz por quê. Confira também o endereço (baseUrl) da credencial.",
                "Evolution's log says why. Check also the credential's address (baseUrl).",
            ),
        ),
        UpstreamError::Timeout => fault(
            either(
                "A Evolution API aceitou a chamada e não respondeu a tempo",
                "Evolution API took the call and did not answer in time",
            ),
            either("Confira a carga dela e tente de novo.", "Check how busy it is and try again."),
        ),
        UpstreamError::RateLimited(wait) => rate_limited(*wait),
        UpstreamError::Proxy(answer) => proxy(answer),
    }
}

/// The words for a code that was written down without its cause.
pub(super) fn of_code(code: &str) -> Option<(&'static str, FaultWords)> {
    fn cause() -> &'static str {
        either(
            "O teste da credencial (\"pareia credential test\") diz a causa e o que fazer.",
            "The credential's test (\"pareia credential test\") says the cause and what to do.",
        )
    }
    let cause = |what| fault(what, cause());
    let known = [
        UpstreamError::RejectedKey,
        UpstreamError::LicenseRequired,
        UpstreamError::NotLoaded,
        UpstreamError::Unexpected,
        UpstreamError::Timeout,
    ];
    Some(match code {
        "evolution_unreachable" => (
            "evolution_unreachable",
            cause(either(
                "A Evolution API não responde nesse endereço",
                "Evolution API does not answer at this address",
            )),
        ),
        "evolution_tls" => (
            "evolution_tls",
            cause(either(
                "A conexão segura (TLS) com a Evolution API falha",
                "The secure connection (TLS) to Evolution API fails",
            )),
        ),
        "evolution_proxy" => (
            "evolution_proxy",
            cause(either(
                "Outro programa responde no lugar da Evolution API nesse endereço, ou limita as chamadas a ela",
                "Another program answers in place of Evolution API at this address, or limits the calls to it",
            )),
        ),
        _ => return known.iter().find(|error| error.code() == code).map(|error| (error.code(), of(error))),
    })
}

fn no_connection(why: NoConnection) -> FaultWords {
    match why {
        NoConnection::NameNotFound => fault(
            either(
                "O nome do servidor da Evolution API não foi encontrado (DNS)",
                "The name of Evolution API's server was not found (DNS)",
            ),
            either(
                "Confira o endereço (baseUrl): o nome precisa existir para a máquina, ou o contêiner, em que \
                 o pareia roda.",
                "Check the address (baseUrl): the name has to exist for the machine, or the container, in \
                 which pareia runs.",
            ),
        ),
        NoConnection::Forbidden => fault(
            either(
                "O nome do servidor leva a um endereço link-local ou de metadados, que nunca é uma Evolution \
                 API",
                "The server's name leads to a link-local or metadata address, which is never an Evolution API",
            ),
            either("Confira o DNS e o endereço (baseUrl).", "Check the DNS and the address (baseUrl)."),
        ),
        NoConnection::Refused => fault(
            either(
                "Nada escuta nesse endereço: a conexão foi recusada",
                "Nothing listens at this address: the connection was refused",
            ),
            either(
                "Confira se a Evolution API está rodando e a porta do endereço (baseUrl). Dentro de um \
                 contêiner, localhost é o próprio contêiner.",
                "Check whether Evolution API is running, and the port of the address (baseUrl). Inside a \
                 container, localhost is the container itself.",
            ),
        ),
        NoConnection::TimedOut => fault(
            either(
                "A conexão com a Evolution API não se completou a tempo",
                "The connection to Evolution API was not made in time",
            ),
            either(
                "Confira o endereço (baseUrl), o firewall e a rede até o servidor.",
                "Check the address (baseUrl), the firewall and the network up to the server.",
            ),
        ),
        NoConnection::NoRoute => fault(
            either(
                "Não há rota de rede até o servidor da Evolution API",
                "There is no network route to Evolution API's server",
            ),
            either(
                "Confira a rede desta máquina e o endereço (baseUrl).",
                "Check this machine's network and the address (baseUrl).",
            ),
        ),
    }
}

fn tls(why: TlsFailure) -> FaultWords {
    fault(tls_failure(why), tls_step(why))
}

fn tls_failure(why: TlsFailure) -> &'static str {
    match why {
        TlsFailure::Expired => {
            either("O certificado da Evolution API venceu", "Evolution API's certificate has expired")
        }
        TlsFailure::NotYetValid => either(
            "O certificado da Evolution API ainda não vale",
            "Evolution API's certificate is not valid yet",
        ),
        TlsFailure::OtherName => either(
            "O certificado da Evolution API é de outro nome",
            "Evolution API's certificate is for another name",
        ),
        TlsFailure::UnknownAuthority => either(
            "O certificado da Evolution API não é assinado por uma autoridade conhecida",
            "Evolution API's certificate is not signed by a known authority",
        ),
        TlsFailure::AuthorityAsServer => either(
            "O certificado da Evolution API é o de uma autoridade (CA:TRUE), que TLS não aceita como o de um \
             servidor",
            "Evolution API's certificate is that of an authority (CA:TRUE), which TLS does not take as a \
             server's",
        ),
        TlsFailure::BadCertificate => either(
            "O certificado da Evolution API não pode ser usado",
            "Evolution API's certificate cannot be used",
        ),
        TlsFailure::NotTls => either(
            "O endereço começa com https, e quem responde nessa porta não fala TLS",
            "The address begins with https, and whoever answers on this port does not speak TLS",
        ),
        TlsFailure::PlainToTls { .. } => either(
            "O endereço começa com http, e essa porta fala TLS (https): a chave foi enviada sem criptografia",
            "The address begins with http, and this port speaks TLS (https): the key was sent without \
             encryption",
        ),
        TlsFailure::Refused => {
            either("O servidor recusou a conexão TLS", "The server refused the TLS connection")
        }
    }
}

fn tls_step(why: TlsFailure) -> &'static str {
    match why {
        TlsFailure::Expired => either(
            "Renove-o no servidor ou no proxy à frente dela. Se ele está em dia, confira o relógio desta \
             máquina.",
            "Renew it on the server, or on the proxy in front of it. If it is up to date, check this \
             machine's clock.",
        ),
        TlsFailure::NotYetValid => either(
            "Confira o relógio desta máquina e a data de início do certificado.",
            "Check this machine's clock and the date from which the certificate is valid.",
        ),
        TlsFailure::OtherName => either(
            "Use no endereço (baseUrl) um nome que está no certificado, ou emita um certificado para este \
             nome.",
            "Use a name in the address (baseUrl) that is in the certificate, or issue a certificate for this \
             name.",
        ),
        TlsFailure::UnknownAuthority => either(
            "Se a autoridade é sua, cadastre o certificado dela na credencial (--ca-file, caCertificate na \
             API), ou no sistema. Se é pública, o servidor precisa mandar a cadeia inteira (fullchain).",
            "If the authority is yours, add its certificate to the credential (--ca-file, caCertificate in \
             the API), or to the system. If it is public, the server has to send the whole chain (fullchain).",
        ),
        TlsFailure::AuthorityAsServer => either(
            "Emita com ela um certificado de servidor, sem CA:TRUE, e cadastre a autoridade na credencial \
             (--ca-file).",
            "Issue a server's certificate with it, without CA:TRUE, and add the authority to the credential \
             (--ca-file).",
        ),
        TlsFailure::BadCertificate => either(
            "Emita-o de novo para este nome (SAN), com algoritmos atuais.",
            "Issue it anew for this name (SAN), with current algorithms.",
        ),
        TlsFailure::NotTls => either(
            "Use http:// no endereço (baseUrl), ou a porta do https.",
            "Use http:// in the address (baseUrl), or the port of https.",
        ),
        TlsFailure::PlainToTls { .. } => either(
            "Use https:// no endereço (baseUrl), e troque a chave: AUTHENTICATION_API_KEY no servidor e \
             \"pareia credential rotate\" aqui.",
            "Use https:// in the address (baseUrl), and replace the key: AUTHENTICATION_API_KEY on the server \
             and \"pareia credential rotate\" here.",
        ),
        TlsFailure::Refused => either(
            "Confira o nome no endereço (baseUrl) e as versões de TLS do servidor: aqui se falam 1.2 e 1.3.",
            "Check the name in the address (baseUrl) and the server's TLS versions: 1.2 and 1.3 are spoken \
             here.",
        ),
    }
}

fn rate_limited(wait: Duration) -> FaultWords {
    let seconds = wait.as_secs();
    fault(
        say!(
            "Quem está à frente da Evolution API limita as chamadas (HTTP 429) e pede uma espera de {seconds} \
             s",
            "Whoever stands in front of Evolution API limits the calls (HTTP 429) and asks to wait for \
             {seconds} s"
        ),
        either(
            "Chame de novo depois disso, ou libere o endereço do pareia no limite de chamadas do proxy.",
            "Call again after that, or let pareia's address through the proxy's limit.",
        ),
    )
}

fn proxy(answer: &ProxyAnswer) -> FaultWords {
    let ProxyAnswer { status, sender } = answer;
    if answer.is_bad_gateway() {
        return fault(
            say!(
                "{} responde que não alcança a Evolution API (HTTP 502)",
                "{} answers that it does not reach Evolution API (HTTP 502)",
                gateway(sender)
            ),
            either(
                "Confira se ela está rodando, e para que endereço e porta o proxy aponta.",
                "Check whether it is running, and which address and port the proxy points to.",
            ),
        );
    }
    if answer.is_gateway_timeout() {
        return fault(
            say!(
                "{} responde que a Evolution API não atendeu a tempo (HTTP 504)",
                "{} answers that Evolution API did not answer in time (HTTP 504)",
                gateway(sender)
            ),
            either(
                "Confira a carga dela, e se o proxy aponta para o endereço e a porta certos.",
                "Check how busy it is, and whether the proxy points to the right address and port.",
            ),
        );
    }
    let what = match sender {
        ProxyKind::Redirect(Some(to)) => say!(
            "O endereço redireciona para {to} (HTTP {status})",
            "The address redirects to {to} (HTTP {status})"
        ),
        ProxyKind::Redirect(None) => say!(
            "O endereço redireciona para outro (HTTP {status})",
            "The address redirects elsewhere (HTTP {status})"
        ),
        ProxyKind::BasicAuth => say!(
            "Quem está à frente da Evolution API pede usuário e senha (HTTP {status}): a chave nem chegou a \
             ela",
            "Whoever stands in front of Evolution API asks for user and password (HTTP {status}): the key did \
             not even reach it"
        ),
        ProxyKind::CloudflareChallenge => {
            say!(
                "A Cloudflare pede uma verificação de navegador no lugar da Evolution API (HTTP {status})",
                "Cloudflare asks for a check of the browser in place of Evolution API (HTTP {status})"
            )
        }
        sender => say!(
            "{} respondeu no lugar da Evolution API (HTTP {status})",
            "{} answered in place of Evolution API (HTTP {status})",
            name(sender)
        ),
    };
    fault(what, proxy_step(*status, sender))
}

/// Who answered, at the beginning of a sentence.
fn name(sender: &ProxyKind) -> &'static str {
    match sender {
        ProxyKind::Cloudflare | ProxyKind::CloudflareChallenge => either("A Cloudflare", "Cloudflare"),
        ProxyKind::Nginx => either("O nginx", "nginx"),
        ProxyKind::Traefik => either("O Traefik", "Traefik"),
        ProxyKind::Caddy => either("O Caddy", "Caddy"),
        ProxyKind::EasyPanel => either("O EasyPanel", "EasyPanel"),
        ProxyKind::LoginPage => either("Uma página de login", "A login page"),
        ProxyKind::WebPage => either("Uma página da web", "A web page"),
        ProxyKind::Redirect(_) | ProxyKind::BasicAuth | ProxyKind::Unknown => {
            either("Algo que não é a Evolution API", "Something that is not Evolution API")
        }
    }
}

/// The same where it says to be a gateway.
fn gateway(sender: &ProxyKind) -> &'static str {
    match sender {
        ProxyKind::WebPage | ProxyKind::Unknown => either("Um proxy", "A proxy"),
        sender => name(sender),
    }
}

fn proxy_step(status: u16, sender: &ProxyKind) -> Cow<'static, str> {
    match sender {
        ProxyKind::Redirect(Some(to)) => {
            return say!(
                "Redirecionamentos não são seguidos. Se a Evolution está lá, use {to} no endereço (baseUrl); \
                 se é uma tela de login, deixe a API fora dela.",
                "Redirects are not followed. If Evolution is there, use {to} in the address (baseUrl); if it \
                 is a login page, leave the API outside of it."
            )
            .into();
        }
        ProxyKind::Redirect(None) => either(
            "Redirecionamentos não são seguidos. Use no endereço (baseUrl) o da própria Evolution API.",
            "Redirects are not followed. Use the address of Evolution API itself (baseUrl).",
        ),
        ProxyKind::BasicAuth | ProxyKind::LoginPage => either(
            "Deixe o endereço da API fora dessa senha, ou use o endereço interno da Evolution.",
            "Leave the API's address outside that password, or use Evolution's internal address.",
        ),
        ProxyKind::CloudflareChallenge => either(
            "Crie na Cloudflare uma regra que deixe o pareia passar sem desafio, ou use o endereço interno da \
             Evolution.",
            "Make a rule in Cloudflare that lets pareia pass without a challenge, or use Evolution's internal \
             address.",
        ),
        ProxyKind::Cloudflare => cloudflare_step(status),
        ProxyKind::EasyPanel => either(
            "Confira no EasyPanel se o serviço da Evolution está rodando e a porta do domínio dele.",
            "Check in EasyPanel whether Evolution's service is running, and the port of its domain.",
        ),
        ProxyKind::Traefik => either(
            "Ele não tem rota, ou serviço no ar, para esse endereço: confira o nome e a porta na configuração \
             dele, e se a Evolution está rodando.",
            "It has no route, or no service that is up, for this address: check the name and the port in its \
             configuration, and whether Evolution is running.",
        ),
        ProxyKind::Nginx | ProxyKind::Caddy => either(
            "Confira o nome no endereço (baseUrl) e para onde o proxy aponta: o log dele diz por quê.",
            "Check the name in the address (baseUrl) and where the proxy points to: its log says why.",
        ),
        ProxyKind::WebPage | ProxyKind::Unknown => either(
            "Confira o endereço (baseUrl) e a porta: deve ser o da própria Evolution API.",
            "Check the address (baseUrl) and the port: it must be that of Evolution API itself.",
        ),
    }
    .into()
}

/// What Cloudflare's own statuses mean.
fn cloudflare_step(status: u16) -> &'static str {
    match status {
        521 => either(
            "O servidor da Evolution recusa as conexões dela: confira se está rodando e o firewall.",
            "Evolution's server refuses its connections: check whether it is running, and the firewall.",
        ),
        522 | 523 => either(
            "Ela não alcança o servidor da Evolution: confira o IP no DNS, o firewall e se a máquina está no \
             ar.",
            "It does not reach Evolution's server: check the IP in the DNS, the firewall, and whether the \
             machine is up.",
        ),
        524 | 504 => either(
            "Ela alcança o servidor, e a Evolution não respondeu a tempo: confira a carga dela.",
            "It reaches the server, and Evolution did not answer in time: check how busy it is.",
        ),
        525 | 526 => either(
            "O certificado entre a Cloudflare e o servidor não serve: confira-o, ou o modo SSL/TLS da \
             Cloudflare.",
            "The certificate between Cloudflare and the server does not do: check it, or Cloudflare's SSL/TLS \
             mode.",
        ),
        530 => either(
            "O nome não leva a servidor nenhum: confira o DNS, ou o túnel, na Cloudflare.",
            "The name leads to no server: check the DNS, or the tunnel, in Cloudflare.",
        ),
        _ => either(
            "Confira na Cloudflare o que bloqueia a chamada, e se a Evolution responde por trás dela.",
            "Check in Cloudflare what blocks the call, and whether Evolution answers behind it.",
        ),
    }
}
