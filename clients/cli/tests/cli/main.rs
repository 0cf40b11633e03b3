//! Tests of the `trestle` command.
