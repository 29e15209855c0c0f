//! Renders what was observed.
