//! Admit an issuer of clearances.
//!
//! From then on the network takes its word for these kinds: signed as clearances of this program,
//! or as attestations of one schema under one credential of the Solana Attestation Service.
//!
//! Specification:
//! - Only the network's authority can admit an issuer, and it pays the rent.
//! - An issuer has a key, a name, and kinds that exist.
//! - A credential of attestations needs a schema, and places for the country and the tier of its
//!   kinds.
//! - A key is admitted once in a network.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        error::StakingError,
        event::IssuerAdmitted,
        state::{Issuer, IssuerParams, Network, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_ISSUER,
};

#[derive(Accounts)]
#[instruction(params: IssuerParams)]
pub struct IssuerAdmit {
    /// The network's authority, who pays the rent.
    #[account(mut, address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network that will trust the issuer.
    #[account(constraint = network.is_at(network.address()) @ StakingError::WrongAddress)]
    pub network: State<Network>,
    /// The new issuer.
    #[account(
        init, payer = authority,
        seeds = [SEED_ISSUER, network.address().as_ref(), params.authority.as_ref()],
        bump,
    )]
    pub issuer: State<Issuer>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl IssuerAdmit {
    fn validate(&self, params: &IssuerParams) -> Result<()> {
        params.validate()
    }

    pub fn issuer_admit(
        &mut self,
        params: &IssuerParams,
        bumps: &IssuerAdmitBumps,
    ) -> Result<IssuerAdmitted> {
        self.validate(params)?;
        let network = *self.network.address();
        self.issuer.admit(bumps.issuer, network, params)?;
        self.issuer.invariant()?;
        Ok(IssuerAdmitted {
            network,
            issuer: *self.issuer.address(),
            authority: self.issuer.authority,
            schema: self.issuer.schema,
            kinds: self.issuer.kinds,
            jurisdiction_at: self.issuer.jurisdiction_at,
            tier_at: self.issuer.tier_at,
            source: self.issuer.source,
            name_len: self.issuer.name_len,
            name: self.issuer.name,
            _pad: [0; 7],
        })
    }
}
