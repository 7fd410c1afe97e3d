//! pareia: one `POST` to a WhatsApp QR code, and a page that shows which numbers work.
//!
//! # The map, in reading order
//!
//! | room | job |
//! |---|---|
//! | [`domain`] | the words of the field as types; text from outside is parsed into them once |
//! | [`sync`] | locks, permits and threads, each mechanism once |
//! | [`crypto`] | sealing, hashing, randomness |
//! | [`store`] | the data folder: SQLite, migrations, sealed keys; `rusqlite` lives here alone |
//! | [`upstream`] | the Evolution API, one method for each endpoint; `ureq` lives here alone |
//! | [`instance`] | `connect` (the call), `actions` (what a person asks for by name), `monitor` (keeps rows true) |
//! | [`admin`] | the rules for credentials, users, tokens, links, sessions; passwords; `argon2` lives here alone |
//! | [`http`] | `edge` (sockets, `tiny_http`), `security` (who asks), `api` (the routes), the page's files |
//! | [`text`] | every sentence a person reads |
//! | [`sim`] | the simulated Evolution API, for `demo`, `sim`, tests and benches |
//! | [`cli`] | the command line; the only place that wires things together |
//! | [`http1`], [`qr_image`] | HTTP/1.1 messages read within bounds; QR codes drawn |
//!
//! Arrows point one way: `cli → http → {instance, admin} → {store, upstream} → {domain, sync, crypto}`. The
//! page itself is in `assets/`, and knows the HTTP API and nothing else. The simulator uses nothing of
//! what it is there to test. `tests/tidy` checks both, and who may name which crate. `docs/ARCHITECTURE.md`
//! is the way in: it says where each thing is decided, and how to add one.
//!
//! # What always holds
//!
//! 1. For one name there is one row, one `create` and one socket upstream, however many callers
//!    and processes ask. Equal calls share a run and different ones take turns
//!    (`instance::connect`, the singleflight); processes take turns by a file lock that the system
//!    frees when its holder dies.
//! 2. Intent is durable before it is acted on: a pending row before anything upstream, the moment
//!    of a `create` or `connect` before it leaves. A call that takes up after a crash runs the same
//!    plan over what the crash left, and gives what is still under way its time to show.
//! 3. `connect` on a closed instance opens a socket, and no look before it makes it safe: none is sent
//!    where a phone is paired, one after a `close` that stayed where one may be, one in a call
//!    elsewhere, and none while the state flaps. A code is answered only if it belongs to the socket that
//!    waits for a scan now.
//! 4. Nothing upstream is deleted, logged out or restarted but what a person asked for by name, and
//!    of that only an instance that is the row's own.
//! 5. The database is never held across a network call. An answered 200 is on the disk.
//! 6. A user's calls reach that user's rows. What a phone is paired with is adopted by
//!    administrators only; a row that moves to another server has to find its own instance there,
//!    by its id, or counts as new. A connect link opens one row and one route.
//! 7. Keys, tokens, passwords and codes are in no log and no error: they travel as
//!    [`domain::Secret`].
//! 8. A status is what upstream said last. Each change is one row of the history, written by the
//!    database itself. The monitor overwrites nothing that a call knows better, and where a server
//!    does not answer, the rows say since when nothing is known.
//! 9. Everything has a bound with a name and a reason: time, bytes, threads, queues, retries.

pub mod admin;
pub mod cli;
pub mod crypto;
pub mod domain;
pub mod http;
pub mod http1;
pub mod instance;
pub mod qr_image;
pub mod sim;
pub mod store;
pub mod sync;
pub mod text;
pub mod upstream;
