//! Accepted reports, by epoch.
