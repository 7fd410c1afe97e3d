//! The page in a real browser: what a person sees and does, against the server, its data and the
//! simulated upstream as in the suite.
//!
//! A machine without Chromium skips this, and says so: `apt-get install chromium chromium-driver`.
//! With `PAREIA_BROWSER=required` it fails instead. `PAREIA_PICTURES` names a folder for pictures of
//! the screens that the tests pass; `PAREIA_ROUNDS` how often `paint.rs` opens each page.

mod accessibility;
mod answers;
mod driver;
mod flows;
#[expect(dead_code, reason = "shared with the suite, which uses all of it")]
#[path = "../harness.rs"]
mod harness;
mod layout;
mod listing;
mod moving;
mod paint;
mod screens;
mod sub_path;
mod typing;
mod wording;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use driver::Driver;

/// Tests at a time: each has a browser and a server of its own, on two cores.
const AT_A_TIME: usize = 3;

/// A test, by its name.
type Test = (&'static str, fn(&Driver));

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let Some(driver) = Driver::start() else { return skipped() };
    let all = [
        flows::TESTS,
        answers::TESTS,
        typing::TESTS,
        wording::TESTS,
        layout::TESTS,
        listing::TESTS,
        moving::TESTS,
        paint::TESTS,
        screens::TESTS,
        sub_path::TESTS,
    ];
    let tests = all.into_iter().flatten().copied();
    let tests: Vec<Test> = tests.filter(|(name, _)| name.contains(&wanted)).collect();
    println!("\nrunning {} tests in Chromium", tests.len());
    let (begun, failed) = (Instant::now(), run_all(&driver, tests));
    let result = if failed.is_empty() { "ok" } else { "FAILED" };
    println!("\nbrowser result: {result}. {} failed, {:.1} s\n", failed.len(), begun.elapsed().as_secs_f32());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn skipped() -> ExitCode {
    println!(
        "\nbrowser: SKIPPED, there is no chromedriver here (apt-get install chromium chromium-driver)\n"
    );
    let required = std::env::var("PAREIA_BROWSER").is_ok_and(|value| value == "required");
    if required { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Runs them, a few at a time; the names of those that failed.
fn run_all(driver: &Driver, tests: Vec<Test>) -> Vec<&'static str> {
    let (tests, failed) = (Mutex::new(tests.into_iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some((name, test)) = tests.lock().expect("whole").next() else { return };
                    let begun = Instant::now();
                    let passed = catch_unwind(AssertUnwindSafe(|| test(driver))).is_ok();
                    let word = if passed { "ok" } else { "FAILED" };
                    println!("test {name} ... {word} ({:.1} s)", begun.elapsed().as_secs_f32());
                    if !passed {
                        failed.lock().expect("whole").push(name);
                    }
                }
            });
        }
    });
    failed.into_inner().expect("whole")
}
