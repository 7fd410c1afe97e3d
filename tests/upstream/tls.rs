//! TLS to a server: what people are told of a certificate, whom a connection trusts, and `http` spoken to `https`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use pareia::sim::{Sim, Version};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use super::authority::{Authority, FINE, Shown};
use super::faces::is_told;
use super::stand_in::{StandIn, answer, read_request};
use crate::harness::{Folder, KEY, Shop, instant};

/// What a licensed Evolution would not answer: enough to see that it was reached.
const REACHED: &str = "evolution_license_required";

/// A server that speaks TLS and answers every request as an Evolution without a licence does.
fn secure(config: Arc<ServerConfig>) -> StandIn {
    StandIn::start(move |stream: TcpStream, note| {
        let tls = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        let mut stream = StreamOwned::new(tls, stream);
        if let Some(line) = read_request(&mut stream) {
            note(line);
            let licence = r#"{"error":"service not activated","code":"LICENSE_REQUIRED"}"#;
            let _ = stream.write_all(answer(503, &[], licence).as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

fn https(server: &StandIn) -> String {
    format!("https://{}", server.address)
}

/// A shop without a credential, so that each test adds its own.
fn shop() -> Shop {
    Shop::bare(Sim::start(instant(Version::V2_3_7)).expect("the simulation starts"), Duration::from_secs(20))
}

#[test]
fn each_fault_of_a_certificate_has_its_sentence() {
    let authority = Authority::new();
    for (shown, words) in [
        (Shown { until: 2001, ..FINE }, "venceu"),
        (Shown { names: &["evo.example"], ..FINE }, "de outro nome"),
        (Shown { signs: true, ..FINE }, "CA:TRUE"),
    ] {
        let server = secure(authority.server(&shown));
        let shop = shop();
        shop.credential_trusting("cred_a", &https(&server), Some(&authority.pem));
        let called = shop.post("x");
        assert_eq!((called.status, called.code()), (502, "evolution_tls"), "{:?}", called.body);
        assert!(called.body["detail"].as_str().is_some_and(|d| d.contains(words)), "{:?}", called.body);
        assert_eq!(server.arrivals().len(), 0, "no key was sent");
    }
    let server = secure(authority.server(&FINE));
    is_told(&https(&server), 502, "evolution_tls", &["autoridade conhecida", "--ca-file"]);
}

#[test]
fn each_scheme_spoken_to_the_other_is_named() {
    let plain = StandIn::start(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer(400, &[], "").as_bytes());
    });
    is_told(&https(&plain), 502, "evolution_tls", &["começa com https", "http://"]);
    let server = secure(Authority::new().server(&FINE));
    is_told(
        &server.url(),
        502,
        "evolution_tls",
        &["começa com http,", "https://", "sem criptografia", "troque a chave"],
    );
    assert_eq!(server.arrivals().len(), 0, "nothing was sent over the TLS that tried it");
    let nginx = "<center>The plain HTTP request was sent to HTTPS port</center><hr><center>nginx</center>";
    let proxy = StandIn::answering(move |_| answer(400, &[("Server", "nginx")], nginx));
    is_told(&proxy.url(), 502, "evolution_tls", &["https://"]);
}

#[test]
fn a_connection_that_is_cut_while_tls_begins_is_not_called_http() {
    let cut = StandIn::start(|mut stream, _| drop(stream.read(&mut [0; 4096])));
    is_told(&https(&cut), 502, "evolution_unreachable", &["cortou a conexão"]);
    let reset = StandIn::start(|stream, _| drop(stream));
    is_told(&https(&reset), 502, "evolution_unreachable", &["cortou a conexão"]);
}

#[test]
fn a_servers_own_authority_is_trusted_by_its_connections_alone() {
    let (own, other) = (Authority::new(), Authority::new());
    let (server, elsewhere) = (secure(own.server(&FINE)), secure(own.server(&FINE)));
    let shop = shop();
    shop.credential_trusting("cred_own", &https(&server), Some(&own.pem));
    shop.credential_trusting("cred_none", &https(&elsewhere), None);
    shop.credential_trusting("cred_other", &https(&elsewhere), Some(&other.pem));
    let chief = shop.user("chefe", true);
    for _ in 0..2 {
        for (id, code) in
            [("cred_own", REACHED), ("cred_none", "evolution_tls"), ("cred_other", "evolution_tls")]
        {
            let tested = shop.call_as(&chief, "POST", &format!("/api/admin/credentials/{id}/test"));
            assert_eq!(tested.code(), code, "{id}: {:?}", tested.body);
        }
    }
    assert_eq!(elsewhere.arrivals().len(), 0);
}

#[test]
fn an_authority_is_checked_when_it_is_stored_and_may_be_changed() {
    let authority = Authority::new();
    let server = secure(authority.server(&FINE));
    let shop = shop();
    let mut chief = crate::harness::Client::bearer(&shop, &shop.user("chefe", true));
    let path = "/api/admin/credentials";
    let key = format!("{}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", authority.pem);
    let cut = authority.pem.replace("MII", "");
    for (pem, words) in [
        ("", "BEGIN CERTIFICATE"),
        ("minha CA", "BEGIN CERTIFICATE"),
        (&*cut, "não é um certificado"),
        (&*key, "chave privada"),
    ] {
        let body = json!({"baseUrl": https(&server), "apiToken": KEY, "caCertificate": pem, "force": true});
        let refused = chief.post(path, &body);
        assert_eq!((refused.status, refused.code()), (400, "invalid_field"), "{:?}", refused.body);
        assert_eq!(refused.body["field"], "caCertificate");
        assert!(refused.body["error"].as_str().is_some_and(|e| e.contains(words)), "{:?}", refused.body);
    }
    let mut body = json!({"id": "cred_a", "baseUrl": https(&server), "apiToken": KEY});
    assert_eq!(chief.post(path, &body).code(), "evolution_tls");
    body["caCertificate"] = json!(authority.pem);
    assert_eq!(chief.post(path, &body).code(), REACHED);
    body["force"] = json!(true);
    let stored = chief.post(path, &body);
    assert_eq!((stored.status, stored.data("hasCaCertificate")), (200, &json!(true)), "{:?}", stored.body);
    assert_eq!(chief.post("/api/admin/credentials/cred_a/test", &json!({})).code(), REACHED);
    for body in [json!({}), json!({"force": true}), json!({"caCertificat": null, "force": true})] {
        let refused = chief.post("/api/admin/credentials/cred_a/ca", &body);
        assert_eq!((refused.status, refused.code()), (400, "invalid_field"), "{:?}", refused.body);
    }
    assert_eq!(chief.post("/api/admin/credentials/cred_a/test", &json!({})).code(), REACHED, "it is kept");
    let none = chief.post("/api/admin/credentials/cred_a/ca", &json!({"caCertificate": null, "force": true}));
    assert_eq!((none.status, none.data("hasCaCertificate")), (200, &json!(false)), "{:?}", none.body);
    assert_eq!(chief.post("/api/admin/credentials/cred_a/test", &json!({})).code(), "evolution_tls");
    let again = json!({"caCertificate": authority.pem});
    assert_eq!(chief.post("/api/admin/credentials/cred_a/ca", &again).code(), REACHED, "it is tested first");
}

/// What `pareia` says to those arguments, with that environment.
fn says(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
    command
        .args(arguments)
        .arg("--data")
        .arg(folder.path())
        .env_remove("SSL_CERT_FILE")
        .env_remove("SSL_CERT_DIR")
        .env("PAREIA_LANG", "pt");
    let output = command.envs(environment.iter().copied()).output().expect("it runs");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_system_and_a_file_say_whom_the_command_line_trusts() {
    let authority = Authority::new();
    let server = secure(authority.server(&FINE));
    let folder = Folder::new();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let (key, ca) = (file("key.txt", KEY), file("ca.pem", &authority.pem));
    let url = https(&server);
    let add =
        ["credential", "add", "--type", "whatsapp_evolution", "--base-url", &url, "--api-token-file", &key];
    says(&folder, &[&add[..], &["--id", "cred_a"]].concat(), &[]);
    let test = ["credential", "test", "cred_a"];
    assert!(says(&folder, &test, &[]).contains("(evolution_tls)"));
    assert!(says(&folder, &test, &[("SSL_CERT_FILE", &ca)]).contains(REACHED), "by SSL_CERT_FILE");
    assert!(says(&folder, &["credential", "ca", "cred_a", "--ca-file", &ca], &[]).contains("cadastrado"));
    assert!(says(&folder, &test, &[]).contains(REACHED), "by the credential's own");
    says(&folder, &["credential", "ca", "cred_a", "--none"], &[]);
    assert!(says(&folder, &test, &[]).contains("(evolution_tls)"));
    says(&folder, &[&add[..], &["--id", "cred_b", "--ca-file", &ca]].concat(), &[]);
    assert!(says(&folder, &["credential", "test", "cred_b"], &[]).contains(REACHED), "when it was added");
    let refused = says(&folder, &["credential", "ca", "cred_b", "--ca-file", &key], &[]);
    assert!(refused.contains("BEGIN CERTIFICATE"), "{refused}");
}
