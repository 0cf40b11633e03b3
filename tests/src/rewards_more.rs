//! Minting pools, stablecoin, held rewards, delegators and changes: builders of the rewards
//! program's other instructions.

use {
    crate::{
        rewards::{pool_params, Payee, RewardsWorld, PER_EPOCH},
        svm::{Outcome, Sent},
        tokens::TOKEN,
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    spl_token_interface::state::Mint,
    trestle_core::leaf::LeafCounters,
    trestle_rewards::{
        accounts,
        address::claim_address,
        groups::client::StablePool,
        instruction,
        instructions::ChangeArgs,
        state::{
            Emission, EmissionParams, EmissionStep, Pool, PoolChange, PoolParams, PoolTerms,
            StableParams,
        },
    },
    trestle_staking::{
        address::{
            delegation_pool_address, delegator_stable_vault_address, delegator_vault_address,
            delegator_vaults_address,
        },
        constants::DISTRIBUTOR,
        leaf::LeafProof,
    },
};

/// One US dollar of stablecoin, in base units.
pub const DOLLAR: u64 = 1_000_000;

/// Parameters that the program accepts: of the schedule's 900 tokens an epoch gets 100 whatever was
/// sold, and a twentieth of the revenue besides; of what was burned a fiftieth, at most 50 tokens.
pub fn emission_params() -> EmissionParams {
    EmissionParams {
        base: 100 * TOKEN,
        rho_bps: 500,
        reemit_bps: 200,
        reemit_cap: 50 * TOKEN,
        steps: vec![
            EmissionStep {
                first_epoch: 0,
                tokens_per_epoch: 900 * TOKEN,
            },
            EmissionStep {
                first_epoch: 10,
                tokens_per_epoch: 450 * TOKEN,
            },
        ],
    }
}

/// A breaker that the program accepts: more than most tests pay.
pub fn stable_params() -> StableParams {
    StableParams {
        breaker_capacity: 100_000 * DOLLAR,
        breaker_window_seconds: 3_600,
    }
}

/// A leaf that has earned stablecoin and nothing else.
pub fn earned_stable(stable: u64) -> LeafCounters {
    LeafCounters {
        stable,
        ..LeafCounters::default()
    }
}

impl RewardsWorld {
    /// A pool that mints, without an emission.
    pub fn minting_without_emission() -> Self {
        let mut world = Self::without_pool();
        let mut mint: Mint = world.svm.packed(&world.token_mint);
        mint.mint_authority = Some(world.minter).into();
        let address = world.token_mint;
        world.svm.put_packed(address, &mint);
        let params = PoolParams {
            mode: 2,
            ..pool_params()
        };
        world.open_pool(params).expect("a minting pool");
        world
    }

    /// A pool that mints by these parameters.
    pub fn minting(params: EmissionParams) -> Self {
        let mut world = Self::minting_without_emission();
        world.open_emission(params).expect("an emission");
        world
    }

    /// A funded pool that pays stablecoin.
    pub fn paying_stable() -> Self {
        let mut world = Self::new();
        world.open_stable(stable_params()).expect("a stable vault");
        world
    }

    /// A funded pool that holds rewards back, with months of so many epochs.
    pub fn holding(epochs_per_month: u32) -> Self {
        Self::with(PoolParams {
            epochs_per_month,
            ..pool_params()
        })
    }

    /// A change to what the pool has now.
    pub fn change_args(&self) -> ChangeArgs {
        ChangeArgs {
            terms: self.terms(),
            emission: emission_params(),
        }
    }

    pub fn open_emission(&mut self, params: EmissionParams) -> Outcome {
        let ix = self.emission_open(self.authority.pubkey(), params);
        let authority = self.authority_key();
        self.svm.send(&[ix], &[&authority])
    }

    pub fn open_stable(&mut self, params: StableParams) -> Outcome {
        let ix = self.pool_stable_open(self.authority.pubkey(), params);
        let authority = self.authority_key();
        self.svm.send(&[ix], &[&authority])
    }

    pub fn propose(&mut self, args: ChangeArgs) -> Outcome {
        let ix = self.pool_change_propose(self.authority.pubkey(), args);
        let authority = self.authority_key();
        self.svm.send(&[ix], &[&authority])
    }

    /// Puts stablecoin into the stable vault, as the credits program releases it.
    pub fn release_stable(&mut self, dollars: u64) {
        let vault = self.stable_vault;
        let mut state: spl_token_interface::state::Account = self.svm.packed(&vault);
        state.amount += dollars;
        self.svm.put_packed(vault, &state);
    }

    /// Moves to an epoch, brings the price up to date and allots the epoch.
    pub fn allot_at(&mut self, epoch: u64) -> Sent {
        self.run_to(epoch);
        let Self { staking, sales, .. } = self;
        sales.quote(&mut staking.svm);
        self.allot(epoch)
    }

    /// Lets time pass until an epoch runs.
    pub fn run_to(&mut self, epoch: u64) {
        while self.epoch() < epoch {
            self.svm.advance(3_600);
        }
    }

    /// Names an account for the stablecoin of an operator, and returns it.
    pub fn set_stable_payout(&mut self, payee: &Payee) -> Address {
        let (mint, owner) = (self.stable_mint, payee.keys.authority.pubkey());
        let payout = self.svm.put_tokens(mint, owner, 0);
        let ix = self.claim_stable_payout_set(payee, payout);
        self.svm.must(&[ix], &[&payee.keys.authority]);
        payout
    }

    /// Claims the stablecoin of an epoch's leaf.
    pub fn claim_stable(&mut self, payee: &Payee, payout: Address, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &payee.keys.address);
        let ix = self.reward_claim_stable(payee, payout, leaf);
        self.svm.send(&[ix], &[])
    }

    /// Takes a slash of an operator's pay by the leaf of an epoch.
    pub fn slash_held(&mut self, payee: &Payee, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &payee.keys.address);
        let ix = self.held_slash(payee, leaf);
        self.svm.send(&[ix], &[])
    }

    /// Takes a slash of an operator's stake by the leaf of an epoch.
    pub fn slash_stake(&mut self, payee: &Payee, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &payee.keys.address);
        let ix = self.slash_apply(payee.keys.address, self.roots.ring, leaf);
        self.svm.send(&[ix], &[])
    }

    /// An operator with this stake of its own and of a delegator, and an open claim.
    pub fn delegated_payee(&mut self, own: u64, delegated: u64, commission_bps: u16) -> Payee {
        let authority = self.authority_key();
        let ix = self.delegator_vaults_open(authority.pubkey());
        self.svm.must(&[ix], &[&authority]);
        let keys = self.operator("delegated", own);
        let ix = self.delegation_pool_open(&keys, commission_bps);
        self.svm.must(&[ix], &[&keys.authority]);
        self.delegated("delegator", &keys, delegated);
        let claim = claim_address(&self.pool, &keys.address).0;
        let ix = self.claim_open(authority.pubkey(), keys.address);
        self.svm.must(&[ix], &[&authority]);
        Payee { keys, claim }
    }

    pub fn emission_state(&self) -> Emission {
        self.svm.get(&self.emission)
    }

    pub fn change_state(&self) -> PoolChange {
        self.svm.get(&self.change)
    }

    /// The present parameters of the pool, to be changed.
    pub fn terms(&self) -> PoolTerms {
        let pool: Pool = self.pool_state();
        PoolTerms {
            tokens_per_epoch: PER_EPOCH,
            breaker_capacity: pool.breaker_capacity,
            breaker_window_seconds: pool.breaker_window_seconds,
            stable_breaker_capacity: pool.stable_breaker_capacity,
            stable_breaker_window_seconds: pool.stable_breaker_window_seconds,
            epochs_per_month: pool.epochs_per_month,
            _pad: 0,
        }
    }
}

/// The instructions, one builder each.
impl RewardsWorld {
    pub fn emission_open(&self, authority: Address, params: EmissionParams) -> Instruction {
        instruction::EmissionOpen { params }.to_instruction(accounts::EmissionOpen {
            authority,
            network: self.network,
            service: self.service,
            pool: self.pool,
            market: self.sales.market,
            revenue: self.sales.revenue,
            emission: self.emission,
            system_program: System::id(),
        })
    }

    pub fn pool_stable_open(&self, authority: Address, params: StableParams) -> Instruction {
        instruction::PoolStableOpen { params }.to_instruction(accounts::PoolStableOpen {
            authority,
            network: self.network,
            pool: self.pool,
            stable_mint: self.stable_mint,
            stable_vault: self.stable_vault,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn claim_stable_payout_set(&self, payee: &Payee, stable_payout: Address) -> Instruction {
        instruction::ClaimStablePayoutSet {}.to_instruction(accounts::ClaimStablePayoutSet {
            controller: payee.keys.authority.pubkey(),
            operator: payee.keys.address,
            network: self.network,
            claim: payee.claim,
            stable_payout,
        })
    }

    pub fn reward_claim_stable(
        &self,
        payee: &Payee,
        stable_payout: Address,
        leaf: LeafProof,
    ) -> Instruction {
        instruction::RewardClaimStable { leaf }.to_instruction(accounts::RewardClaimStable {
            from: StablePool {
                pool: self.pool,
                stable_vault: self.stable_vault,
                ring: self.roots.ring,
                token_program: Token::id(),
            },
            claim: payee.claim,
            stable_payout,
        })
    }

    pub fn held_release(&self, payee: &Payee) -> Instruction {
        instruction::HeldRelease {}.to_instruction(accounts::HeldRelease {
            from: self.paying_pool(),
            network: self.network,
            operator: payee.keys.address,
            claim: payee.claim,
            payout: payee.keys.purse,
        })
    }

    pub fn held_slash(&self, payee: &Payee, leaf: LeafProof) -> Instruction {
        instruction::HeldSlash { leaf }.to_instruction(accounts::HeldSlash {
            from: self.paying_pool(),
            network: self.network,
            operator: payee.keys.address,
            claim: payee.claim,
            token_mint: self.token_mint,
            insurance_vault: self.insurance_vault,
            staking_program: trestle_staking::ID,
        })
    }

    pub fn delegation_pay(&self, payee: &Payee) -> Instruction {
        instruction::DelegationPay {}.to_instruction(accounts::DelegationPay {
            from: self.paying_pool(),
            stable_vault: self.stable_vault,
            claim: payee.claim,
            distributor: DISTRIBUTOR,
            network: self.network,
            delegation_pool: delegation_pool_address(&payee.keys.address).0,
            delegator_vaults: delegator_vaults_address(&self.network).0,
            delegator_vault: delegator_vault_address(&self.network).0,
            delegator_stable_vault: delegator_stable_vault_address(&self.network).0,
            staking_program: trestle_staking::ID,
        })
    }

    pub fn pool_change_propose(&self, authority: Address, args: ChangeArgs) -> Instruction {
        instruction::PoolChangePropose { args }.to_instruction(accounts::PoolChangePropose {
            authority,
            network: self.network,
            pool: self.pool,
            emission: self.emission,
            market: self.sales.market,
            change: self.change,
            system_program: System::id(),
        })
    }

    pub fn pool_change_apply(&self) -> Instruction {
        instruction::PoolChangeApply {}.to_instruction(accounts::PoolChangeApply {
            proposer: self.authority.pubkey(),
            network: self.network,
            pool: self.pool,
            emission: self.emission,
            market: self.sales.market,
            change: self.change,
        })
    }

    pub fn pool_change_cancel(&self, authority: Address) -> Instruction {
        instruction::PoolChangeCancel {}.to_instruction(accounts::PoolChangeCancel {
            authority,
            proposer: self.authority.pubkey(),
            network: self.network,
            pool: self.pool,
            change: self.change,
        })
    }
}
