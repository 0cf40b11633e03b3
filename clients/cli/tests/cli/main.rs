//! Tests of the `trestle` command: every result as it is printed, the reference, exit codes.

mod exit_codes;
mod outputs;
mod reference;
mod samples;
mod samples_billing;
mod samples_clearance;
mod samples_dispute;
mod samples_governance;
mod samples_lease;
mod surface;
