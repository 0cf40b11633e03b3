//! Propose a change of a pool's parameters.
//!
//! Nothing changes yet. Whoever dislikes what is coming has at least two whole epochs to leave.
//!
//! Specification:
//! - Only the network's authority proposes, one change of a pool at a time.
//! - It can be applied after two whole epochs.
//! - Parameters that the pool could not be opened with are refused.
//! - The tokens an epoch of a pool that mints are its ceiling for good.
//! - A paused network refuses.

use {
    crate::{
        clock::network_epoch,
        error::RewardsError,
        event::PoolChangeProposed,
        sources,
        state::{ChangeOrigin, EmissionParams, Pool, PoolChange, PoolTerms, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{pause::AREA_REWARDS, pool::MODE_MINT, seeds::SEED_CHANGE},
    trestle_staking::state::Network,
};

/// What is proposed for a pool.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct ChangeArgs {
    /// The pool's parameters.
    pub terms: PoolTerms,
    /// The emission's parameters; ignored by a pool that is funded.
    pub emission: EmissionParams,
}

#[derive(Accounts)]
pub struct PoolChangePropose {
    /// The network's authority: pays the rent.
    #[account(mut, address = network.authority @ RewardsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The pool's network.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool that would change.
    #[account(constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The pool's emission. This and the next one are not read if the pool is funded.
    pub emission: UncheckedAccount,
    /// The network's market.
    pub market: UncheckedAccount,
    /// The change.
    #[account(
        init,
        payer = authority,
        seeds = [SEED_CHANGE, pool.address().as_ref()],
        bump,
    )]
    pub change: State<PoolChange>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl PoolChangePropose {
    fn validate(&self, args: &ChangeArgs) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        args.terms.validate(&self.pool)?;
        if self.pool.mode == MODE_MINT {
            let pool = self.pool.address();
            let emission = sources::emission(self.emission.account(), pool)?;
            let market = sources::market(self.market.account(), self.network.address())?;
            let bounds = sources::bounds(&self.pool, &emission, &market);
            args.emission.validate(&bounds)?;
        }
        Ok(())
    }

    pub fn pool_change_propose(
        &mut self,
        args: &ChangeArgs,
        bumps: &PoolChangeProposeBumps,
    ) -> Result<PoolChangeProposed> {
        self.validate(args)?;
        let now = Clock::get()?.unix_timestamp;
        let origin = ChangeOrigin {
            bump: bumps.change,
            pool: *self.pool.address(),
            proposer: *self.authority.address(),
            epoch: network_epoch(&self.network, now)?,
        };
        let emission = (self.pool.mode == MODE_MINT).then_some(&args.emission);
        self.change.propose(&origin, &args.terms, emission)?;
        self.change.invariant()?;
        Ok(PoolChangeProposed {
            change: *self.change.address(),
            pool: origin.pool,
            proposer: origin.proposer,
            due_epoch: self.change.due_epoch,
            terms: self.change.terms,
            base: self.change.base,
            reemit_cap: self.change.reemit_cap,
            steps: self.change.steps,
            rho_bps: self.change.rho_bps,
            reemit_bps: self.change.reemit_bps,
            step_count: self.change.step_count,
            _pad: [0; 3],
        })
    }
}
