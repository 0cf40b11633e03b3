//! Generated from the error enum of `trestle_rewards`; a test writes and checks it.

use crate::decode::ErrorEntry;

/// Errors of `trestle_rewards`.
#[rustfmt::skip]
pub const REWARDS: &[ErrorEntry] = &[
    ErrorEntry {
        code: 6200,
        name: "NetworkPaused",
        message: "the network is paused",
        hint: "only claims work until its authority resumes it",
    },
    ErrorEntry {
        code: 6201,
        name: "NotNetworkAuthority",
        message: "the signer is not the network's authority",
        hint: "sign with the authority's key",
    },
    ErrorEntry {
        code: 6202,
        name: "WrongAddress",
        message: "the account is not at the address that its content gives",
        hint: "derive the address",
    },
    ErrorEntry {
        code: 6203,
        name: "WrongNetwork",
        message: "the account belongs to another network",
        hint: "pass the accounts of one network",
    },
    ErrorEntry {
        code: 6204,
        name: "WrongService",
        message: "the account belongs to another service",
        hint: "pass the accounts of one service",
    },
    ErrorEntry {
        code: 6205,
        name: "WrongMint",
        message: "this is not the network's token mint",
        hint: "pass the mint that the network names",
    },
    ErrorEntry {
        code: 6206,
        name: "WrongVault",
        message: "this is not the pool's vault",
        hint: "derive it from the pool's address",
    },
    ErrorEntry {
        code: 6207,
        name: "WrongPool",
        message: "the claim belongs to another pool",
        hint: "derive it from the pool and the operator",
    },
    ErrorEntry {
        code: 6208,
        name: "WrongOperator",
        message: "the claim belongs to another operator",
        hint: "pass the operator that the claim names",
    },
    ErrorEntry {
        code: 6209,
        name: "WrongPayout",
        message: "this is not the claim's payout account",
        hint: "pass the one it names, or sync the claim first",
    },
    ErrorEntry {
        code: 6210,
        name: "BadMode",
        message: "the mode is not known",
        hint: "1 pays what is funded, 2 mints what is allotted",
    },
    ErrorEntry {
        code: 6211,
        name: "BadSchedule",
        message: "the tokens of an epoch are out of bounds",
        hint: "choose 1 to 2^44 base units",
    },
    ErrorEntry {
        code: 6212,
        name: "BadFirstEpoch",
        message: "the first epoch must be the running one or at most 366 later",
        hint: "",
    },
    ErrorEntry {
        code: 6213,
        name: "BadBreaker",
        message: "the breaker must let out at least one base \
            unit, in a window of 60 to 2,592,000 seconds",
        hint: "",
    },
    ErrorEntry {
        code: 6214,
        name: "NotMintAuthority",
        message: "a pool that mints needs the token's mint authority",
        hint: "set it to the minter's address first",
    },
    ErrorEntry {
        code: 6215,
        name: "NotFunded",
        message: "this pool mints what it pays",
        hint: "it takes no funding",
    },
    ErrorEntry {
        code: 6216,
        name: "ZeroAmount",
        message: "the amount must be above zero",
        hint: "",
    },
    ErrorEntry {
        code: 6217,
        name: "WrongEpoch",
        message: "epochs are allotted one after another, once",
        hint: "allot the next one",
    },
    ErrorEntry {
        code: 6218,
        name: "EpochNotBegun",
        message: "the epoch has not begun",
        hint: "allot it when it runs",
    },
    ErrorEntry {
        code: 6219,
        name: "RootNotFound",
        message: "the ring holds no final root of that epoch",
        hint: "take a newer epoch",
    },
    ErrorEntry {
        code: 6220,
        name: "LeafNotProven",
        message: "the leaf is not in that epoch's root",
        hint: "fetch the leaves and the proof of that epoch",
    },
    ErrorEntry {
        code: 6221,
        name: "NothingToClaim",
        message: "all that the leaf grants has been paid",
        hint: "nothing to claim",
    },
    ErrorEntry {
        code: 6222,
        name: "BreakerExhausted",
        message: "the pool's breaker is exhausted",
        hint: "claim again when it has refilled",
    },
    ErrorEntry {
        code: 6223,
        name: "PaidBeyondRoot",
        message: "the newest final root grants less than that in all",
        hint: "report this root",
    },
    ErrorEntry {
        code: 6224,
        name: "PaidBeyondAllotment",
        message: "less than that was ever allotted",
        hint: "report this root",
    },
    ErrorEntry {
        code: 6225,
        name: "BadLeaves",
        message: "a push needs 1 to 28 leaves, in ascending order",
        hint: "",
    },
    ErrorEntry {
        code: 6226,
        name: "BadPushAccounts",
        message: "a push needs two accounts for each leaf, in its order",
        hint: "the claim, then its payout",
    },
    ErrorEntry {
        code: 6227,
        name: "NothingToPush",
        message: "nothing is left to pay for any of these leaves",
        hint: "",
    },
    ErrorEntry {
        code: 6228,
        name: "VaultShortfall",
        message: "the vault holds less than is due",
        hint: "report this, it must not happen",
    },
    ErrorEntry {
        code: 6229,
        name: "BeforeGenesis",
        message: "the network's clock stands before its genesis",
        hint: "try again later",
    },
    ErrorEntry {
        code: 6230,
        name: "MathOverflow",
        message: "an amount passed 64 bits",
        hint: "use smaller amounts",
    },
    ErrorEntry {
        code: 6231,
        name: "InvariantViolated",
        message: "an account breaks its own rules",
        hint: "report this, it must not happen",
    },
];
