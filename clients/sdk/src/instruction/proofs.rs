//! Instructions of the proofs program.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_proofs::{
    accounts, groups::__client_accounts_challenge::Challenge, instruction as args,
};

pub use trestle_proofs::{
    instructions::{
        CountersClaim, LossClaim, OmittedClaim, OpeningClaim, OrderClaim, SignatureClaim,
        TotalsClaim,
    },
    record::RecordClaim,
    state::{ProposedRoot, Totals},
};

use super::{build, clearance::Admission, credits::LeaseParties};
use crate::address::{self, PROOFS_ID, STAKING_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// Opens the rings of a service. Anybody may pay for it.
pub fn service_open(payer: &Pubkey, service: &Pubkey) -> Instruction {
    let accounts = accounts::ServiceOpen {
        payer: *payer,
        service: *service,
        ring: address::ring(service),
        seeds: address::seeds(service),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(PROOFS_ID, &accounts, &args::ServiceOpen {})
}

/// Who agrees on a commitment.
#[derive(Debug, Clone, Copy)]
pub struct CommitmentParties {
    pub customer: Pubkey,
    pub node_key: Pubkey,
    pub network: Pubkey,
    pub service: Pubkey,
    pub operator: Pubkey,
    /// What vouches for operator and customer, as the service's policy asks.
    pub admission: Admission,
}

impl CommitmentParties {
    /// The same parties when they agree on a lease that pays for the commitment with this root.
    pub fn lease(&self, root: &[u8; 32]) -> LeaseParties {
        LeaseParties {
            customer: self.customer,
            node_key: self.node_key,
            network: self.network,
            service: self.service,
            operator: self.operator,
            commitment: address::commitment(&self.operator, root),
            admission: self.admission,
        }
    }
}

/// Signed by the customer, who pays the rent, and by the operator's node.
pub fn commitment_register(
    parties: &CommitmentParties,
    root: [u8; 32],
    size_bytes: u64,
) -> Instruction {
    let accounts = accounts::CommitmentRegister {
        customer: parties.customer,
        node: parties.node_key,
        network: parties.network,
        service: parties.service,
        operator: parties.operator,
        commitment: address::commitment(&parties.operator, &root),
        load: address::load(&parties.operator),
        ring: address::ring(&parties.service),
        system_program: SYSTEM_PROGRAM_ID,
        admission: parties.admission.accounts(&parties.service),
    };
    let args = args::CommitmentRegister { root, size_bytes };
    build(PROOFS_ID, &accounts, &args)
}

/// Signed by the customer, or by the operator's wallet, who then keeps the notice.
pub fn commitment_end(
    party: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    commitment: &Pubkey,
) -> Instruction {
    let accounts = accounts::CommitmentEnd {
        party: *party,
        network: *network,
        service: *service,
        operator: *operator,
        commitment: *commitment,
        ring: address::ring(service),
    };
    build(PROOFS_ID, &accounts, &args::CommitmentEnd {})
}

/// Gives the rent of an ended commitment back. Anybody may send it.
pub fn commitment_close(
    customer: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    commitment: &Pubkey,
) -> Instruction {
    let accounts = accounts::CommitmentClose {
        customer: *customer,
        network: *network,
        service: *service,
        ring: address::ring(service),
        commitment: *commitment,
        load: address::load(operator),
    };
    build(PROOFS_ID, &accounts, &args::CommitmentClose {})
}

/// Fixes what will be asked in the running epoch. Anybody may send it.
pub fn epoch_seed_record(network: &Pubkey, service: &Pubkey, epoch: u64) -> Instruction {
    let accounts = accounts::EpochSeedRecord {
        network: *network,
        service: *service,
        ring: address::ring(service),
        seeds: address::seeds(service),
    };
    build(PROOFS_ID, &accounts, &args::EpochSeedRecord { epoch })
}

/// Signed by a verifier.
pub fn epoch_propose(
    proposer: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    root: ProposedRoot,
) -> Instruction {
    let accounts = accounts::EpochPropose {
        proposer: *proposer,
        network: *network,
        service: *service,
        verifiers: address::verifiers(network),
        ring: address::ring(service),
        pool: address::pool(service),
        round: address::round(service, root.epoch),
        proposal: address::proposal(service, root.epoch, proposer),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(PROOFS_ID, &accounts, &args::EpochPropose { root })
}

/// A proposal by where it stands.
#[derive(Debug, Clone, Copy)]
pub struct ProposalKey {
    pub network: Pubkey,
    pub service: Pubkey,
    pub epoch: u64,
    pub proposer: Pubkey,
}

impl ProposalKey {
    pub fn proposal(&self) -> Pubkey {
        address::proposal(&self.service, self.epoch, &self.proposer)
    }

    pub fn round(&self) -> Pubkey {
        address::round(&self.service, self.epoch)
    }

    pub fn dispute(&self) -> Pubkey {
        address::dispute(&self.proposal())
    }
}

/// Signed by a verifier.
pub fn epoch_attest(verifier: &Pubkey, key: &ProposalKey, digest: [u8; 32]) -> Instruction {
    let accounts = accounts::EpochAttest {
        verifier: *verifier,
        network: key.network,
        verifiers: address::verifiers(&key.network),
        ring: address::ring(&key.service),
        round: key.round(),
        proposal: key.proposal(),
    };
    build(PROOFS_ID, &accounts, &args::EpochAttest { digest })
}

/// Moves a root whose window is over into the ring. Anybody may send it. `round_payer` is the
/// `payer` of the Round.
pub fn epoch_finalize(key: &ProposalKey, round_payer: &Pubkey) -> Instruction {
    let accounts = accounts::EpochFinalize {
        network: key.network,
        ring: address::ring(&key.service),
        round: key.round(),
        proposal: key.proposal(),
        proposer: key.proposer,
        round_payer: *round_payer,
    };
    build(PROOFS_ID, &accounts, &args::EpochFinalize {})
}

/// Gives the rent of a lost or superseded proposal back. Anybody may send it.
pub fn proposal_close(key: &ProposalKey) -> Instruction {
    let accounts = accounts::ProposalClose {
        proposer: key.proposer,
        ring: address::ring(&key.service),
        proposal: key.proposal(),
    };
    build(PROOFS_ID, &accounts, &args::ProposalClose {})
}

/// Gives the rent of a round that led to no root back to its `payer`. Anybody may send it.
pub fn round_close(service: &Pubkey, epoch: u64, payer: &Pubkey) -> Instruction {
    let accounts = accounts::RoundClose {
        payer: *payer,
        ring: address::ring(service),
        round: address::round(service, epoch),
    };
    build(PROOFS_ID, &accounts, &args::RoundClose {})
}

/// Who challenges which proposal; the reward goes to `challenger_tokens`.
#[derive(Debug, Clone, Copy)]
pub struct Challenger {
    pub challenger: Pubkey,
    pub challenger_tokens: Pubkey,
    pub token_mint: Pubkey,
    pub key: ProposalKey,
}

impl Challenger {
    fn accounts(&self) -> Challenge {
        Challenge {
            challenger: self.challenger,
            challenger_token: self.challenger_tokens,
            proposal: self.key.proposal(),
            network: self.key.network,
            verifiers: address::verifiers(&self.key.network),
            bond_vault: address::bond_vault(&self.key.network),
            insurance_vault: address::insurance_vault(&self.key.network),
            token_mint: self.token_mint,
            slasher: address::slasher(),
            token_program: TOKEN_PROGRAM_ID,
            staking_program: STAKING_ID,
        }
    }
}

/// Proves that a counter fell. Signed by the challenger.
pub fn epoch_challenge_counters(challenger: &Challenger, claim: CountersClaim) -> Instruction {
    let accounts = accounts::EpochChallengeCounters {
        challenge: challenger.accounts(),
        ring: address::ring(&challenger.key.service),
    };
    let args = args::EpochChallengeCounters { claim };
    build(PROOFS_ID, &accounts, &args)
}

/// Proves that leaves are out of order. Signed by the challenger.
pub fn epoch_challenge_order(challenger: &Challenger, claim: OrderClaim) -> Instruction {
    let accounts = accounts::EpochChallengeOrder {
        challenge: challenger.accounts(),
    };
    build(PROOFS_ID, &accounts, &args::EpochChallengeOrder { claim })
}

/// Proves that the totals are too low. Signed by the challenger.
pub fn epoch_challenge_totals(challenger: &Challenger, claim: TotalsClaim) -> Instruction {
    let accounts = accounts::EpochChallengeTotals {
        challenge: challenger.accounts(),
    };
    build(PROOFS_ID, &accounts, &args::EpochChallengeTotals { claim })
}

/// Proves that an opening recorded as good is not. Signed by the challenger.
pub fn epoch_challenge_opening(
    challenger: &Challenger,
    commitment: &Pubkey,
    claim: OpeningClaim,
) -> Instruction {
    let accounts = accounts::EpochChallengeOpening {
        challenge: challenger.accounts(),
        seeds: address::seeds(&challenger.key.service),
        commitment: *commitment,
    };
    let args = args::EpochChallengeOpening { claim };
    build(PROOFS_ID, &accounts, &args)
}

/// Proves that the node of `operator` did not sign a loss. Signed by the challenger.
pub fn epoch_challenge_signature(
    challenger: &Challenger,
    commitment: &Pubkey,
    operator: &Pubkey,
    claim: SignatureClaim,
) -> Instruction {
    let accounts = accounts::EpochChallengeSignature {
        challenge: challenger.accounts(),
        seeds: address::seeds(&challenger.key.service),
        commitment: *commitment,
        operator: *operator,
    };
    let args = args::EpochChallengeSignature { claim };
    build(PROOFS_ID, &accounts, &args)
}

/// Proves that a good opening is recorded as a loss. Signed by the challenger.
pub fn epoch_challenge_loss(
    challenger: &Challenger,
    commitment: &Pubkey,
    claim: LossClaim,
) -> Instruction {
    let accounts = accounts::EpochChallengeLoss {
        challenge: challenger.accounts(),
        seeds: address::seeds(&challenger.key.service),
        commitment: *commitment,
    };
    build(PROOFS_ID, &accounts, &args::EpochChallengeLoss { claim })
}

/// Stakes a bond on a proposal being wrong. Signed by the challenger; the bond comes from
/// `challenger_tokens`.
pub fn dispute_open(challenger: &Challenger) -> Instruction {
    let (key, dispute) = (&challenger.key, challenger.key.dispute());
    let accounts = accounts::DisputeOpen {
        challenger: challenger.challenger,
        source: challenger.challenger_tokens,
        network: key.network,
        ring: address::ring(&key.service),
        round: key.round(),
        proposal: key.proposal(),
        dispute,
        token_mint: challenger.token_mint,
        vault: address::dispute_vault(&dispute),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(PROOFS_ID, &accounts, &args::DisputeOpen {})
}

/// Says whether a disputed root is right. Signed by a verifier.
pub fn dispute_vote(verifier: &Pubkey, key: &ProposalKey, is_right: bool) -> Instruction {
    let accounts = accounts::DisputeVote {
        verifier: *verifier,
        network: key.network,
        verifiers: address::verifiers(&key.network),
        dispute: key.dispute(),
    };
    build(PROOFS_ID, &accounts, &args::DisputeVote { is_right })
}

/// Ends a dispute that is decided or over. Anybody may send it; `challenger` is who opened it, and
/// `challenger_tokens` any token account of theirs.
pub fn dispute_resolve(challenger: &Challenger) -> Instruction {
    let (key, dispute) = (&challenger.key, challenger.key.dispute());
    let accounts = accounts::DisputeResolve {
        challenger: challenger.challenger,
        challenger_token: challenger.challenger_tokens,
        dispute,
        vault: address::dispute_vault(&dispute),
        proposal: key.proposal(),
        network: key.network,
        verifiers: address::verifiers(&key.network),
        bond_vault: address::bond_vault(&key.network),
        insurance_vault: address::insurance_vault(&key.network),
        token_mint: challenger.token_mint,
        slasher: address::slasher(),
        token_program: TOKEN_PROGRAM_ID,
        staking_program: STAKING_ID,
    };
    build(PROOFS_ID, &accounts, &args::DisputeResolve {})
}

/// Declares that the verifiers of a service have stopped. Anybody may send it.
pub fn service_escape(network: &Pubkey, service: &Pubkey) -> Instruction {
    let accounts = accounts::ServiceEscape {
        network: *network,
        service: *service,
        ring: address::ring(service),
        seeds: address::seeds(service),
    };
    build(PROOFS_ID, &accounts, &args::ServiceEscape {})
}

/// Proves that an operator has no leaf. Signed by the challenger.
pub fn epoch_challenge_omitted(
    challenger: &Challenger,
    operator: &Pubkey,
    claim: OmittedClaim,
) -> Instruction {
    let accounts = accounts::EpochChallengeOmitted {
        challenge: challenger.accounts(),
        operator: *operator,
    };
    let args = args::EpochChallengeOmitted { claim };
    build(PROOFS_ID, &accounts, &args)
}

/// Proves that stake is forfeited without a fault. Signed by the challenger.
pub fn epoch_challenge_slash(challenger: &Challenger, claim: CountersClaim) -> Instruction {
    let accounts = accounts::EpochChallengeSlash {
        challenge: challenger.accounts(),
        ring: address::ring(&challenger.key.service),
    };
    build(PROOFS_ID, &accounts, &args::EpochChallengeSlash { claim })
}
