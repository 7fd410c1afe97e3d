//! What is wrong between here and a server, by its cause, and the one next step.

use std::borrow::Cow;
use std::time::Duration;

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
            "A Evolution API cortou a conexão sem responder",
            "Ela pode estar reiniciando: tente de novo em instantes. Se continuar, o log da Evolution diz por quê.",
        ),
        UpstreamError::RejectedKey => fault(
            "A Evolution API recusa a chave",
            "Confira AUTHENTICATION_API_KEY no servidor e troque a chave da credencial (\"pareia credential rotate\").",
        ),
        UpstreamError::LicenseRequired => fault(
            "Esta Evolution API (2.4 ou mais nova) pede ativação da licença",
            "Ative-a no manager dela, ou use a 2.3.7.",
        ),
        UpstreamError::NotLoaded => fault(
            "A Evolution API conhece o nome, mas não carregou a instância: está reiniciando, ainda a está removendo, \
             ou o nome pertence a outra instalação no mesmo banco",
            "Tente de novo em instantes. Se continuar, o log da Evolution diz por quê.",
        ),
        UpstreamError::Unexpected => fault(
            "A Evolution API respondeu com um erro, ou com algo que não se entende",
            "O log da Evolution diz por quê. Confira também o endereço (baseUrl) da credencial.",
        ),
        UpstreamError::Timeout => fault(
            "A Evolution API aceitou a chamada e não respondeu a tempo",
            "Confira a carga dela e tente de novo.",
        ),
        UpstreamError::RateLimited(wait) => rate_limited(*wait),
        UpstreamError::Proxy(answer) => proxy(answer),
    }
}

/// The words for a code that was written down without its cause.
pub(super) fn of_code(code: &str) -> Option<(&'static str, FaultWords)> {
    const CAUSE: &str = "O teste da credencial (\"pareia credential test\") diz a causa e o que fazer.";
    let cause = |what| fault(what, CAUSE);
    let known = [
        UpstreamError::RejectedKey,
        UpstreamError::LicenseRequired,
        UpstreamError::NotLoaded,
        UpstreamError::Unexpected,
        UpstreamError::Timeout,
    ];
    Some(match code {
        "evolution_unreachable" => {
            ("evolution_unreachable", cause("A Evolution API não responde nesse endereço"))
        }
        "evolution_tls" => ("evolution_tls", cause("A conexão segura (TLS) com a Evolution API falha")),
        "evolution_proxy" => (
            "evolution_proxy",
            cause(
                "Outro programa responde no lugar da Evolution API nesse endereço, ou limita as chamadas a ela",
            ),
        ),
        _ => return known.iter().find(|error| error.code() == code).map(|error| (error.code(), of(error))),
    })
}

fn no_connection(why: NoConnection) -> FaultWords {
    match why {
        NoConnection::NameNotFound => fault(
            "O nome do servidor da Evolution API não foi encontrado (DNS)",
            "Confira o endereço (baseUrl): o nome precisa existir para a máquina, ou o contêiner, em que o pareia roda.",
        ),
        NoConnection::Forbidden => fault(
            "O nome do servidor leva a um endereço link-local ou de metadados, que nunca é uma Evolution API",
            "Confira o DNS e o endereço (baseUrl).",
        ),
        NoConnection::Refused => fault(
            "Nada escuta nesse endereço: a conexão foi recusada",
            "Confira se a Evolution API está rodando e a porta do endereço (baseUrl). Dentro de um contêiner, \
             localhost é o próprio contêiner.",
        ),
        NoConnection::TimedOut => fault(
            "A conexão com a Evolution API não se completou a tempo",
            "Confira o endereço (baseUrl), o firewall e a rede até o servidor.",
        ),
        NoConnection::NoRoute => fault(
            "Não há rota de rede até o servidor da Evolution API",
            "Confira a rede desta máquina e o endereço (baseUrl).",
        ),
    }
}

fn tls(why: TlsFailure) -> FaultWords {
    match why {
        TlsFailure::Expired => fault(
            "O certificado da Evolution API venceu",
            "Renove-o no servidor ou no proxy à frente dela. Se ele está em dia, confira o relógio desta máquina.",
        ),
        TlsFailure::NotYetValid => fault(
            "O certificado da Evolution API ainda não vale",
            "Confira o relógio desta máquina e a data de início do certificado.",
        ),
        TlsFailure::OtherName => fault(
            "O certificado da Evolution API é de outro nome",
            "Use no endereço (baseUrl) um nome que está no certificado, ou emita um certificado para este nome.",
        ),
        TlsFailure::UnknownAuthority => fault(
            "O certificado da Evolution API não é assinado por uma autoridade conhecida",
            "Se a autoridade é sua, cadastre o certificado dela na credencial (--ca-file, caCertificate na API), ou no \
             sistema. Se é pública, o servidor precisa mandar a cadeia inteira (fullchain).",
        ),
        TlsFailure::AuthorityAsServer => fault(
            "O certificado da Evolution API é o de uma autoridade (CA:TRUE), que TLS não aceita como o de um servidor",
            "Emita com ela um certificado de servidor, sem CA:TRUE, e cadastre a autoridade na credencial (--ca-file).",
        ),
        TlsFailure::BadCertificate => fault(
            "O certificado da Evolution API não pode ser usado",
            "Emita-o de novo para este nome (SAN), com algoritmos atuais.",
        ),
        TlsFailure::NotTls => fault(
            "O endereço começa com https, e quem responde nessa porta não fala TLS",
            "Use http:// no endereço (baseUrl), ou a porta do https.",
        ),
        TlsFailure::PlainToTls { .. } => fault(
            "O endereço começa com http, e essa porta fala TLS (https): a chave foi enviada sem criptografia",
            "Use https:// no endereço (baseUrl), e troque a chave: AUTHENTICATION_API_KEY no servidor e \"pareia credential \
             rotate\" aqui.",
        ),
        TlsFailure::Refused => fault(
            "O servidor recusou a conexão TLS",
            "Confira o nome no endereço (baseUrl) e as versões de TLS do servidor: aqui se falam 1.2 e 1.3.",
        ),
    }
}

fn rate_limited(wait: Duration) -> FaultWords {
    let seconds = wait.as_secs();
    fault(
        format!(
            "Quem está à frente da Evolution API limita as chamadas (HTTP 429) e pede uma espera de {seconds} s"
        ),
        "Chame de novo depois disso, ou libere o endereço do pareia no limite de chamadas do proxy.",
    )
}

fn proxy(answer: &ProxyAnswer) -> FaultWords {
    let ProxyAnswer { status, sender } = answer;
    if answer.is_bad_gateway() {
        return fault(
            format!("{} responde que não alcança a Evolution API (HTTP 502)", gateway(sender)),
            "Confira se ela está rodando, e para que endereço e porta o proxy aponta.",
        );
    }
    if answer.is_gateway_timeout() {
        return fault(
            format!("{} responde que a Evolution API não atendeu a tempo (HTTP 504)", gateway(sender)),
            "Confira a carga dela, e se o proxy aponta para o endereço e a porta certos.",
        );
    }
    let what = match sender {
        ProxyKind::Redirect(Some(to)) => format!("O endereço redireciona para {to} (HTTP {status})"),
        ProxyKind::Redirect(None) => format!("O endereço redireciona para outro (HTTP {status})"),
        ProxyKind::BasicAuth => format!(
            "Quem está à frente da Evolution API pede usuário e senha (HTTP {status}): a chave nem chegou a ela"
        ),
        ProxyKind::CloudflareChallenge => {
            format!(
                "A Cloudflare pede uma verificação de navegador no lugar da Evolution API (HTTP {status})"
            )
        }
        sender => format!("{} respondeu no lugar da Evolution API (HTTP {status})", name(sender)),
    };
    fault(what, proxy_step(*status, sender))
}

/// Who answered, at the beginning of a sentence.
fn name(sender: &ProxyKind) -> &'static str {
    match sender {
        ProxyKind::Cloudflare | ProxyKind::CloudflareChallenge => "A Cloudflare",
        ProxyKind::Nginx => "O nginx",
        ProxyKind::Traefik => "O Traefik",
        ProxyKind::Caddy => "O Caddy",
        ProxyKind::EasyPanel => "O EasyPanel",
        ProxyKind::LoginPage => "Uma página de login",
        ProxyKind::WebPage => "Uma página da web",
        ProxyKind::Redirect(_) | ProxyKind::BasicAuth | ProxyKind::Unknown => {
            "Algo que não é a Evolution API"
        }
    }
}

/// The same where it says to be a gateway.
fn gateway(sender: &ProxyKind) -> &'static str {
    match sender {
        ProxyKind::WebPage | ProxyKind::Unknown => "Um proxy",
        sender => name(sender),
    }
}

fn proxy_step(status: u16, sender: &ProxyKind) -> Cow<'static, str> {
    match sender {
        ProxyKind::Redirect(Some(to)) => {
            return format!(
                "Redirecionamentos não são seguidos. Se a Evolution está lá, use {to} no endereço (baseUrl); se é uma \
                 tela de login, deixe a API fora dela."
            )
            .into();
        }
        ProxyKind::Redirect(None) => {
            "Redirecionamentos não são seguidos. Use no endereço (baseUrl) o da própria Evolution API."
        }
        ProxyKind::BasicAuth | ProxyKind::LoginPage => {
            "Deixe o endereço da API fora dessa senha, ou use o endereço interno da Evolution."
        }
        ProxyKind::CloudflareChallenge => {
            "Crie na Cloudflare uma regra que deixe o pareia passar sem desafio, ou use o endereço interno da Evolution."
        }
        ProxyKind::Cloudflare => cloudflare_step(status),
        ProxyKind::EasyPanel => {
            "Confira no EasyPanel se o serviço da Evolution está rodando e a porta do domínio dele."
        }
        ProxyKind::Traefik => {
            "Ele não tem rota, ou serviço no ar, para esse endereço: confira o nome e a porta na configuração dele, e se \
             a Evolution está rodando."
        }
        ProxyKind::Nginx | ProxyKind::Caddy => {
            "Confira o nome no endereço (baseUrl) e para onde o proxy aponta: o log dele diz por quê."
        }
        ProxyKind::WebPage | ProxyKind::Unknown => {
            "Confira o endereço (baseUrl) e a porta: deve ser o da própria Evolution API."
        }
    }
    .into()
}

/// What Cloudflare's own statuses mean.
fn cloudflare_step(status: u16) -> &'static str {
    match status {
        521 => "O servidor da Evolution recusa as conexões dela: confira se está rodando e o firewall.",
        522 | 523 => {
            "Ela não alcança o servidor da Evolution: confira o IP no DNS, o firewall e se a máquina está no ar."
        }
        524 | 504 => "Ela alcança o servidor, e a Evolution não respondeu a tempo: confira a carga dela.",
        525 | 526 => {
            "O certificado entre a Cloudflare e o servidor não serve: confira-o, ou o modo SSL/TLS da Cloudflare."
        }
        530 => "O nome não leva a servidor nenhum: confira o DNS, ou o túnel, na Cloudflare.",
        _ => "Confira na Cloudflare o que bloqueia a chamada, e se a Evolution responde por trás dela.",
    }
}
