//! Makes what the binary embeds. Of `assets/`, into `$OUT_DIR/page`: the modules of each document joined into one file,
//! its styles into another, and everything compressed, so that the program holds each file once and packs nothing.
//! Of the API's description in Portuguese and in English, into `$OUT_DIR/description.gz`: both in one text.
//! Of the certificate authorities that Mozilla trusts, into `$OUT_DIR/authorities.gz`, so that they take a quarter less.
//!
//! It runs within every `cargo build` and needs nothing but cargo. What it refuses ends the build with a sentence.

mod bilingual;
mod join;

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=packaging/embedded");
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where it is"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    let mut files = read(&manifest.join("assets")).expect("assets/ can be read");
    fs::write(out.join("description.gz"), description(&mut files).expect("packed"))
        .expect("the description can be written");
    let made = join::page(&files).unwrap_or_else(|refused| panic!("assets: {refused}"));
    let folder = out.join("page");
    write(&folder, made).expect("the page can be written");
    let folder = folder.to_str().expect("the target folder's path is UTF-8");
    let embedded = format!(
        "/// The page's files, as `packaging/embedded/` has made them of `assets/`.\n#[derive(Embed)]\n#[folder = {folder:?}]\nstruct Embedded;\n"
    );
    fs::write(out.join("embedded.rs"), embedded).expect("the code can be written");
    fs::write(out.join("authorities.gz"), authorities().expect("packed"))
        .expect("the authorities can be written");
}

/// The API's description in both languages, compressed; it is no file of the page.
fn description(files: &mut join::Files) -> io::Result<Vec<u8>> {
    let mut take = |name: &str| {
        let file = files.remove(name).unwrap_or_else(|| panic!("assets/ has {name}"));
        String::from_utf8(file).unwrap_or_else(|_| panic!("{name} is UTF-8"))
    };
    let both = bilingual::bilingual(&take("openapi.json"), &take("openapi-en.json"));
    gzip(both.unwrap_or_else(|refused| panic!("openapi-en.json: {refused}")).as_bytes())
}

/// The certificates, each after its length in two bytes, high byte first; compressed.
fn authorities() -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        let length = u16::try_from(certificate.len()).expect("a certificate has less than 64 KiB");
        all.extend(length.to_be_bytes());
        all.extend_from_slice(certificate);
    }
    gzip(&all)
}

/// Every file below a folder, by its path from there.
fn read(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    fn walk(folder: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
            let name = format!("{below}{}", name.to_string_lossy());
            if path.is_dir() {
                walk(&path, &format!("{name}/"), found)?;
            } else {
                found.insert(name, fs::read(path)?);
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found)?;
    Ok(found)
}

/// Writes them in the place of what was there; `.gz` behind a name says that the content is compressed.
fn write(folder: &Path, files: BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (name, plain) in files {
        let packed = gzip(&plain)?;
        // Documents are completed for each request.
        let is_packed = packed.len() < plain.len() && join::ending(&name) != "html";
        let (name, content) = if is_packed { (name + ".gz", packed) } else { (name, plain) };
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder"))?;
        let mut file = File::create(path)?;
        file.write_all(&content)?;
        // It is embedded as well: two builds of the same files are to be the same bytes.
        file.set_modified(SystemTime::UNIX_EPOCH)?;
    }
    Ok(())
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}
