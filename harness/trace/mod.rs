//! Turns raw ids into identities. Pure: no process, no file, no clock.
