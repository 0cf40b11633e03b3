//! Open the emission of a pool that mints.
//!
//! A pool that mints gives an epoch `min(schedule, base + rho * revenue / price)` and a capped,
//! smoothed share of what was burned. What the rule does not grant is not minted.
//!
//! Specification:
//! - Only the network's authority opens an emission, one for each pool that mints.
//! - A pool that is funded has none.
//! - A schedule has 1 to 8 steps in ascending order.
//! - Base, and each step with the re-emission cap, stay within the pool's tokens an epoch.
//! - Shares of revenue and burns that are not together below the market's protocol fee are refused.
//! - Only the pool of the network's first service emits burns again.
//! - What was paid and burned before it was opened earns nothing.
//! - A market of another network is refused.
//! - A paused network refuses.

use {
    crate::{
        constants::CREDITS_ID,
        error::RewardsError,
        event::EmissionOpened,
        sources::{self, MarketFacts},
        state::{Emission, EmissionBounds, EmissionOrigin, EmissionParams, Pool, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{
        pause::AREA_REWARDS,
        pool::MODE_MINT,
        seeds::{SEED_EMISSION, SEED_REVENUE},
    },
    trestle_staking::state::{Network, Service},
};

#[derive(Accounts)]
pub struct EmissionOpen {
    /// The network's authority: pays the rent.
    #[account(mut, address = network.authority @ RewardsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The pool's network.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool's service: whether it is the network's first.
    #[account(address = pool.service @ RewardsError::WrongService)]
    pub service: State<Service>,
    /// The pool that mints.
    #[account(constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The network's market; checked when it is read.
    pub market: UncheckedAccount,
    /// What customers paid for the service; nothing yet if it does not exist.
    #[account(
        seeds = [SEED_REVENUE, service.address().as_ref()],
        seeds::program = CREDITS_ID,
        bump,
    )]
    pub revenue: UncheckedAccount,
    /// The emission.
    #[account(
        init,
        payer = authority,
        seeds = [SEED_EMISSION, pool.address().as_ref()],
        bump,
    )]
    pub emission: State<Emission>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl EmissionOpen {
    fn validate(&self, params: &EmissionParams) -> Result<MarketFacts> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        require!(self.pool.mode == MODE_MINT, RewardsError::NotMinting);
        let market = sources::market(self.market.account(), self.network.address())?;
        params.validate(&EmissionBounds {
            ceiling: self.pool.tokens_per_epoch,
            protocol_fee_bps: market.protocol_fee_bps,
            counts_burns: self.counts_burns(),
        })?;
        Ok(market)
    }

    fn counts_burns(&self) -> bool {
        self.service.index == 0
    }

    pub fn emission_open(
        &mut self,
        params: &EmissionParams,
        bumps: &EmissionOpenBumps,
    ) -> Result<EmissionOpened> {
        let market = self.validate(params)?;
        let origin = EmissionOrigin {
            bump: bumps.emission,
            token_decimals: self.network.token_decimals,
            counts_burns: self.counts_burns(),
            pool: *self.pool.address(),
            market: *self.market.address(),
            revenue: *self.revenue.address(),
            revenue_before: sources::consumed(self.revenue.account(), self.service.address())?,
            burned_before: market.burned,
            protocol_fee_bps: market.protocol_fee_bps,
        };
        self.emission.open(&origin, params)?;
        self.emission.invariant()?;
        Ok(EmissionOpened {
            emission: *self.emission.address(),
            pool: origin.pool,
            market: origin.market,
            revenue: origin.revenue,
            revenue_before: origin.revenue_before,
            burned_before: origin.burned_before,
            base: params.base,
            reemit_cap: params.reemit_cap,
            steps: self.emission.steps,
            rho_bps: params.rho_bps,
            reemit_bps: params.reemit_bps,
            step_count: self.emission.step_count,
            _pad: [0; 3],
        })
    }
}
