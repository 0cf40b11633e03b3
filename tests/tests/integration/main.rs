//! Off chain: every test that needs built programs, in one binary.

mod sbpf_arithmetic;
mod stake_deposit;
mod tidy;
