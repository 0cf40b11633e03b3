//! Register an operator with a service.
//!
//! Opens the account that stake is deposited to. Registering costs rent and no stake: what work
//! an operator may take depends on the stake that it has then.
//!
//! Specification:
//! - Anybody can register, and pays the rent.
//! - A wallet registers once with a service.
//! - The payout account holds the network's token and is none of the network's vaults.
//! - The profile has a node key, a capacity in bounds and an http(s) URL.
//! - A paused network refuses.

use {
    crate::{
        error::StakingError,
        event::OperatorRegistered,
        state::{Network, Operator, OperatorIdentity, OperatorProfile, Service, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::seeds::SEED_OPERATOR,
};

#[derive(Accounts)]
pub struct OperatorRegister {
    /// The wallet that registers, by which the operator's address is derived for good; pays the
    /// rent and becomes the controller.
    #[account(mut)]
    pub authority: Signer,
    /// The service's network.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service to work for: it counts its operators.
    #[account(
        mut,
        constraint = service.is_at(service.address()) @ StakingError::WrongAddress,
    )]
    pub service: State<Service>,
    /// Token account that rewards will go to.
    #[account(
        constraint = address_eq(payout.mint(), &network.token_mint) @ StakingError::BadPayout,
        constraint = !address_eq(payout.owner(), network.address()) @ StakingError::BadPayout,
    )]
    pub payout: Account<TokenAccount>,
    /// The new operator.
    #[account(
        init, payer = authority,
        seeds = [SEED_OPERATOR, service.address().as_ref(), authority.address().as_ref()],
        bump,
    )]
    pub operator: State<Operator>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl OperatorRegister {
    fn validate(&self, profile: &OperatorProfile) -> Result<()> {
        self.network.require_running()?;
        profile.validate()
    }

    pub fn operator_register(
        &mut self,
        profile: &OperatorProfile,
        bumps: &OperatorRegisterBumps,
    ) -> Result<OperatorRegistered> {
        self.validate(profile)?;
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        self.operator.register(&OperatorIdentity {
            bump: bumps.operator,
            service: *self.service.address(),
            network: *self.network.address(),
            authority: *self.authority.address(),
            registered_epoch: epoch.0,
        });
        self.operator.describe(profile, *self.payout.address())?;
        self.service.add_operator()?;
        self.operator.invariant()?;
        self.service.invariant()?;
        Ok(OperatorRegistered {
            service: self.operator.service,
            operator: *self.operator.address(),
            authority: self.operator.authority,
            payout: self.operator.payout,
            node_key: self.operator.node_key,
            capacity_gib: self.operator.capacity_gib,
            registered_epoch: self.operator.registered_epoch,
            zone: self.operator.zone,
            _pad: [0; 4],
        })
    }
}
