//! Everything this program refuses, each with its remedy. The order is frozen: codes are an API.

use anchor_lang::prelude::*;

#[error_code(offset = 6200)]
pub enum ProofsError {
    #[msg("The network is paused: commitments can be ended and closed, but not registered")]
    NetworkPaused,
    #[msg("The account does not stand at its own address: derive the address from its seeds")]
    WrongAddress,
    #[msg("The account belongs to another network: pass the accounts of one network")]
    WrongNetwork,
    #[msg("The account belongs to another service: pass the accounts of one service")]
    WrongService,
    #[msg("The account belongs to another epoch: pass the round of the proposal's epoch")]
    WrongEpoch,
    #[msg("This is not the verifier set of the network: derive it from the network's address")]
    WrongVerifierSet,
    #[msg("This is not the operator of the commitment: pass the operator that it names")]
    WrongOperator,
    #[msg("This is not the key of the operator's node: have the node sign")]
    WrongNodeKey,
    #[msg("The rent goes back to who paid it: pass the address that the account names")]
    WrongRecipient,
    #[msg("Only the customer or the operator's controller can end a commitment: sign with either")]
    NotParty,
    #[msg("The size is out of bounds: commit at least a byte, at most the operator's capacity")]
    BadSize,
    #[msg("The operator has too little stake for what it promises: have it deposit the rest")]
    OperatorUnderstaked,
    #[msg("The commitment ends no later than that already: nothing to do")]
    CommitmentEnded,
    #[msg("The commitment is active: end it first")]
    CommitmentActive,
    #[msg("Somebody may need it: close it when its last epoch is final and two more have passed")]
    CommitmentNeeded,
    #[msg("A seed can only be recorded for the epoch that is running: pass the current epoch")]
    NotCurrentEpoch,
    #[msg("The seed of this epoch is recorded already: nothing to do")]
    SeedExists,
    #[msg("The cluster has no slot hash yet: try again in the next slot")]
    NoSlotHash,
    #[msg("The signer is not in the verifier set: register as a verifier first")]
    NotVerifier,
    #[msg("The verifier is exiting: it can no longer propose or attest")]
    VerifierExiting,
    #[msg("The verifier's bond is below the network's smallest: it no longer counts")]
    BondTooSmall,
    #[msg("The epoch has not ended: propose after its end")]
    EpochNotEnded,
    #[msg("This epoch, or a later one, has a final root: propose for a later epoch")]
    EpochFinal,
    #[msg("The number of leaves is out of bounds: 1 to 16,777,216")]
    BadLeafCount,
    #[msg("A total is below that of the newest final root: totals are cumulative")]
    TotalsFell,
    #[msg("The tokens grow by more than was allotted since the last final root: allot first")]
    TokensOverAllotment,
    #[msg("The stablecoin grows by more than was allotted since the last final root: allot first")]
    StableOverAllotment,
    #[msg("This verifier has voted in this epoch: a verifier has one vote for each epoch")]
    VoteSpent,
    #[msg("This verifier had no weight when the round opened: it can vote in a later epoch")]
    NotInRound,
    #[msg("The digest is not that of the proposal: recompute the root before attesting")]
    WrongDigest,
    #[msg("The proposal has lost a challenge: it can only be closed")]
    ProposalLost,
    #[msg("Another root became final since this was proposed: close it and propose anew")]
    ProposalSuperseded,
    #[msg("The proposal is older than an epoch: wait for the proposal of a later epoch")]
    AttestationLate,
    #[msg("There is no quorum: two verifiers and two thirds of the weight must attest first")]
    NoQuorum,
    #[msg("The challenge window is open: finalize after it has ended")]
    WindowOpen,
    #[msg("The proposal can still become final: close it when it is lost or superseded")]
    ProposalLive,
    #[msg("The round's epoch can still get a final root: close it when a later root is final")]
    RoundLive,
    #[msg("That epoch has no final root that the proposal builds on: take one from its ring")]
    RootNotFound,
    #[msg("A leaf is not in the root that it should be in: fetch the leaves and proofs anew")]
    LeafNotProven,
    #[msg("The number of leaves in the challenge is out of bounds: pass 1 to 28")]
    BadLeaves,
    #[msg("What was given does not show that the root is wrong: nothing changed")]
    ChallengeNotProven,
    #[msg("The proposal's inputs do not record this: fetch its published inputs anew")]
    EvidenceNotProven,
    #[msg("The seed of the proposal's epoch is not in the ring: the index cannot be derived")]
    SeedNotFound,
    #[msg("The commitment was not challenged in the proposal's epoch: pass one active in it")]
    CommitmentNotInEpoch,
    #[msg("The network's clock stands before its genesis: try again later")]
    BeforeGenesis,
    #[msg("A number passed 64 bits: use smaller numbers")]
    MathOverflow,
    #[msg("An account breaks its own rules: report this, it must not happen")]
    InvariantViolated,
    #[msg("The operator has left its service for good: choose another operator")]
    OperatorExited,
    #[msg("This is not the policy of the service: derive its address from the service")]
    WrongPolicy,
    #[msg("A party's issuer is none of this network: pass an issuer that the network admitted")]
    WrongIssuer,
    #[msg("The network trusts a party's issuer no longer: obtain a clearance from another one")]
    IssuerRevoked,
    #[msg("A party shows no clearance of its wallet by that issuer: obtain one and pass it")]
    NotCleared,
    #[msg("The clearance of a party was revoked: have its issuer grant it again")]
    ClearanceRevoked,
    #[msg("The clearance of a party has expired: have its issuer renew it")]
    ClearanceExpired,
    #[msg("The clearance of a party lacks a kind that the service asks for: obtain all of them")]
    KindNotCleared,
    #[msg("The service does not admit the jurisdiction of a party: use another service")]
    JurisdictionRefused,
    #[msg("The audit tier of a party is below what the service asks for: obtain a higher one")]
    AuditTierTooLow,
    #[msg("The window after the quorum has ended: nothing can be disputed any more")]
    DisputeLate,
    #[msg("The verifiers have upheld this root in a dispute: only an objective challenge is left")]
    DisputeSpent,
    #[msg("The proposal is under dispute: resolve that first")]
    ProposalDisputed,
    #[msg("The dispute is about another proposal: derive it from the proposal")]
    WrongDispute,
    #[msg("The time to vote on the dispute has ended: resolve it")]
    DisputeOver,
    #[msg("The dispute is neither decided nor over: wait for votes, or for its end")]
    DisputeRunning,
    #[msg("This verifier has voted in this dispute: a verifier has one vote in it")]
    DisputeVoteSpent,
    #[msg("This is not the network's token mint: pass the mint that the network names")]
    WrongMint,
    #[msg("This is not the vault that the dispute or the network names: derive it")]
    WrongVault,
    #[msg("The bond goes back to the challenger: pass a token account that the challenger owns")]
    NotChallengersToken,
    #[msg("The service had a final root lately: it is stalled after 16 epochs without one")]
    NotStalled,
    #[msg("The service is stalled: wait until its verifiers make a root final again")]
    ServiceStalled,
    #[msg("The operator has committed to all that it offers: have it raise its capacity")]
    CapacityExceeded,
    #[msg("The operator is jailed: choose another, or wait until its time is over")]
    OperatorJailed,
    #[msg("The operator has unbonded its whole stake: choose another")]
    OperatorExiting,
    #[msg("The operator registered after the proposal's epoch: it needs no leaf in it")]
    OperatorTooYoung,
    #[msg("The account has a layout that this program does not know: migrate it, or update")]
    WrongVersion,
    #[msg(
        "The node's key changed lately, verifiers may have gone by the former: dispute the root"
    )]
    NodeKeyTooNew,
    #[msg("The root builds on another one than the newest final root: compute it anew from that")]
    StaleRoot,
}

/// The code of `WrongVersion`, which every account of another layout is refused with.
pub(crate) const WRONG_VERSION: u32 = 6200 + ProofsError::WrongVersion as u32;
