//! Delegators of a network, and builders of the instructions that concern them.

use {
    crate::{
        final_roots::Roots,
        staking::{OperatorKeys, World, PURSE},
        svm::{Outcome, Sent},
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{leaf::LeafCounters, units::Epoch},
    trestle_staking::{
        accounts,
        address::{
            delegation_address, delegation_pool_address, delegator_stable_vault_address,
            delegator_vault_address, delegator_vaults_address,
        },
        constants::DISTRIBUTOR,
        groups::client,
        instruction,
        state::{Delegation, DelegationPool, DelegatorVaults},
    },
};

/// Seconds that stake unbonds, and that rewards take to reach all shares.
pub const UNBONDING: i64 = 86_400;

/// A delegator and its token accounts.
pub struct DelegatorKeys {
    pub key: Keypair,
    /// Account of the network's token: source of what it delegates, and where it is paid.
    pub purse: Address,
    /// Account of the stablecoin.
    pub stable: Address,
}

/// A network whose operator accepts delegations, with this stake of its own.
pub fn delegating(own_stake: u64, commission_bps: u16) -> (World, OperatorKeys) {
    let mut world = World::new(&[]);
    world.svm.trust_signatures();
    let ix = world.delegator_vaults_open(world.authority.pubkey());
    let payer = world.authority.insecure_clone();
    world.svm.must(&[ix], &[&payer]);
    let operator = world.operator("operator", own_stake);
    let ix = world.delegation_pool_open(&operator, commission_bps);
    world.svm.must(&[ix], &[&operator.authority]);
    (world, operator)
}

impl World {
    /// A delegator that has delegated nothing yet.
    pub fn delegator(&mut self, name: &str) -> DelegatorKeys {
        let key = self.svm.funded(name);
        DelegatorKeys {
            purse: self.svm.put_tokens(self.token_mint, key.pubkey(), PURSE),
            stable: self.svm.put_tokens(self.stable_mint, key.pubkey(), 0),
            key,
        }
    }

    /// A delegator that has delegated so much.
    pub fn delegated(&mut self, name: &str, operator: &OperatorKeys, amount: u64) -> DelegatorKeys {
        let keys = self.delegator(name);
        self.delegate(&keys, operator, amount).expect("a deposit");
        keys
    }

    pub fn delegate(
        &mut self,
        keys: &DelegatorKeys,
        operator: &OperatorKeys,
        amount: u64,
    ) -> Outcome {
        let ix = self.delegation_deposit(keys, operator.address, amount);
        self.svm.send(&[ix], &[&keys.key])
    }

    pub fn unbond(
        &mut self,
        keys: &DelegatorKeys,
        operator: &OperatorKeys,
        shares: u64,
    ) -> Outcome {
        let ix = self.delegation_unbond(keys, operator.address, shares);
        self.svm.send(&[ix], &[&keys.key])
    }

    /// Unbonds all shares.
    pub fn unbond_all(&mut self, keys: &DelegatorKeys, operator: &OperatorKeys) -> Outcome {
        let shares = self.delegation(keys, operator).shares;
        self.unbond(keys, operator, shares)
    }

    pub fn withdraw(&mut self, keys: &DelegatorKeys, operator: &OperatorKeys) -> Outcome {
        let ix = self.delegation_withdraw(keys, operator.address, keys.purse);
        self.svm.send(&[ix], &[&keys.key])
    }

    pub fn claim(&mut self, keys: &DelegatorKeys, operator: &OperatorKeys) -> Outcome {
        let ix = self.delegation_claim(keys, operator.address);
        self.svm.send(&[ix], &[&keys.key])
    }

    /// What the rewards program does when it has paid an operator with delegators.
    pub fn fund(&mut self, operator: &OperatorKeys, tokens: u64, stable: u64) -> Outcome {
        let network = self.network;
        self.donate(delegator_vault_address(&network).0, tokens);
        self.donate(delegator_stable_vault_address(&network).0, stable);
        let ix = self.delegation_fund(DISTRIBUTOR, operator.address, tokens, stable);
        self.svm.send(&[ix], &[])
    }

    /// Adds to the balance of a token account, as anybody can.
    pub fn donate(&mut self, account: Address, amount: u64) {
        let mut state: spl_token_interface::state::Account = self.svm.packed(&account);
        let mut mint: spl_token_interface::state::Mint = self.svm.packed(&state.mint);
        state.amount += amount;
        mint.supply += amount;
        self.svm.put_packed(state.mint, &mint);
        self.svm.put_packed(account, &state);
    }

    /// Slashes the operator by so much in all, in the root of this epoch.
    pub fn slash(
        &mut self,
        roots: &mut Roots,
        operator: &OperatorKeys,
        epoch: u64,
        slashed: u64,
    ) -> Sent {
        let counters = LeafCounters {
            slashed,
            ..LeafCounters::default()
        };
        roots.publish(&mut self.svm, epoch, &[(operator.address, counters)], 1);
        let leaf = roots.leaf(epoch, &operator.address);
        let ix = self.slash_apply(operator.address, roots.ring, leaf);
        self.svm.must(&[ix], &[])
    }

    pub fn pool(&self, operator: &OperatorKeys) -> DelegationPool {
        self.svm.get(&delegation_pool_address(&operator.address).0)
    }

    pub fn delegation(&self, keys: &DelegatorKeys, operator: &OperatorKeys) -> Delegation {
        self.svm.get(&self.delegation_of(keys, operator))
    }

    pub fn delegation_of(&self, keys: &DelegatorKeys, operator: &OperatorKeys) -> Address {
        let pool = delegation_pool_address(&operator.address).0;
        delegation_address(&pool, &keys.key.pubkey()).0
    }

    pub fn delegator_vaults(&self) -> DelegatorVaults {
        self.svm.get(&delegator_vaults_address(&self.network).0)
    }

    /// The commission that counts now, in basis points.
    pub fn commission(&self, operator: &OperatorKeys) -> u16 {
        self.pool(operator).commission_at(Epoch(self.epoch())).get()
    }
}

/// The instructions, one builder each.
impl World {
    pub fn delegator_vaults_open(&self, payer: Address) -> Instruction {
        instruction::DelegatorVaultsOpen {}.to_instruction(accounts::DelegatorVaultsOpen {
            payer,
            network: self.network,
            token_mint: self.token_mint,
            stable_mint: self.stable_mint,
            vaults: delegator_vaults_address(&self.network).0,
            token_vault: delegator_vault_address(&self.network).0,
            stable_vault: delegator_stable_vault_address(&self.network).0,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn delegation_pool_open(&self, keys: &OperatorKeys, commission_bps: u16) -> Instruction {
        instruction::DelegationPoolOpen { commission_bps }.to_instruction(
            accounts::DelegationPoolOpen {
                controller: keys.authority.pubkey(),
                network: self.network,
                operator: keys.address,
                pool: delegation_pool_address(&keys.address).0,
                system_program: System::id(),
            },
        )
    }

    pub fn commission_change(&self, keys: &OperatorKeys, commission_bps: u16) -> Instruction {
        instruction::CommissionChange { commission_bps }.to_instruction(
            accounts::CommissionChange {
                controller: keys.authority.pubkey(),
                network: self.network,
                operator: keys.address,
                pool: delegation_pool_address(&keys.address).0,
            },
        )
    }

    pub fn delegation_deposit(
        &self,
        keys: &DelegatorKeys,
        operator: Address,
        amount: u64,
    ) -> Instruction {
        let pool = delegation_pool_address(&operator).0;
        instruction::DelegationDeposit { amount }.to_instruction(accounts::DelegationDeposit {
            delegator: keys.key.pubkey(),
            source: keys.purse,
            delegated: self.delegated_group(operator),
            operator,
            delegation: delegation_address(&pool, &keys.key.pubkey()).0,
            system_program: System::id(),
        })
    }

    pub fn delegation_unbond(
        &self,
        keys: &DelegatorKeys,
        operator: Address,
        shares: u64,
    ) -> Instruction {
        let pool = delegation_pool_address(&operator).0;
        instruction::DelegationUnbond { shares }.to_instruction(accounts::DelegationUnbond {
            delegator: keys.key.pubkey(),
            network: self.network,
            pool,
            delegation: delegation_address(&pool, &keys.key.pubkey()).0,
        })
    }

    pub fn delegation_withdraw(
        &self,
        keys: &DelegatorKeys,
        operator: Address,
        destination: Address,
    ) -> Instruction {
        let pool = delegation_pool_address(&operator).0;
        instruction::DelegationWithdraw {}.to_instruction(accounts::DelegationWithdraw {
            delegator: keys.key.pubkey(),
            destination,
            delegated: self.delegated_group(operator),
            delegation: delegation_address(&pool, &keys.key.pubkey()).0,
        })
    }

    pub fn delegation_claim(&self, keys: &DelegatorKeys, operator: Address) -> Instruction {
        let pool = delegation_pool_address(&operator).0;
        instruction::DelegationClaim {}.to_instruction(accounts::DelegationClaim {
            delegator: keys.key.pubkey(),
            token_destination: keys.purse,
            stable_destination: keys.stable,
            rewards: self.rewards_group(operator),
            delegation: delegation_address(&pool, &keys.key.pubkey()).0,
            token_program: Token::id(),
        })
    }

    pub fn delegation_fund(
        &self,
        distributor: Address,
        operator: Address,
        tokens: u64,
        stable: u64,
    ) -> Instruction {
        instruction::DelegationFund { tokens, stable }.to_instruction(accounts::DelegationFund {
            distributor,
            network: self.network,
            rewards: self.rewards_group(operator),
        })
    }

    pub fn delegation_close(&self, keys: &DelegatorKeys, operator: Address) -> Instruction {
        let pool = delegation_pool_address(&operator).0;
        instruction::DelegationClose {}.to_instruction(accounts::DelegationClose {
            delegator: keys.key.pubkey(),
            delegation: delegation_address(&pool, &keys.key.pubkey()).0,
        })
    }

    pub fn operator_release(&self, keys: &OperatorKeys) -> Instruction {
        instruction::OperatorRelease {}.to_instruction(accounts::OperatorRelease {
            controller: keys.authority.pubkey(),
            service: self.service,
            operator: keys.address,
        })
    }

    fn delegated_group(&self, operator: Address) -> client::DelegatedStake {
        client::DelegatedStake {
            network: self.network,
            pool: delegation_pool_address(&operator).0,
            stake_vault: self.stake_vault,
            token_program: Token::id(),
        }
    }

    fn rewards_group(&self, operator: Address) -> client::DelegatorRewards {
        client::DelegatorRewards {
            pool: delegation_pool_address(&operator).0,
            vaults: delegator_vaults_address(&self.network).0,
            token_vault: delegator_vault_address(&self.network).0,
            stable_vault: delegator_stable_vault_address(&self.network).0,
        }
    }
}

/// A little more than a token, in base units: a power of two, so that what its shares earn divides
/// without dust.
pub const UNIT: u64 = 1 << 30;

/// So many of them.
pub const fn units(count: u64) -> u64 {
    count * UNIT
}
