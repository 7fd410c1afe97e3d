//! The sentence about two sockets of one number that replace each other.

use super::language::either;

/// Two sockets replace each other, and what ends that.
pub(super) fn fighting() -> &'static str {
    either(
        "Duas conexões usam a mesma sessão deste número e derrubam uma à outra várias vezes por minuto. Pare \
         o outro programa, ou a outra Evolution API, que usa esta sessão: dois minutos depois da última queda \
         o estado volta sozinho. Se continuar, apague a instância e conecte de novo: na Evolution 2.3.7, \
         reiniciar não resolveu e apagar resolveu.",
        "Two connections use the same session of this number and drop each other several times a minute. Stop \
         the other program, or the other Evolution API, that uses this session: two minutes after the last \
         drop the status comes back by itself. If it goes on, delete the instance and connect it again: on \
         Evolution 2.3.7 a restart did not help, and deleting did.",
    )
}
