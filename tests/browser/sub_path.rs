//! The page below a path of its own, behind a proxy that takes the path away and one that leaves it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver};
use crate::world::{NAME, World, log_in};

/// The path.
const PATH: &str = "/pareia";

/// Every test of it.
pub const TESTS: &[Test] = &[
    ("the_page_lives_below_a_path_that_the_proxy_takes_away", |driver| below(driver, true)),
    ("the_page_lives_below_a_path_that_the_proxy_leaves", |driver| below(driver, false)),
];

/// From the address without its slash over the login to a link's code.
fn below(driver: &Driver, strips: bool) {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = proxy.local_addr().expect("an address");
    let url = format!("http://{address}{PATH}");
    let world = World::at(&url);
    let server = world.shop.server.addr();
    thread::spawn(move || serve(&proxy, server, strips));
    world.row("loja");
    let browser = Browser::open(driver, DESKTOP);
    // A proxy that takes the path away has to lead there itself; it never shows the path without its slash.
    browser.go(&if strips { format!("{url}/") } else { url.clone() });
    log_in(&browser, NAME);
    browser.run("location.reload()");
    browser.sees("loja");
    browser.press("Servidores");
    browser.sees("Respondendo");
    assert_eq!(browser.run("return location.pathname"), format!("{PATH}/"));
    let link = world.link("loja");
    assert!(link.starts_with(&format!("{url}/c#")), "{link}");
    browser.go(&link);
    browser.sees("Válido por");
    let elsewhere: Vec<_> =
        browser.requests().into_iter().filter(|asked| asked.contains(&address.to_string())).collect();
    assert!(elsewhere.len() > 10 && elsewhere.iter().all(|asked| asked.starts_with(&url)), "{elsewhere:?}");
    assert_eq!(browser.complaints(), Vec::<String>::new(), "the console");
}

/// A proxy that serves one request a connection, below the path alone.
fn serve(listener: &TcpListener, server: SocketAddr, strips: bool) {
    for client in listener.incoming().flatten() {
        thread::spawn(move || forward(client, server, strips));
    }
}

fn forward(mut client: TcpStream, server: SocketAddr, strips: bool) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).ok()?;
    let (method, rest) = head.split_once(' ')?;
    let below = rest.strip_prefix(PATH).filter(|below| below.starts_with(['/', ' ']));
    let Some(below) = below.filter(|below| !strips || below.starts_with('/')) else {
        return client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").ok();
    };
    let target = if strips { below } else { rest };
    let sent = format!("{method} {}", target.replacen("\r\n", "\r\nConnection: close\r\n", 1));
    let sent = sent.replace("Connection: keep-alive\r\n", "");
    let mut upstream = TcpStream::connect(server).ok()?;
    upstream.write_all(sent.as_bytes()).ok()?;
    let (mut body, mut on) = (client.try_clone().ok()?, upstream.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut body, &mut on));
    std::io::copy(&mut upstream, &mut client).ok()?;
    client.shutdown(Shutdown::Both).ok()
}
