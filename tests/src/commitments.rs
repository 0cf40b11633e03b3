//! Commitments of operators to customers, written as the proofs program would write them.

use {
    crate::{
        credits::{CreditsWorld, Customer, Deal},
        staking::OperatorKeys,
        svm::program_id,
    },
    solana_address::Address,
    solana_signer::Signer,
    trestle_core::storage::commit_with_cache,
    trestle_credits::address::lease_address,
    trestle_proofs::{address::commitment_address, state::Commitment},
};

/// What an operator keeps for a customer: so little that it is a single leaf.
pub fn data(operator: &Address, customer: &Address) -> [u8; 64] {
    let mut data = [0; 64];
    data[..32].copy_from_slice(operator.as_ref());
    data[32..].copy_from_slice(customer.as_ref());
    data
}

/// The root of what an operator keeps for a customer.
pub fn data_root(operator: &Address, customer: &Address) -> [u8; 32] {
    let data = data(operator, customer);
    let commitment = commit_with_cache(&mut data.as_slice(), |_| ());
    commitment.expect("a commitment").0.root
}

impl CreditsWorld {
    /// A commitment that a registered operator serves for a customer.
    pub fn deal(&mut self, operator: &str, customer: &Customer) -> Deal {
        let operator = self.staking.operator(operator, 0);
        self.commit(operator, customer)
    }

    /// A commitment of this operator.
    pub fn commit(&mut self, operator: OperatorKeys, customer: &Customer) -> Deal {
        let root = data_root(&operator.address, &customer.key.pubkey());
        let (commitment, bump) = commitment_address(&operator.address, &root);
        let state = Commitment {
            version: 1,
            bump,
            status: 1,
            ended_by: 0,
            leaf_count: 1,
            service: self.service,
            operator: operator.address,
            customer: customer.key.pubkey(),
            root,
            size_bytes: 100,
            registered_epoch: self.epoch(),
            ended_epoch: u64::MAX,
        };
        self.svm.put_pod(commitment, program_id("proofs"), &state);
        Deal {
            operator,
            commitment,
            lease: lease_address(&commitment).0,
        }
    }

    /// Ends a commitment as the proofs program would for its operator.
    pub fn end_commitment(&mut self, deal: &Deal, last_epoch: u64) {
        self.svm.edit::<Commitment>(&deal.commitment, |commitment| {
            commitment.status = 2;
            commitment.ended_by = 2;
            commitment.ended_epoch = last_epoch;
        });
    }

    /// Ends a commitment as the proofs program would for its customer.
    pub fn leave_commitment(&mut self, deal: &Deal, last_epoch: u64) {
        self.svm.edit::<Commitment>(&deal.commitment, |commitment| {
            commitment.status = 2;
            commitment.ended_by = 1;
            commitment.ended_epoch = last_epoch;
        });
    }
}
