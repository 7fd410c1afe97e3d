//! The `pareia` binary.

fn main() {}
