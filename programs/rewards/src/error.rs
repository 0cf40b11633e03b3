//! Everything this program refuses, each with its remedy. The order is frozen: codes are an API.

use anchor_lang::prelude::*;

#[error_code(offset = 6400)]
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
    #[msg("Only a pool that mints has an emission: a funded one allots what is put into it")]
    NotMinting,
    #[msg(
        "This is not the pool's emission: open it first, then derive it from the pool's address"
    )]
    WrongEmission,
    #[msg("This is not the network's market: derive it from the network's address")]
    WrongMarket,
    #[msg("This is not the service's revenue: derive it from the service's address")]
    WrongRevenue,
    #[msg("This is not the market's price account: pass the one that the market names")]
    WrongPriceAccount,
    #[msg("A schedule has 1 to 8 steps, each with a later first epoch than the one before")]
    BadSteps,
    #[msg(
        "Base, and each step with the re-emission cap, must stay within the pool's tokens an epoch"
    )]
    AboveCeiling,
    #[msg(
        "Shares of revenue and burns must together stay below the market's protocol fee: else \
         buying one's own service would pay"
    )]
    RhoNotBelowFee,
    #[msg("Burns are the network's: only the pool of its first service can emit them again")]
    BurnsElsewhere,
    #[msg("The pool pays no stablecoin yet: its stable vault must be opened first")]
    NoStable,
    #[msg("The pool pays stablecoin already: there is nothing to open")]
    StableOpen,
    #[msg("The signer does not control the operator: sign with the operator's controller")]
    NotController,
    #[msg("The claim names no account for stablecoin: its operator's controller must set one")]
    NoStablePayout,
    #[msg("A month has at most 44,640 epochs; 0 holds nothing back")]
    BadMonth,
    #[msg("The operator is jailed: release what is held when it is free again")]
    Jailed,
    #[msg("Nothing held can be released yet: wait until the operator is older")]
    NothingToRelease,
    #[msg("The tokens an epoch of a pool that mints are its ceiling for good: leave them")]
    CeilingFixed,
    #[msg("The delay of the change has not passed: apply it when it is due")]
    ChangeNotDue,
    #[msg("The change has lapsed, because nobody applied it in time: cancel it and propose anew")]
    ChangeLapsed,
    #[msg("The change is another pool's, or its rent goes to somebody else: pass what it names")]
    WrongChange,
    #[msg("An epoch that has begun is not allotted yet: allot it by the present parameters first")]
    EpochNotAllotted,
    #[msg("This is not the operator's delegation pool: derive it from the operator's address")]
    WrongDelegationPool,
    #[msg("Nothing is set aside for delegators: pay them when their operator was paid again")]
    NothingForDelegators,
    #[msg("The account has a layout that this program does not know: migrate it, or update")]
    WrongVersion,
    #[msg(
        "The operator owes a slash: take it by `held_slash` and `slash_apply`, then sync the claim"
    )]
    SlashOwed,
    #[msg("What the leaf says is slashed has been taken already: nothing to do")]
    NothingToSlash,
    #[msg("No more of the operator's pay can be taken now: slash its stake by `slash_apply`")]
    NothingHeld,
    #[msg("The claim was not synced since that epoch ended: put `claim_sync` before this")]
    NotSynced,
}

/// The code of `WrongVersion`, which every account of another layout is refused with.
pub(crate) const WRONG_VERSION: u32 = 6400 + RewardsError::WrongVersion as u32;
