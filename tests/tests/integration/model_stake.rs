//! Off chain: the transactions of steps that concern stake, delegations and bonds.

use {
    crate::model_chain::{key_of, Chain},
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_model::{Actor, Step},
    trestle_staking::{
        address::{delegator_stable_vault_address, delegator_vault_address},
        constants::{DISTRIBUTOR, SLASHER},
    },
    trestle_tests::{staking::VerifierKeys, svm::Outcome},
};

impl Chain {
    /// Sends a step that concerns stake, delegations and bonds.
    pub fn send_stake(&mut self, step: &Step) -> Outcome {
        let world = &self.world;
        let (by, ix) = match *step {
            Step::NetworkPause { by, areas, paused } => {
                (by, world.network_pause(key_of(by).pubkey(), areas, paused))
            }
            Step::SlashApply { operator, back } => return self.slash(operator, back),
            Step::DelegationFund {
                operator,
                tokens,
                stable,
            } => return self.fund(operator, tokens, stable),
            Step::BondSlash { mask, voted_epoch } => {
                let challenger = self.purses(Actor::Challenger).tokens;
                let ix = world.bond_slash(SLASHER, challenger, mask, voted_epoch);
                return self.sign(None, ix);
            }
            Step::VerifierRegister {
                by,
                admitted_by,
                bond,
            } => {
                let keys = self.as_verifier(by);
                let authority = key_of(admitted_by);
                let ix = world.verifier_register(&keys, authority.pubkey(), bond);
                return self.relay(&[ix], &[&keys.key, &authority]);
            }
            Step::VerifierDisplace { by, bond } => {
                (by, world.verifier_displace(&self.as_verifier(by), bond))
            }
            Step::VerifierBondAdd { by, amount } => {
                let keys = self.as_verifier(by);
                (by, world.verifier_bond_add(&keys, amount))
            }
            Step::VerifierExit { by } => (by, world.verifier_exit(key_of(by).pubkey())),
            Step::VerifierRemove { by, verifier } => {
                let (by_key, verifier) = (key_of(by).pubkey(), key_of(verifier).pubkey());
                (by, world.verifier_remove(by_key, verifier))
            }
            Step::VerifierWithdraw { by } => {
                let purse = self.purses(by).tokens;
                let ix = world.verifier_withdraw(key_of(by).pubkey(), purse);
                return self.sign(None, ix);
            }
            Step::StakeDeposit { .. }
            | Step::StakeUnbond { .. }
            | Step::StakeWithdraw { .. }
            | Step::OperatorExit { .. }
            | Step::OperatorRelease { .. }
            | Step::DelegationDeposit { .. }
            | Step::DelegationUnbond { .. }
            | Step::DelegationWithdraw { .. }
            | Step::DelegationClaim { .. }
            | Step::DelegationClose { .. } => self.stake_instruction(step),
            _ => unreachable!("no step of stake: {step:?}"),
        };
        self.sign(Some(by), ix)
    }

    /// Steps of operators, and of delegators.
    fn stake_instruction(&self, step: &Step) -> (Actor, Instruction) {
        let world = &self.world;
        match *step {
            Step::StakeDeposit {
                by,
                operator,
                amount,
            } => {
                let (address, purse) = (self.operators[&operator], self.purses(by).tokens);
                let owner = key_of(by).pubkey();
                (by, world.stake_deposit(address, owner, purse, amount))
            }
            Step::StakeUnbond {
                by,
                operator,
                amount,
            } => (
                by,
                world.stake_unbond(&self.as_operator(by, operator), amount),
            ),
            Step::StakeWithdraw { by, operator } => {
                let purse = self.purses(by).tokens;
                (
                    by,
                    world.stake_withdraw(&self.as_operator(by, operator), purse),
                )
            }
            Step::OperatorExit { by, operator } => (
                by,
                world.operator_exit(self.operators[&operator], key_of(by).pubkey()),
            ),
            Step::OperatorRelease { by, operator } => {
                (by, world.operator_release(&self.as_operator(by, operator)))
            }
            _ => self.delegation_instruction(step),
        }
    }

    /// Steps of delegators.
    fn delegation_instruction(&self, step: &Step) -> (Actor, Instruction) {
        let world = &self.world;
        let address = |operator| self.operators[&operator];
        match *step {
            Step::DelegationDeposit {
                by,
                operator,
                amount,
            } => {
                let keys = self.as_delegator(by);
                let ix = world.delegation_deposit(&keys, address(operator), amount);
                (by, ix)
            }
            Step::DelegationUnbond {
                by,
                operator,
                shares,
            } => {
                let keys = self.as_delegator(by);
                let ix = world.delegation_unbond(&keys, address(operator), shares);
                (by, ix)
            }
            Step::DelegationWithdraw { by, operator } => {
                let keys = self.as_delegator(by);
                let ix = world.delegation_withdraw(&keys, address(operator), keys.purse);
                (by, ix)
            }
            Step::DelegationClaim { by, operator } => {
                let keys = self.as_delegator(by);
                (by, world.delegation_claim(&keys, address(operator)))
            }
            Step::DelegationClose { by, operator } => {
                let keys = self.as_delegator(by);
                (by, world.delegation_close(&keys, address(operator)))
            }
            _ => unreachable!("no step of stake: {step:?}"),
        }
    }

    fn as_verifier(&self, by: Actor) -> VerifierKeys {
        VerifierKeys {
            key: key_of(by),
            purse: self.purses(by).tokens,
        }
    }

    fn slash(&mut self, operator: u8, back: u8) -> Outcome {
        let leaf = self.shown_leaf(operator, back);
        let world = &self.world;
        let ix = world.slash_apply(self.operators[&operator], world.roots.ring, leaf);
        self.sign(None, ix)
    }

    fn fund(&mut self, operator: u8, tokens: u64, stable: u64) -> Outcome {
        let world = &mut self.world;
        let network = world.network;
        if self.model.operators[&operator].pool.is_some() {
            // The vaults must have it first.
            world.donate(delegator_vault_address(&network).0, tokens);
            world.donate(delegator_stable_vault_address(&network).0, stable);
        }
        let ix = world.delegation_fund(DISTRIBUTOR, self.operators[&operator], tokens, stable);
        self.sign(None, ix)
    }
}
