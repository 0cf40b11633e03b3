//! Disputes: builders of their instructions, and what a stage needs to have one.

use {
    crate::{
        proofs::{Draft, Stage},
        staking::PURSE,
        svm::Outcome,
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_proofs::{
        accounts,
        address::{dispute_address, dispute_vault_address, load_address, slasher_address},
        instruction,
        instructions::{CountersClaim, OmittedClaim},
        state::{Dispute, OperatorLoad},
    },
};

impl Stage {
    /// A stage with one verifier for each bond, and a root of epoch 0 that all of them signed. The
    /// challenger has tokens.
    pub fn signed(bonds: &[u64]) -> (Self, Address) {
        let mut stage = Self::with_bonds(bonds);
        stage.fund_challenger();
        let proposal = stage.agree(&Draft::honest(0, 3, 10));
        (stage, proposal)
    }

    /// Gives the challenger tokens to risk.
    pub fn fund_challenger(&mut self) {
        let (mint, owner) = (self.world.token_mint, self.challenger.pubkey());
        self.reward = self.world.svm.put_tokens(mint, owner, PURSE);
    }

    /// Has the challenger dispute a proposal.
    pub fn dispute(&mut self, proposal: Address) -> Outcome {
        let ix = self.dispute_open(proposal);
        self.challenge(ix)
    }

    /// Has a verifier vote on the dispute about a proposal.
    pub fn say(&mut self, number: usize, proposal: Address, is_right: bool) -> Outcome {
        let key = self.verifier(number);
        let ix = self.dispute_vote(key.pubkey(), proposal, is_right);
        self.world.svm.send(&[ix], &[&key])
    }

    /// Resolves the dispute about a proposal; nobody signs.
    pub fn resolve(&mut self, proposal: Address) -> Outcome {
        let ix = self.dispute_resolve(proposal);
        self.world.svm.send(&[ix], &[])
    }

    pub fn dispute_state(&self, proposal: &Address) -> Dispute {
        self.world.svm.get(&dispute_address(proposal).0)
    }

    pub fn load_state(&self, operator: &Address) -> OperatorLoad {
        self.world.svm.get(&load_address(operator).0)
    }

    pub fn dispute_open(&self, proposal: Address) -> Instruction {
        let dispute = dispute_address(&proposal).0;
        instruction::DisputeOpen {}.to_instruction(accounts::DisputeOpen {
            challenger: self.challenger.pubkey(),
            source: self.reward,
            network: self.world.network,
            ring: self.ring,
            round: self.round(self.proposal_state(&proposal).epoch),
            proposal,
            dispute,
            token_mint: self.world.token_mint,
            vault: dispute_vault_address(&dispute).0,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn dispute_vote(
        &self,
        verifier: Address,
        proposal: Address,
        is_right: bool,
    ) -> Instruction {
        instruction::DisputeVote { is_right }.to_instruction(accounts::DisputeVote {
            verifier,
            network: self.world.network,
            verifiers: self.world.verifiers,
            dispute: dispute_address(&proposal).0,
        })
    }

    pub fn dispute_resolve(&self, proposal: Address) -> Instruction {
        let dispute = dispute_address(&proposal).0;
        instruction::DisputeResolve {}.to_instruction(accounts::DisputeResolve {
            challenger: self.challenger.pubkey(),
            challenger_token: self.reward,
            dispute,
            vault: dispute_vault_address(&dispute).0,
            proposal,
            network: self.world.network,
            verifiers: self.world.verifiers,
            bond_vault: self.world.bond_vault,
            insurance_vault: self.world.insurance_vault,
            token_mint: self.world.token_mint,
            slasher: slasher_address().0,
            token_program: Token::id(),
            staking_program: trestle_staking::ID,
        })
    }

    pub fn service_escape(&self) -> Instruction {
        instruction::ServiceEscape {}.to_instruction(accounts::ServiceEscape {
            network: self.world.network,
            service: self.world.service,
            ring: self.ring,
            seeds: self.seeds,
        })
    }

    pub fn epoch_challenge_omitted(
        &self,
        proposal: Address,
        operator: Address,
        claim: OmittedClaim,
    ) -> Instruction {
        instruction::EpochChallengeOmitted { claim }.to_instruction(
            accounts::EpochChallengeOmitted {
                challenge: self.challenge_group(proposal),
                operator,
            },
        )
    }

    pub fn epoch_challenge_slash(&self, proposal: Address, claim: CountersClaim) -> Instruction {
        instruction::EpochChallengeSlash { claim }.to_instruction(accounts::EpochChallengeSlash {
            challenge: self.challenge_group(proposal),
            ring: self.ring,
        })
    }
}
