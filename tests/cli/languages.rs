//! The language of the command line: the one that is asked for, Portuguese where none is.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use super::desk::Desk;

#[test]
fn commands_speak_the_language_that_is_asked_for() {
    let desk = Desk::new();
    for (line, variables, code, sentence) in [
        ("user list", &[][..], 0, "Nenhum usuário ainda"),
        ("user list", &[("LANG", "C.UTF-8")], 0, "Nenhum usuário ainda"),
        ("user list", &[("LANG", "en_US.UTF-8")], 0, "No user yet"),
        ("user list", &[("LANG", "en_US.UTF-8"), ("LC_ALL", "pt_BR.UTF-8")], 0, "Nenhum usuário ainda"),
        ("user list", &[("PAREIA_LANG", "en"), ("LC_ALL", "pt_BR.UTF-8")], 0, "No user yet"),
        ("user list --lang en", &[("PAREIA_LANG", "pt")], 0, "No user yet"),
        ("--lang=pt user list", &[("LANG", "en")], 0, "Nenhum usuário ainda"),
        ("token create nobody --lang en", &[], 1, "error: there is no user \"nobody\""),
        ("token create --lang en", &[], 2, "error: missing: <USER>\nSee the usage with --help."),
        ("credential rotate x --lang en", &[], 2, "<--api-token-stdin|--api-token-file <FILE>>"),
        ("user list --lang fr", &[], 2, "\"fr\" não serve: deve ser pt ou en"),
        ("user list", &[("PAREIA_LANG", "fr"), ("LANG", "en")], 2, "\"fr\" does not do: must be pt or en"),
    ] {
        let output = desk.command(line).envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(code) && said.contains(sentence),
            "{line} {variables:?}: {said}"
        );
    }
}

#[test]
fn what_a_server_says_is_asked_for_in_the_language_of_the_command() {
    let (desk, listener) = (Desk::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let line = format!("health --listen {}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let asked = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let asked = asked.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase());
            let language = asked.filter(|line| line.starts_with("accept-language")).collect::<String>();
            let body = format!("{{\"error\": \"<{language}>\"}}");
            let head = "HTTP/1.1 503 No\r\nServer: pareia\r\nConnection: close\r\nContent-Length: ";
            write!(stream, "{head}{}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    desk.says(&line, 1, "", "<accept-language: pt-br>");
    desk.says(&format!("{line} --lang en"), 1, "", "<accept-language: en>");
    server.join().unwrap();
}

#[test]
fn a_help_page_in_english_has_no_word_of_portuguese() {
    let desk = Desk::new();
    for line in ["", "serve", "user remove", "credential add", "instance connect", "notify add", "doctor"] {
        let page = desk.ok(&format!("{line} --help --lang en"));
        for word in ["Usage: ", "Options:", "Example:", "Print help", "--lang <pt|en>"] {
            assert!(page.contains(word), "{line}: {word:?} is not in {page}");
        }
        let portuguese = page.lines().find(|line| line.contains(|letter| "áâãçéêíóõúÇÃÁÉ".contains(letter)));
        assert_eq!(portuguese, None, "{line}");
    }
}
