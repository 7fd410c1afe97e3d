//! The sentence about two sockets of one number that replace each other.

/// Two sockets replace each other, and what ends that.
pub(super) const FIGHTING: &str = "Duas conexões usam a mesma sessão deste número e derrubam uma à outra várias vezes por \
    minuto. Pare o outro programa, ou a outra Evolution API, que usa esta sessão: dois minutos depois da última \
    queda o estado volta sozinho. Se continuar, apague a instância e conecte de novo: na Evolution 2.3.7, reiniciar não \
    resolveu e apagar resolveu.";
