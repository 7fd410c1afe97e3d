//! Ordered maps and sets out of what an iterator gives.

/// What `collect` makes, one by one. To collect into an ordered map or set the standard library sorts first, for which
/// the program would carry 5 KB of code for each type.
pub fn inserted<T, C: Default + Extend<T>>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}
