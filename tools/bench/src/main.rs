//! Off chain: `make bench` measures; `trestle-bench readme` writes the README's tables.
#![forbid(unsafe_code)]

mod speed;

fn main() -> anyhow::Result<()> {
    speed::print()
}
