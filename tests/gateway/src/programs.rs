//! The programs that this one calls, as markers in lists of accounts.

use anchor_lang::{prelude::*, Id};

/// Trestle's credits program.
pub struct Credits;

impl Id for Credits {
    fn id() -> Address {
        trestle_credits::ID
    }
    const IDL_ADDRESS: &'static str = "3CfqLuCMuCDT4rStMmfrkroCpFdag2TEpDGUSR6tpMZ8";
}

/// Trestle's proofs program.
pub struct Proofs;

impl Id for Proofs {
    fn id() -> Address {
        trestle_proofs::ID
    }
    const IDL_ADDRESS: &'static str = "AEfHZJ1sgsdSkBZYsQm7Q7TpkbdxcYsGLHYTDwrvSDRe";
}
