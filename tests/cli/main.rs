//! The program as its users meet it: in folders of their own, outside this repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod console;
mod contents;
mod durations;
mod ending;
mod interruption;
mod json;
mod judgement;
mod lone_file;
mod new;
mod packages;
mod pythons;
mod repository;
mod save;
mod selection;
mod shuffle;
mod sweep;
mod trouble;
mod worker;
mod world;
