//! A pool with final roots behind it, and builders of the rewards program's instructions.

use {
    crate::{
        final_roots::Roots,
        sales::Sales,
        staking::{OperatorKeys, World},
        svm::{Outcome, Sent},
        tokens::TOKEN,
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::ops::{Deref, DerefMut},
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::{
        accounts,
        address::{
            change_address, claim_address, emission_address, minter_address, pool_address,
            pool_stable_vault_address, pool_vault_address,
        },
        groups::client::PayingPool,
        instruction,
        instructions::reward_push::{PushArgs, PushLeaf},
        state::{Claim, Pool, PoolParams},
    },
    trestle_staking::{address::delegation_pool_address, leaf::LeafProof},
};

/// What the test pool allots to an epoch, in base units.
pub const PER_EPOCH: u64 = 1_000 * TOKEN;
/// What the test pool's breaker lets out at once, in base units: more than most tests pay.
pub const CAPACITY: u64 = 100_000 * TOKEN;

/// A network whose service has a pool.
pub struct RewardsWorld {
    pub staking: World,
    pub roots: Roots,
    pub pool: Address,
    pub vault: Address,
    pub stable_vault: Address,
    pub emission: Address,
    pub change: Address,
    /// What the credits program says, written into the chain as it would write it.
    pub sales: Sales,
    pub minter: Address,
    /// Puts tokens into the pool.
    pub funder: OperatorKeys,
}

/// An operator that can be paid.
pub struct Payee {
    pub keys: OperatorKeys,
    pub claim: Address,
}

impl Deref for RewardsWorld {
    type Target = World;

    fn deref(&self) -> &World {
        &self.staking
    }
}

impl DerefMut for RewardsWorld {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.staking
    }
}

/// Parameters that the program accepts: a funded pool that begins with epoch 0.
pub fn pool_params() -> PoolParams {
    PoolParams {
        mode: 1,
        tokens_per_epoch: PER_EPOCH,
        first_epoch: 0,
        breaker_capacity: CAPACITY,
        breaker_window_seconds: 3_600,
        epochs_per_month: 0,
    }
}

impl RewardsWorld {
    /// A network with an open pool, a funder and an empty ring.
    pub fn new() -> Self {
        Self::with(pool_params())
    }

    /// The same with these parameters.
    pub fn with(params: PoolParams) -> Self {
        let mut world = Self::without_pool();
        world.open_pool(params).expect("a pool");
        world
    }

    /// The same before the pool is open.
    pub fn without_pool() -> Self {
        let mut staking = World::new(&["rewards"]);
        let roots = Roots::new(&mut staking.svm, staking.service);
        let pool = pool_address(&staking.service).0;
        let sales = Sales::new(&mut staking);
        Self {
            stable_vault: pool_stable_vault_address(&pool).0,
            emission: emission_address(&pool).0,
            change: change_address(&pool).0,
            sales,
            funder: staking.operator_keys("funder"),
            minter: minter_address(&staking.network).0,
            vault: pool_vault_address(&pool).0,
            pool,
            roots,
            staking,
        }
    }

    pub fn open_pool(&mut self, params: PoolParams) -> Outcome {
        let ix = self.pool_open(self.authority.pubkey(), params);
        let authority = self.authority.insecure_clone();
        self.svm.send(&[ix], &[&authority])
    }

    /// Funds the pool.
    pub fn fund(&mut self, amount: u64) -> Sent {
        let ix = self.pool_fund(self.funder.authority.pubkey(), self.funder.purse, amount);
        let funder = self.funder.authority.insecure_clone();
        self.svm.must(&[ix], &[&funder])
    }

    /// Allots the next epoch.
    pub fn allot(&mut self, epoch: u64) -> Sent {
        let ix = self.epoch_allot(epoch);
        self.svm.must(&[ix], &[])
    }

    /// Funds and allots so much that the next payments stay within it.
    pub fn allow(&mut self, tokens: u64) {
        self.fund(tokens);
        let mut epoch = self.pool_state().next_epoch().expect("an epoch");
        let mut allotted = 0;
        while allotted < tokens {
            self.reach(epoch);
            self.allot(epoch);
            allotted += PER_EPOCH;
            epoch += 1;
        }
    }

    /// A registered operator with an open claim.
    pub fn payee(&mut self, name: &str) -> Payee {
        let keys = self.staking.operator(name, 0);
        let claim = claim_address(&self.pool, &keys.address).0;
        let ix = self.claim_open(self.authority.pubkey(), keys.address);
        let authority = self.authority.insecure_clone();
        self.svm.must(&[ix], &[&authority]);
        Payee { keys, claim }
    }

    /// Makes a root final after its epoch, and syncs the claims of its operators, which is what
    /// they are paid by it for.
    pub fn publish(&mut self, epoch: u64, leaves: &[(Address, LeafCounters)], leaf_count: usize) {
        self.publish_unsynced(epoch, leaves, leaf_count);
        self.sync(leaves);
    }

    /// The same with totals that need not be the sums.
    pub fn publish_with_totals(
        &mut self,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
        totals: Totals,
    ) {
        self.reach(epoch + 1);
        let Self { staking, roots, .. } = self;
        roots.publish_with_totals(&mut staking.svm, epoch, leaves, leaf_count, totals);
        self.sync(leaves);
    }

    /// Makes a root final after its epoch, and leaves the claims alone.
    pub fn publish_unsynced(
        &mut self,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
    ) {
        self.reach(epoch + 1);
        let Self { staking, roots, .. } = self;
        roots.publish(&mut staking.svm, epoch, leaves, leaf_count);
    }

    /// Moves on to an epoch, if it has not come yet.
    pub fn reach(&mut self, epoch: u64) {
        while self.epoch() < epoch {
            self.svm.advance(3_600);
        }
    }

    /// Syncs the claims of those operators that have one.
    fn sync(&mut self, leaves: &[(Address, LeafCounters)]) {
        for (operator, _) in leaves {
            let claim = claim_address(&self.pool, operator).0;
            if self.svm.raw(&claim).is_some() {
                let ix = self.claim_sync_of(*operator, claim);
                self.svm.must(&[ix], &[]);
            }
        }
    }

    /// Claims with the leaf of an epoch.
    pub fn claim(&mut self, payee: &Payee, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &payee.keys.address);
        let ix = self.reward_claim(payee, leaf);
        self.svm.send(&[ix], &[])
    }

    pub fn pool_state(&self) -> Pool {
        self.svm.get(&self.pool)
    }

    pub fn claim_state(&self, payee: &Payee) -> Claim {
        self.svm.get(&payee.claim)
    }
}

/// The instructions, one builder each.
impl RewardsWorld {
    pub fn pool_open(&self, authority: Address, params: PoolParams) -> Instruction {
        instruction::PoolOpen { params }.to_instruction(accounts::PoolOpen {
            authority,
            network: self.network,
            service: self.service,
            token_mint: self.token_mint,
            pool: self.pool,
            vault: self.vault,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn pool_fund(&self, funder: Address, source: Address, amount: u64) -> Instruction {
        instruction::PoolFund { amount }.to_instruction(accounts::PoolFund {
            funder,
            source,
            network: self.network,
            pool: self.pool,
            vault: self.vault,
            token_program: Token::id(),
        })
    }

    pub fn epoch_allot(&self, epoch: u64) -> Instruction {
        instruction::EpochAllot { epoch }.to_instruction(accounts::EpochAllot {
            network: self.network,
            pool: self.pool,
            vault: self.vault,
            token_mint: self.token_mint,
            minter: self.minter,
            token_program: Token::id(),
            stable_vault: self.stable_vault,
            emission: self.emission,
            revenue: self.sales.revenue,
            market: self.sales.market,
            price_account: self.sales.price_account,
        })
    }

    pub fn claim_open(&self, payer: Address, operator: Address) -> Instruction {
        instruction::ClaimOpen {}.to_instruction(accounts::ClaimOpen {
            payer,
            pool: self.pool,
            operator,
            claim: claim_address(&self.pool, &operator).0,
            system_program: System::id(),
        })
    }

    /// Puts a claim back to layout 1, as it was before anything was known of syncs.
    pub fn age_claim(&mut self, payee: &Payee) {
        self.staking.svm.edit::<Claim>(&payee.claim, |claim| {
            claim.version = 1;
            claim.synced_epoch = 0;
        });
    }

    pub fn claim_migrate(&self, payee: &Payee) -> Instruction {
        instruction::ClaimMigrate {}.to_instruction(accounts::ClaimMigrate { claim: payee.claim })
    }

    pub fn claim_sync(&self, payee: &Payee) -> Instruction {
        self.claim_sync_of(payee.keys.address, payee.claim)
    }

    fn claim_sync_of(&self, operator: Address, claim: Address) -> Instruction {
        instruction::ClaimSync {}.to_instruction(accounts::ClaimSync {
            operator,
            claim,
            network: self.network,
            delegation_pool: delegation_pool_address(&operator).0,
        })
    }

    pub fn reward_claim(&self, payee: &Payee, leaf: LeafProof) -> Instruction {
        instruction::RewardClaim { leaf }.to_instruction(accounts::RewardClaim {
            from: self.paying_pool(),
            claim: payee.claim,
            payout: payee.keys.purse,
        })
    }

    /// A push of these operators by the root of an epoch.
    pub fn reward_push(&self, epoch: u64, payees: &[&Payee]) -> Instruction {
        let (args, payees) = self.push_args(epoch, payees);
        self.reward_push_with(args, &payees)
    }

    /// The arguments of a push, and the operators in the order of their leaves.
    pub fn push_args<'a>(&self, epoch: u64, payees: &[&'a Payee]) -> (PushArgs, Vec<&'a Payee>) {
        let mut leaves: Vec<(LeafProof, &Payee)> = payees
            .iter()
            .map(|payee| (self.roots.leaf(epoch, &payee.keys.address), *payee))
            .collect();
        leaves.sort_by_key(|(leaf, _)| leaf.index);
        let indices: Vec<u32> = leaves.iter().map(|(leaf, _)| leaf.index).collect();
        let tree = &self.roots.leaves(epoch).tree;
        let args = PushArgs {
            epoch,
            leaves: leaves
                .iter()
                .map(|(leaf, _)| PushLeaf {
                    index: leaf.index,
                    counters: leaf.counters,
                })
                .collect(),
            proof: tree.multiproof(&indices).expect("a multiproof"),
        };
        (args, leaves.into_iter().map(|(_, payee)| payee).collect())
    }

    /// A push with these arguments and the accounts of these operators.
    pub fn reward_push_with(&self, args: PushArgs, payees: &[&Payee]) -> Instruction {
        let accounts = accounts::RewardPush {
            from: self.paying_pool(),
        };
        let mut ix = instruction::RewardPush { args }.to_instruction(accounts);
        for payee in payees {
            ix.accounts.push(AccountMeta::new(payee.claim, false));
            ix.accounts.push(AccountMeta::new(payee.keys.purse, false));
        }
        ix
    }

    pub fn paying_pool(&self) -> PayingPool {
        PayingPool {
            pool: self.pool,
            vault: self.vault,
            ring: self.roots.ring,
            token_program: Token::id(),
        }
    }

    /// The key of the network's authority.
    pub fn authority_key(&self) -> Keypair {
        self.authority.insecure_clone()
    }
}

impl Default for RewardsWorld {
    fn default() -> Self {
        Self::new()
    }
}
