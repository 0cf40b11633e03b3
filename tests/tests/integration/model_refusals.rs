//! Off chain: what programs call the reasons for which the model refuses.
//!
//! A step can be wrong in more than one way, and which of them is told depends on the order of
//! checks. The model checks in the order of the programs where it can; what is not in this table
//! has no error of its own: an account that does not exist, or a reason that only it can tell
//! apart.

use {trestle_model::Refusal, trestle_sdk::decode::decode, trestle_tests::svm::Refused};

/// The first code of an error that a program has itself: others say that an account is not there, or
/// that a purse is empty, before anything else is looked at.
const FIRST_CODE: u32 = 6_000;

/// Each reason with the names of the errors that say so.
const ERRORS: &[(&str, &[&str])] = &[
    ("a paused area", &["NetworkPaused"]),
    ("nothing that changes", &["PauseUnchanged"]),
    ("no such area", &["BadAreas"]),
    (
        "neither authority nor guardian",
        &["NotGuardian", "NotNetworkAuthority"],
    ),
    ("not the authority", &["NotNetworkAuthority"]),
    ("an amount of zero", &["ZeroAmount"]),
    (
        "not enough",
        &[
            "InsufficientStake",
            "InsufficientShares",
            "InsufficientCredits",
        ],
    ),
    ("too much", &["MathOverflow"]),
    ("no such root", &["RootNotFound"]),
    ("no such leaf", &["LeafNotProven", "RootNotFound"]),
    ("no such amount", &["BadAmount"]),
    ("a pool without worth", &["PoolSlashedOut"]),
    ("a change already", &["ChangePending"]),
    (
        "no such rules",
        &[
            "BadStakePerGib",
            "BadNotice",
            "BadUnbonding",
            "BadChallengeWindow",
            "BadBondMinimum",
            "BadBondSlash",
            "BadSlashShares",
            "BadBreaker",
            "BadSchedule",
            "BadMonth",
            "BadFee",
            "BadBillerCap",
        ],
    ),
    (
        "no such deal",
        &[
            "BadRate",
            "BadTerm",
            "BadPeriod",
            "BadServiceLevel",
            "BadServiceCredit",
            "BadSchedule",
            "BadCreditCap",
            "BadLeaseNotice",
            "BadRenewal",
            "BadUnitPrice",
            "BadMeterCap",
            "ZeroCredits",
        ],
    ),
    ("no credits", &["ZeroCredits"]),
    ("no shares", &["ZeroAmount"]),
    (
        "not its operator",
        &[
            "NotOperatorController",
            "NotOperatorAuthority",
            "NotController",
            "NotLeaseParty",
        ],
    ),
    ("an operator that has left", &["OperatorExited"]),
    ("no free ticket", &["NoFreeTicket"]),
    ("nothing has matured", &["NothingMatured"]),
    ("an operator that is not jailed", &["NotJailed"]),
    ("a jail that is not over", &["JailNotOver"]),
    ("less stake than asked", &["OperatorUnderstaked"]),
    ("nothing to slash", &["NothingToSlash"]),
    ("nothing that could be taken", &["NothingToTake"]),
    ("an operator that is jailed", &["OperatorJailed"]),
    ("nothing earned", &["NothingEarned"]),
    ("a delegation in use", &["DelegationInUse"]),
    ("too small a bond", &["BondTooSmall"]),
    ("a verifier already", &["VerifierExists"]),
    ("no free place", &["VerifierSetFull"]),
    ("not a verifier", &["NotVerifier"]),
    ("a verifier that leaves", &["VerifierExiting"]),
    ("it does not leave", &["VerifierNotExiting"]),
    ("a bond that is locked", &["BondLocked"]),
    ("no bond to slash", &["NoBondToSlash"]),
    ("an old price", &["PriceStale"]),
    ("more than wanted", &["CostAboveMaximum"]),
    ("not the biller", &["NotBiller"]),
    ("above the market's cap", &["CapAboveMarket"]),
    ("above the cap", &["BillerCapReached"]),
    ("another sale", &["PaymentDiffers"]),
    ("no time to sell it", &["PaymentTooOld", "PaymentInFuture"]),
    ("a sale that is not open", &["SaleNotOpen"]),
    ("a sale that is final", &["SaleFinal"]),
    ("no chargeback", &["SaleNotFrozen"]),
    ("too early", &["DecisionNotDue", "TopupTooEarly"]),
    ("a sale that is not final", &["SaleNotFinal"]),
    ("nothing to release", &["NothingToRelease"]),
    ("a lease that is settled", &["LeaseSettled"]),
    ("no root yet", &["SettlementNotDue"]),
    ("not the root that is due", &["WrongSettlementEpoch"]),
    ("a counter that fell", &["CounterFell"]),
    (
        "it ends sooner",
        &["LeaseEndsAlready", "MeterEndsAlready", "CommitmentEnded"],
    ),
    ("a lease that is not over", &["LeaseNotFinished"]),
    ("a lease that does not run", &["LeaseNotRunning"]),
    ("no such rate", &["BadRate"]),
    ("no such term", &["BadTerm"]),
    ("a third rate", &["RenewalPending"]),
    ("nobody agreed for the operator", &["NotNodeKey"]),
    ("the same operator", &["SameOperator"]),
    ("a commitment that ends", &["CommitmentEnded"]),
    ("too much maintenance", &["TooMuchMaintenance"]),
    ("maintenance too soon", &["MaintenanceTooSoon"]),
    ("maintenance out of order", &["MaintenanceOutOfOrder"]),
    ("no place for maintenance", &["MaintenanceFull"]),
    (
        "not a party",
        &["NotLeaseParty", "NotMeterParty", "NotParty"],
    ),
    ("no such notice", &["BadMeterNotice"]),
    ("a delegate that expired", &["DelegateExpired"]),
    (
        "more than a delegate may",
        &["DelegateEpochLimit", "DelegateTotalLimit"],
    ),
    (
        "somebody else's receipt",
        &["ReceiptInvalid", "ReceiptMissing"],
    ),
    ("nothing used", &["NothingUsed"]),
    ("nothing left to pay with", &["MeterExhausted"]),
    ("a meter that ends", &["MeterEnded"]),
    ("a meter that has not ended", &["MeterNotEnded"]),
    ("no such top-up", &["BadTopup"]),
    ("no such period", &["BadTopupPeriod"]),
    ("enough credits", &["TopupNotNeeded"]),
    ("an epoch to come", &["EpochNotBegun"]),
    ("not the next epoch", &["WrongEpoch"]),
    ("nowhere to pay to", &["NoStablePayout"]),
    ("nothing to claim", &["NothingToClaim"]),
    ("the breaker lets nothing out", &["BreakerExhausted"]),
    ("more than the newest root grants", &["PaidBeyondRoot"]),
    ("more than was allotted", &["PaidBeyondAllotment"]),
    ("nothing to push", &["NothingToPush"]),
    ("an operator in jail", &["Jailed", "OperatorJailed"]),
    ("nothing for delegators", &["NothingForDelegators"]),
    ("a pool that mints", &["NotFunded"]),
    ("a ceiling that is fixed", &["CeilingFixed"]),
    ("a fee that is not above the shares", &["RhoNotBelowFee"]),
    ("an epoch that has no allotment", &["EpochNotAllotted"]),
    ("a change that waits", &["ChangeNotDue"]),
    ("a change that has lapsed", &["ChangeLapsed"]),
    ("rules that hold already", &["ChangeEmpty"]),
    (
        "a window that bonds do not outlast",
        &["WindowBeyondUnbonding"],
    ),
    ("not the epoch that runs", &["NotCurrentEpoch"]),
    ("a seed already", &["SeedExists"]),
    ("an epoch that has not ended", &["EpochNotEnded"]),
    ("an epoch that is final", &["EpochFinal"]),
    ("totals that fell", &["TotalsFell"]),
    ("more tokens than allotted", &["TokensOverAllotment"]),
    ("more stablecoin than allotted", &["StableOverAllotment"]),
    ("a bond below the smallest", &["BondTooSmall"]),
    ("no weight in the round", &["NotInRound"]),
    ("a vote that is spent", &["VoteSpent"]),
    ("a proposal that is lost", &["ProposalLost"]),
    ("a superseded proposal", &["ProposalSuperseded"]),
    ("a proposal older than an epoch", &["AttestationLate"]),
    ("no quorum", &["NoQuorum"]),
    ("a window that is open", &["WindowOpen"]),
    ("a proposal under dispute", &["ProposalDisputed"]),
    ("a proposal that is live", &["ProposalLive"]),
    ("a round that is live", &["RoundLive"]),
    ("a service that goes on", &["NotStalled"]),
    ("a stalled service", &["ServiceStalled"]),
    ("a root that was upheld", &["DisputeSpent"]),
    ("a window that has ended", &["DisputeLate"]),
    ("a dispute that is over", &["DisputeOver"]),
    ("a vote in the dispute that is spent", &["DisputeVoteSpent"]),
    ("a dispute that runs", &["DisputeRunning"]),
    ("nothing that is wrong", &["ChallengeNotProven"]),
    ("no root that it builds on", &["RootNotFound"]),
    ("a commitment that was not asked", &["CommitmentNotInEpoch"]),
    ("nothing recorded", &["EvidenceNotProven"]),
    ("no seed of the epoch", &["SeedNotFound"]),
    ("an operator that leaves", &["OperatorExiting"]),
    ("no such size", &["BadSize"]),
    ("more than is offered", &["CapacityExceeded"]),
    ("a commitment that serves", &["CommitmentActive"]),
    ("a commitment that somebody may need", &["CommitmentNeeded"]),
];

/// Programs must refuse for the reason that the model gives.
pub fn agree(refused: &Refused, refusal: Refusal) -> Result<(), String> {
    let reason = ERRORS.iter().find(|(reason, _)| *reason == refusal.0);
    let told = decode(&refused.error, &refused.logs, &[]);
    let is_own = told.code.is_some_and(|code| code >= FIRST_CODE);
    let Some((_, names)) = reason.filter(|_| is_own) else {
        return Ok(());
    };
    if names.contains(&told.name.as_str()) {
        return Ok(());
    }
    let logs = refused.logs.join("\n");
    Err(format!(
        "refused for {told} and not for {refusal:?}\n{logs}"
    ))
}
