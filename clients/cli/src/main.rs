//! Off chain: the `trestle` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    trestle_cli::main()
}
