//! Builders of the instructions that govern a network: changes of parameters, the verifier set, the
//! keys of operators. Checks of what nobody gains by a change.

use {
    crate::{
        staking::{OperatorKeys, VerifierKeys, World},
        svm::{assert_refused, Svm},
    },
    anchor_lang::{
        programs::{System, Token},
        Error, Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_staking::{
        accounts,
        address::change_address,
        groups::client,
        instruction,
        state::{NetworkChange, NetworkParams, ServiceParams},
    },
};

/// Seconds of an epoch of the test network.
const EPOCH_SECONDS: i64 = 3_600;

impl World {
    /// The pending change of the network.
    pub fn network_change(&self) -> Address {
        change_address(&self.network).0
    }

    /// The pending change of the service.
    pub fn service_change(&self) -> Address {
        change_address(&self.service).0
    }

    /// Lets time pass up to the begin of an epoch.
    pub fn reach_epoch(&mut self, epoch: u64) {
        while self.epoch() < epoch {
            let into = (self.svm.now() - self.network().genesis) % EPOCH_SECONDS;
            self.svm.advance(EPOCH_SECONDS - into);
        }
    }

    /// Changes the network's parameters, with all the time that it takes.
    pub fn change_network(&mut self, params: NetworkParams) {
        let authority = self.authority.insecure_clone();
        let ix = self.network_change_propose(authority.pubkey(), params);
        self.svm.must(&[ix], &[&authority]);
        self.apply_network_change();
    }

    /// Waits until the pending change of the network is due, and applies it.
    pub fn apply_network_change(&mut self) {
        let change: NetworkChange = self.svm.get(&self.network_change());
        self.reach_epoch(change.due_epoch);
        let ix = self.network_change_apply(change.payer);
        self.svm.must(&[ix], &[]);
    }

    pub fn network_change_propose(&self, authority: Address, params: NetworkParams) -> Instruction {
        instruction::NetworkChangePropose { params }.to_instruction(
            accounts::NetworkChangePropose {
                authority,
                network: self.network,
                change: self.network_change(),
                system_program: System::id(),
            },
        )
    }

    pub fn network_change_apply(&self, payer: Address) -> Instruction {
        instruction::NetworkChangeApply {}.to_instruction(accounts::NetworkChangeApply {
            network: self.network,
            change: self.network_change(),
            payer,
        })
    }

    pub fn network_change_cancel(&self, authority: Address, payer: Address) -> Instruction {
        instruction::NetworkChangeCancel {}.to_instruction(accounts::NetworkChangeCancel {
            authority,
            network: self.network,
            change: self.network_change(),
            payer,
        })
    }

    pub fn service_change_propose(&self, authority: Address, params: ServiceParams) -> Instruction {
        instruction::ServiceChangePropose { params }.to_instruction(
            accounts::ServiceChangePropose {
                authority,
                network: self.network,
                service: self.service,
                change: self.service_change(),
                system_program: System::id(),
            },
        )
    }

    pub fn service_change_apply(&self, payer: Address) -> Instruction {
        instruction::ServiceChangeApply {}.to_instruction(accounts::ServiceChangeApply {
            network: self.network,
            service: self.service,
            change: self.service_change(),
            payer,
        })
    }

    pub fn service_change_cancel(&self, authority: Address, payer: Address) -> Instruction {
        instruction::ServiceChangeCancel {}.to_instruction(accounts::ServiceChangeCancel {
            authority,
            network: self.network,
            service: self.service,
            change: self.service_change(),
            payer,
        })
    }

    pub fn operator_key_propose(
        &self,
        operator: Address,
        controller: Address,
        candidate: Address,
    ) -> Instruction {
        instruction::OperatorKeyPropose { candidate }.to_instruction(accounts::OperatorKeyPropose {
            controller,
            operator,
        })
    }

    pub fn operator_key_accept(&self, operator: Address, candidate: Address) -> Instruction {
        instruction::OperatorKeyAccept {}.to_instruction(accounts::OperatorKeyAccept {
            candidate,
            operator,
        })
    }

    pub fn operator_devices_set(
        &self,
        keys: &OperatorKeys,
        root: [u8; 32],
        count: u32,
    ) -> Instruction {
        instruction::OperatorDevicesSet { root, count }.to_instruction(
            accounts::OperatorDevicesSet {
                controller: keys.authority.pubkey(),
                operator: keys.address,
            },
        )
    }

    pub fn operator_exit(&self, operator: Address, controller: Address) -> Instruction {
        instruction::OperatorExit {}.to_instruction(accounts::OperatorExit {
            controller,
            network: self.network,
            operator,
        })
    }

    pub fn verifier_remove(&self, authority: Address, verifier: Address) -> Instruction {
        instruction::VerifierRemove { verifier }.to_instruction(accounts::VerifierRemove {
            authority,
            network: self.network,
            verifiers: self.verifiers,
        })
    }

    pub fn verifier_bond_add(&self, keys: &VerifierKeys, amount: u64) -> Instruction {
        instruction::VerifierBondAdd { amount }.to_instruction(accounts::VerifierBondAdd {
            verifier: keys.key.pubkey(),
            source: keys.purse,
            bonds: client::BondVault {
                network: self.network,
                verifiers: self.verifiers,
                bond_vault: self.bond_vault,
                token_program: Token::id(),
            },
        })
    }
}

/// Sends them in one transaction, which must be refused and of which nothing may remain.
#[track_caller]
pub fn assert_undone(
    svm: &mut Svm,
    instructions: &[Instruction],
    signers: &[&Keypair],
    program: Address,
    error: impl Into<Error>,
) {
    let accounts: Vec<Address> = instructions
        .iter()
        .flat_map(|ix| ix.accounts.iter().map(|meta| meta.pubkey))
        .collect();
    let before = svm.snapshot(&accounts);
    let outcome = svm.send_relayed(instructions, signers);
    assert_refused(outcome, program, error);
    assert_eq!(svm.snapshot(&accounts), before);
}

/// Checks that a change that is due is applied once, and that whatever is proposed right after it
/// waits its whole delay. The errors are those of the second application and of the next change.
#[track_caller]
pub fn assert_applied_once<T: Into<Error>, W: Into<Error> + Copy>(
    svm: &mut Svm,
    authority: &Keypair,
    [apply, propose]: [&Instruction; 2],
    (twice, waits): (T, W),
) {
    let program = apply.program_id;
    let both = [apply.clone(), apply.clone()];
    assert_undone(svm, &both, &[], program, twice);
    let next = [apply.clone(), propose.clone(), apply.clone()];
    assert_undone(svm, &next, &[authority], program, waits);
    svm.must(&[apply.clone(), propose.clone()], &[authority]);
    let outcome = svm.send(std::slice::from_ref(apply), &[]);
    assert_refused(outcome, program, waits);
}
