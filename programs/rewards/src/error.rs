//! Everything this program refuses, each with its remedy. The order is frozen: codes are an API.

use anchor_lang::prelude::*;

#[error_code(offset = 6200)]
pub enum RewardsError {
    #[msg("The network is paused: only claims work until its authority resumes it")]
    NetworkPaused,
    #[msg("The signer is not the network's authority: sign with the authority's key")]
    NotNetworkAuthority,
    #[msg("The account is not at the address that its content gives: derive the address")]
    WrongAddress,
    #[msg("The account belongs to another network: pass the accounts of one network")]
    WrongNetwork,
    #[msg("The account belongs to another service: pass the accounts of one service")]
    WrongService,
    #[msg("This is not the network's token mint: pass the mint that the network names")]
    WrongMint,
    #[msg("This is not the pool's vault: derive it from the pool's address")]
    WrongVault,
    #[msg("The claim belongs to another pool: derive it from the pool and the operator")]
    WrongPool,
    #[msg("The claim belongs to another operator: pass the operator that the claim names")]
    WrongOperator,
    #[msg(
        "This is not the claim's payout account: pass the one it names, or sync the claim first"
    )]
    WrongPayout,
    #[msg("The mode is not known: 1 pays what is funded, 2 mints what is allotted")]
    BadMode,
    #[msg("The tokens of an epoch are out of bounds: choose 1 to 2^44 base units")]
    BadSchedule,
    #[msg("The first epoch must be the running one or at most 366 later")]
    BadFirstEpoch,
    #[msg(
        "The breaker must let out at least one base unit, in a window of 60 to 2,592,000 seconds"
    )]
    BadBreaker,
    #[msg(
        "A pool that mints needs the token's mint authority: set it to the minter's address first"
    )]
    NotMintAuthority,
    #[msg("This pool mints what it pays: it takes no funding")]
    NotFunded,
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("Epochs are allotted one after another, once: allot the next one")]
    WrongEpoch,
    #[msg("The epoch has not begun: allot it when it runs")]
    EpochNotBegun,
    #[msg("The ring holds no final root of that epoch: take a newer epoch")]
    RootNotFound,
    #[msg("The leaf is not in that epoch's root: fetch the leaves and the proof of that epoch")]
    LeafNotProven,
    #[msg("All that the leaf grants has been paid: nothing to claim")]
    NothingToClaim,
    #[msg("The pool's breaker is exhausted: claim again when it has refilled")]
    BreakerExhausted,
    #[msg("The newest final root grants less than that in all: report this root")]
    PaidBeyondRoot,
    #[msg("Less than that was ever allotted: report this root")]
    PaidBeyondAllotment,
    #[msg("A push needs 1 to 28 leaves, in ascending order")]
    BadLeaves,
    #[msg("A push needs two accounts for each leaf, in its order: the claim, then its payout")]
    BadPushAccounts,
    #[msg("Nothing is left to pay for any of these leaves")]
    NothingToPush,
    #[msg("The vault holds less than is due: report this, it must not happen")]
    VaultShortfall,
    #[msg("The network's clock stands before its genesis: try again later")]
    BeforeGenesis,
    #[msg("An amount passed 64 bits: use smaller amounts")]
    MathOverflow,
    #[msg("An account breaks its own rules: report this, it must not happen")]
    InvariantViolated,
}
