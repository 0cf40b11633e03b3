//! Off chain: the main job of Trestle, end to end, on a local network: `make demo`.
#![forbid(unsafe_code)]

mod demo;
mod large;
mod process;
mod report;
mod services;
mod stage;
mod steps;

pub use demo::Demo;
pub use large::run_large;
pub use steps::run;
