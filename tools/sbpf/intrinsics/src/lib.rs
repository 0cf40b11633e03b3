//! On chain only: the 128-bit arithmetic routines that LLVM calls, for programs built by the
//! upstream toolchain.
//!
//! Rust before 1.99 compiles these routines with their 128-bit operands passed by pointer, while
//! LLVM 23 calls them with the operands in registers; a program linked against the former corrupts
//! memory at its first `u128` product. The definitions here take their operands as LLVM passes them
//! (`extern "unadjusted"`) and win over the weak ones of `compiler_builtins`. They are handed to
//! the
//! linker, so that no program's source knows of them. Delete this crate once the Debian compiler is
//! Rust 1.99 or newer.
//!
//! Inside, only 64-bit operations are used: a 128-bit product or quotient here would call itself.

#![no_std]
#![feature(abi_unadjusted)]
#![allow(internal_features)]

mod wide;

use wide::{quotient_remainder, Wide};

#[no_mangle]
pub extern "unadjusted" fn __multi3(a: u128, b: u128) -> u128 {
    Wide::split(a).wrapping_mul(Wide::split(b)).join()
}

#[no_mangle]
pub extern "unadjusted" fn __udivti3(n: u128, d: u128) -> u128 {
    quotient_remainder(Wide::split(n), Wide::split(d)).0.join()
}

#[no_mangle]
pub extern "unadjusted" fn __umodti3(n: u128, d: u128) -> u128 {
    quotient_remainder(Wide::split(n), Wide::split(d)).1.join()
}

#[no_mangle]
pub extern "unadjusted" fn __divti3(n: i128, d: i128) -> i128 {
    let (n, d) = (Wide::split(n as u128), Wide::split(d as u128));
    let q = quotient_remainder(n.magnitude(), d.magnitude()).0;
    q.negate_if(n.is_negative() != d.is_negative()).join() as i128
}

#[no_mangle]
pub extern "unadjusted" fn __modti3(n: i128, d: i128) -> i128 {
    let (n, d) = (Wide::split(n as u128), Wide::split(d as u128));
    let r = quotient_remainder(n.magnitude(), d.magnitude()).1;
    r.negate_if(n.is_negative()).join() as i128
}

#[no_mangle]
pub extern "unadjusted" fn __ashlti3(a: u128, bits: u32) -> u128 {
    Wide::split(a).shl(bits).join()
}

#[no_mangle]
pub extern "unadjusted" fn __lshrti3(a: u128, bits: u32) -> u128 {
    Wide::split(a).shr(bits).join()
}

#[no_mangle]
pub extern "unadjusted" fn __ashrti3(a: i128, bits: u32) -> i128 {
    let wide = Wide::split(a as u128);
    // For a negative value, shifting the complement shifts zeros in where ones belong.
    if wide.is_negative() {
        wide.complement().shr(bits).complement().join() as i128
    } else {
        wide.shr(bits).join() as i128
    }
}
