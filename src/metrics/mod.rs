//! Counters and histograms that many threads add to without a lock, and the text that Prometheus reads.
//!
//! What is counted belongs to whoever counts it: there is no registry, and nothing here knows a name of a metric.
//! Own code and no library: those that there are look each counter up in a locked map, and the text has four rules.

mod counter;
mod exposition;
mod histogram;
mod series_table;

pub use counter::Counter;
pub use exposition::{Exposition, MetricKind};
pub use histogram::Histogram;
pub use series_table::SeriesTable;
