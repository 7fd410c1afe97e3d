//! The language that sentences are in, and how one is said in each of them: the compiler asks for both.
//!
//! It is the thread's while it answers a request or writes a notice, the program's otherwise. So no sentence has it
//! handed down: a request is answered on one thread, from its beginning to its end.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::Language;

static PROGRAM_IS_ENGLISH: AtomicBool = AtomicBool::new(false);

thread_local!(static OF_THREAD: Cell<Option<Language>> = const { Cell::new(None) });

/// The language that sentences are in here and now.
pub fn language() -> Language {
    let of_program =
        || if PROGRAM_IS_ENGLISH.load(Ordering::Relaxed) { Language::English } else { Language::Portuguese };
    OF_THREAD.get().unwrap_or_else(of_program)
}

/// Sets the program's language. It is Portuguese until then.
pub fn set_language(language: Language) {
    PROGRAM_IS_ENGLISH.store(language == Language::English, Ordering::Relaxed);
}

/// Does something on this thread whose sentences are in that language.
pub fn in_language<T>(language: Language, task: impl FnOnce() -> T) -> T {
    let before = OF_THREAD.replace(Some(language));
    let done = task();
    OF_THREAD.set(before);
    done
}

/// A fixed text in Portuguese and in English: the one of [`language`].
pub(super) fn either<T>(portuguese: T, english: T) -> T {
    match language() {
        Language::Portuguese => portuguese,
        Language::English => english,
    }
}

/// A fixed text in Portuguese and in English, for tables that are made before the language is known.
#[derive(Clone, Copy, Debug)]
pub struct Text(pub &'static str, pub &'static str);

impl Text {
    /// The one of [`language`].
    pub fn get(self) -> &'static str {
        either(self.0, self.1)
    }
}

/// `format!` of the text in Portuguese or of that in English; both have the same arguments.
macro_rules! say {
    ($portuguese:literal, $english:literal $(, $($argument:tt)*)?) => {
        match $crate::text::language() {
            $crate::domain::Language::Portuguese => format!($portuguese $(, $($argument)*)?),
            $crate::domain::Language::English => format!($english $(, $($argument)*)?),
        }
    };
}
pub(super) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_its_language_and_leaves_the_threads_as_it_was() {
        let name = "x";
        let said = || (either("a", "b"), say!("{name} é {}", "{name} is {}", 1));
        assert_eq!(said(), ("a", "x é 1".to_owned()));
        assert_eq!(in_language(Language::English, said), ("b", "x is 1".to_owned()));
        let inner = || in_language(Language::Portuguese, said);
        assert_eq!(in_language(Language::English, inner).0, "a");
        assert_eq!(said().0, "a");
    }
}
