//! E-mail over TLS, from its first byte and by STARTTLS: a password goes to nobody whose certificate is not trusted.
//!
//! The program itself sends it, since whom it trusts is read once in a process.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread::JoinHandle;

use pareia::domain::{Language, Name, NoticeChannelKind, Role, Secret};
use pareia::notices::{ChannelSettings, TypedSettings};
use pareia::store::{NewNoticeTarget, Store};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::typed;
use crate::harness::Folder;
use crate::upstream::authority::{Authority, FINE};

/// Answers one conversation; the commands that came, with a mark where TLS began.
fn serve(config: Arc<ServerConfig>, is_implicit: bool) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let thread = std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().expect("a client");
        let mut commands = Vec::new();
        if !is_implicit {
            tcp.write_all(b"220 test\r\n").expect("sent");
            talk(&mut tcp, "250-test\r\n250 STARTTLS\r\n", &mut commands);
        }
        if is_implicit || commands.last().is_some_and(|line| line == "STARTTLS") {
            let tls =
                |tcp: TcpStream| StreamOwned::new(ServerConnection::new(config).expect("a connection"), tcp);
            let mut stream = tls(tcp);
            commands.push("TLS".to_owned());
            let greeting: &[u8] = if is_implicit { b"220 test\r\n" } else { b"" };
            if stream.write_all(greeting).and_then(|()| stream.flush()).is_ok() {
                talk(&mut stream, "250-test\r\n250 AUTH LOGIN PLAIN\r\n", &mut commands);
            }
        }
        commands
    });
    (port, thread)
}

/// Answers until the client asks for TLS, says that it is done, or goes away.
fn talk(stream: &mut (impl Read + Write), offers: &str, commands: &mut Vec<String>) {
    while let Some(line) = line(stream) {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => offers,
            "STARTTLS" => "220 go\r\n",
            "AUTH" => "235 welcome\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => return,
            "." | "MAIL" | "RCPT" => "250 ok\r\n",
            _ => "",
        };
        commands.push(line);
        let sent = stream.write_all(reply.as_bytes()).and_then(|()| stream.flush());
        if sent.is_err() || commands.last().is_some_and(|line| line == "STARTTLS") {
            return;
        }
    }
}

fn line(stream: &mut impl Read) -> Option<String> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while byte[0] != b'\n' {
        stream.read_exact(&mut byte).ok()?;
        line.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// Adds a target at that server, has it tested by the program, and gives what that printed.
fn test(server: &str, trusted: Option<&str>) -> String {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("the store opens");
    let user = store.add_user(&Name::parse("ana").expect("a name"), Role::Administrator);
    let user = user.expect("a store").expect("a user");
    let typed = TypedSettings {
        secret: Some(Secret::new("senha-do-correio")),
        server: Some(server.to_owned()),
        user: Some("ana@loja.example".to_owned()),
        ..typed("ana@loja.example")
    };
    let settings = ChannelSettings::read(NoticeChannelKind::Email, &typed);
    let settings = settings.map_err(|refused| format!("{refused:?}")).expect("settings");
    let new = NewNoticeTarget {
        user: &user,
        for_all: true,
        channel: NoticeChannelKind::Email,
        address: &settings.shown(),
        settings: &settings.to_json(),
        language: Language::Portuguese,
        quiet: None,
        utc_offset: 0,
    };
    store.add_notice_target(&new).expect("a store").expect("a target");
    drop(store);
    let authorities = folder.path().join("ca.pem");
    std::fs::write(&authorities, trusted.unwrap_or_default()).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
    command.args(["notify", "test", "--data"]).arg(folder.path()).env("SSL_CERT_FILE", &authorities);
    command.env("PAREIA_LANG", "pt");
    String::from_utf8(command.output().expect("it runs").stdout).expect("text")
}

#[test]
fn mail_and_password_go_over_tls_to_whom_is_trusted_alone() {
    let authority = Authority::new();
    // "\0ana@loja.example\0senha-do-correio"
    let login = "AUTH PLAIN AGFuYUBsb2phLmV4YW1wbGUAc2VuaGEtZG8tY29ycmVpbw==";
    for (scheme, is_implicit) in [("smtps", true), ("smtp", false)] {
        let (port, server) = serve(authority.server(&FINE), is_implicit);
        let said = test(&format!("{scheme}://localhost:{port}"), Some(&authority.pem));
        assert!(said.contains("entregue"), "{scheme}: {said}");
        let commands = server.join().expect("it ends");
        let tls = commands.iter().position(|line| line == "TLS").expect("TLS");
        let password = commands.iter().position(|line| line == login).expect("a login");
        assert!(
            tls < password && commands.contains(&"RCPT TO:<ana@loja.example>".to_owned()),
            "{commands:?}"
        );
        let (port, server) = serve(authority.server(&FINE), is_implicit);
        let said = test(&format!("{scheme}://localhost:{port}"), None);
        assert!(said.contains("(tls)"), "{scheme}: {said}");
        let commands = server.join().expect("it ends");
        assert!(!commands.iter().any(|line| line.starts_with("AUTH")), "{commands:?}");
    }
}
