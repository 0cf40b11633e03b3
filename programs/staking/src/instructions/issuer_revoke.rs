//! Revoke an issuer of clearances.
//!
//! Everything that it vouches for stops counting at once, for good: nothing new can be opened with
//! it. What was opened goes on, and its settlements, claims and exits with it.
//!
//! Specification:
//! - Only the network's authority can revoke an issuer of the network.
//! - An issuer that is revoked already is refused.

use {
    crate::{
        error::StakingError,
        event::IssuerRevoked,
        state::{Issuer, Network, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct IssuerRevoke {
    /// The network's authority.
    #[account(address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network that trusted the issuer.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = issuer.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The issuer.
    #[account(mut, constraint = issuer.is_at(issuer.address()) @ StakingError::WrongAddress)]
    pub issuer: State<Issuer>,
}

impl IssuerRevoke {
    pub fn issuer_revoke(&mut self) -> Result<IssuerRevoked> {
        self.issuer.revoke()?;
        self.issuer.invariant()?;
        Ok(IssuerRevoked {
            network: *self.network.address(),
            issuer: *self.issuer.address(),
            authority: self.issuer.authority,
        })
    }
}
