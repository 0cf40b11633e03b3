//! A proposed change of a pool's parameters, which anybody applies once its delay has passed.

use {
    crate::{
        constants::{EMISSION_STEPS_MAX, VERSION},
        error::RewardsError,
        state::{EmissionParams, EmissionStep, PoolTerms},
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::{change_state, due_epoch, ChangeState},
        seeds::SEED_CHANGE,
        units::Epoch,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["change", pool]`.
#[account]
pub struct PoolChange {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Steps of the proposed schedule; 0 for a funded pool.
    pub step_count: u8,
    /// Zero.
    pub _pad: u8,
    /// Proposed share of the revenue.
    pub rho_bps: u16,
    /// Proposed share of the burns.
    pub reemit_bps: u16,
    /// The pool that would change.
    pub pool: Address,
    /// Who proposed it, and gets the rent back.
    pub proposer: Address,
    /// Epoch in which it was proposed.
    pub proposed_epoch: u64,
    /// First epoch in which it can be applied.
    pub due_epoch: u64,
    /// Proposed parameters of the pool.
    pub terms: PoolTerms,
    /// Proposed base of the emission, in base units.
    pub base: u64,
    /// Proposed cap of what is emitted again, in base units.
    pub reemit_cap: u64,
    /// Proposed schedule.
    pub steps: [EmissionStep; EMISSION_STEPS_MAX],
}

const _: () = {
    assert!(size_of::<PoolChange>() == 272);
    assert!(offset_of!(PoolChange, pool) == 8);
    assert!(offset_of!(PoolChange, due_epoch) == 80);
};

/// What is found while a change is proposed.
pub struct ChangeOrigin {
    pub bump: u8,
    pub pool: Address,
    pub proposer: Address,
    pub epoch: u64,
}

impl Layout for PoolChange {
    const VERSION: u8 = VERSION;
}

impl PoolChange {
    /// Writes a change that waits for its delay. `emission` is that of a pool that mints.
    pub fn propose(
        &mut self,
        origin: &ChangeOrigin,
        terms: &PoolTerms,
        emission: Option<&EmissionParams>,
    ) -> Result<()> {
        self.version = VERSION;
        self.bump = origin.bump;
        self.pool = origin.pool;
        self.proposer = origin.proposer;
        self.proposed_epoch = origin.epoch;
        self.due_epoch = due_epoch(Epoch(origin.epoch)).0;
        self.terms = *terms;
        let Some(emission) = emission else {
            return Ok(());
        };
        self.rho_bps = emission.rho_bps;
        self.reemit_bps = emission.reemit_bps;
        self.base = emission.base;
        self.reemit_cap = emission.reemit_cap;
        self.steps
            .get_mut(..emission.steps.len())
            .ok_or(RewardsError::BadSteps)?
            .copy_from_slice(&emission.steps);
        self.step_count = u8::try_from(emission.steps.len()).map_err(|_| RewardsError::BadSteps)?;
        Ok(())
    }

    /// The proposed parameters of the emission.
    pub fn emission(&self) -> EmissionParams {
        EmissionParams {
            base: self.base,
            rho_bps: self.rho_bps,
            reemit_bps: self.reemit_bps,
            reemit_cap: self.reemit_cap,
            steps: self
                .steps
                .get(..usize::from(self.step_count))
                .unwrap_or_default()
                .to_vec(),
        }
    }

    /// Whether `address` is the one that the pool gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CHANGE, self.pool.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Refuses a change that cannot be applied in `epoch`.
    pub fn require_due(&self, epoch: u64) -> Result<()> {
        match change_state(Epoch(self.due_epoch), Epoch(epoch)) {
            ChangeState::Waiting => Err(RewardsError::ChangeNotDue.into()),
            ChangeState::Lapsed => Err(RewardsError::ChangeLapsed.into()),
            ChangeState::Due => Ok(()),
        }
    }

    /// What holds after every instruction that writes a change.
    ///
    /// - It has this layout and somebody to give the rent back to.
    /// - It waits for its delay.
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.proposer != Address::default()
            && self.due_epoch > self.proposed_epoch;
        require!(holds, RewardsError::InvariantViolated);
        Ok(())
    }
}
