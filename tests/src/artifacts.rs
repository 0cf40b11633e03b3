//! Where the built programs are.

use std::path::{Path, PathBuf};

/// The built `.so` of a program: `staking`, `proofs`, `rewards`, `credits`, `arith_probe`, or
/// `prepaid_gateway`, which is somebody else's.
///
/// Looked for in the folder that `TRESTLE_SO_DIR` names, else where `make programs` puts it.
///
/// # Panics
///
/// When the file is not there: no test of a program can run without it.
pub fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("TRESTLE_SO_DIR").map_or_else(deploy_folder, PathBuf::from);
    let file = match name {
        "prepaid_gateway" => format!("{name}.so"),
        _ => format!("trestle_{name}.so"),
    };
    let path = folder.join(file);
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
