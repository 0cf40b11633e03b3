//! Where the built programs are.

use std::path::{Path, PathBuf};

/// The built `.so` of a program: `staking`, `proofs`, `rewards`, `credits` or `arith_probe`.
///
/// Looked for in the folder that `TRESTLE_SO_DIR` names, else where `make programs` puts it.
///
/// # Panics
///
/// When the file is not there: no test of a program can run without it.
pub fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("TRESTLE_SO_DIR").map_or_else(deploy_folder, PathBuf::from);
    let path = folder.join(format!("trestle_{name}.so"));
    assert!(
        path.is_file(),
        "{} is not there: run `make programs`",
        path.display()
    );
    path
}

fn deploy_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/deploy")
}
