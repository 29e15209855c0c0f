//! Schedules runs over workers and yields one stream of events.
