//! The words of the report of a month.

use super::language::either;

/// No month.
pub fn month_invalid() -> &'static str {
    either("month deve ser um mês, como 2026-11", "month must be a month, like 2026-11")
}

/// What is said of each number.
pub fn uptime_number_columns() -> &'static [&'static str] {
    either(
        &["Nome", "Nome técnico", "Número", "Dono", "Servidor", "Etiquetas"],
        &["Name", "Technical name", "Number", "Owner", "Server", "Labels"],
    )
}

/// What is said of each label.
pub fn uptime_label_columns() -> &'static [&'static str] {
    either(&["Etiqueta", "Números"], &["Label", "Numbers"])
}

/// The sums of either.
pub fn uptime_sum_columns() -> &'static [&'static str] {
    either(
        &["Disponibilidade (%)", "Horas conectado", "Horas fora", "Horas sem dados", "Quedas"],
        &["Availability (%)", "Hours connected", "Hours down", "Hours without data", "Drops"],
    )
}

/// All numbers, in the place of a label.
pub fn uptime_all() -> &'static str {
    either("Todos os números", "All numbers")
}
