//! What can happen: one variant for each instruction, and for what the world does by itself.

use crate::{
    Actor, Change, Delegate, Evidence, Flaw, GroupDeal, Leaf, LeaseDeal, MeterDeal, Opening,
    PolicyRules, Target, Topup, Vouch,
};

/// A proposal by its epoch and who proposed it.
pub type ProposalKey = (u64, Actor);

/// Something that happens. `by` is who signs, rightfully or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Time passes, seconds.
    Wait(i64),
    /// A root of the epoch that runs becomes final; each operator's counters grow by so much.
    RootPublish {
        growth: Vec<Leaf>,
    },
    NetworkPause {
        by: Actor,
        areas: u8,
        paused: bool,
    },
    ChangePropose {
        by: Actor,
        change: Change,
    },
    ChangeApply {
        target: Target,
    },
    ChangeCancel {
        by: Actor,
        target: Target,
    },
    IssuerAdmit {
        by: Actor,
        issuer: u8,
        kinds: u32,
    },
    IssuerRevoke {
        by: Actor,
        issuer: u8,
    },
    ClearanceGrant {
        by: Actor,
        issuer: u8,
        subject: Actor,
        vouch: Vouch,
    },
    ClearanceRevoke {
        by: Actor,
        issuer: u8,
        subject: Actor,
    },
    ClearanceClose {
        issuer: u8,
        subject: Actor,
    },
    PolicyCreate {
        by: Actor,
        rules: PolicyRules,
    },
    PolicyPropose {
        by: Actor,
        rules: PolicyRules,
    },
    PolicyApply,
    PolicyCancel {
        by: Actor,
    },
    EpochSeedRecord {
        epoch: u64,
    },
    /// Each operator's counters grow by so much, but for what the proposer gets wrong.
    EpochPropose {
        by: Actor,
        epoch: u64,
        growth: Vec<Leaf>,
        flaw: Flaw,
        /// What the inputs record as good.
        opening: Option<Opening>,
    },
    EpochAttest {
        by: Actor,
        about: ProposalKey,
    },
    EpochChallenge {
        by: Actor,
        about: ProposalKey,
        evidence: Evidence,
    },
    EpochFinalize {
        about: ProposalKey,
    },
    ProposalClose {
        about: ProposalKey,
    },
    RoundClose {
        epoch: u64,
    },
    DisputeOpen {
        by: Actor,
        about: ProposalKey,
    },
    DisputeVote {
        by: Actor,
        about: ProposalKey,
        is_right: bool,
    },
    DisputeResolve {
        about: ProposalKey,
    },
    ServiceEscape,
    CommitmentRegister {
        customer: u8,
        operator: u8,
        size_bytes: u64,
    },
    CommitmentEnd {
        by: Actor,
        customer: u8,
        operator: u8,
    },
    CommitmentClose {
        customer: u8,
        operator: u8,
    },
    StakeDeposit {
        by: Actor,
        operator: u8,
        amount: u64,
    },
    StakeUnbond {
        by: Actor,
        operator: u8,
        amount: u64,
    },
    StakeWithdraw {
        by: Actor,
        operator: u8,
    },
    OperatorExit {
        by: Actor,
        operator: u8,
    },
    OperatorRelease {
        by: Actor,
        operator: u8,
    },
    /// With the leaf of the root that is `back` roots older than the newest.
    SlashApply {
        operator: u8,
        back: u8,
    },
    /// The same of its pay.
    HeldSlash {
        operator: u8,
        back: u8,
    },
    DelegationDeposit {
        by: Actor,
        operator: u8,
        amount: u64,
    },
    DelegationUnbond {
        by: Actor,
        operator: u8,
        shares: u64,
    },
    DelegationWithdraw {
        by: Actor,
        operator: u8,
    },
    DelegationClaim {
        by: Actor,
        operator: u8,
    },
    DelegationClose {
        by: Actor,
        operator: u8,
    },
    /// New tokens and stablecoin for the delegators of an operator.
    DelegationFund {
        operator: u8,
        tokens: u64,
        stable: u64,
    },
    VerifierRegister {
        by: Actor,
        admitted_by: Actor,
        bond: u64,
    },
    /// In the place of the verifier with the smallest bond.
    VerifierDisplace {
        by: Actor,
        bond: u64,
    },
    VerifierBondAdd {
        by: Actor,
        amount: u64,
    },
    VerifierExit {
        by: Actor,
    },
    VerifierRemove {
        by: Actor,
        verifier: Actor,
    },
    VerifierWithdraw {
        by: Actor,
    },
    /// What the proofs program orders when the signers of a root are convicted.
    BondSlash {
        mask: u32,
        voted_epoch: u64,
    },
    /// Pyth publishes a price of the token, 1e-8 dollars.
    PricePost {
        price: u64,
    },
    CreditsBuyBurn {
        customer: u8,
        credits: u64,
        most: u64,
    },
    CreditsBuyStable {
        customer: u8,
        credits: u64,
        most: u64,
    },
    AccountDeposit {
        customer: u8,
        credits: u64,
    },
    AccountWithdraw {
        customer: u8,
        credits: u64,
    },
    MeterOpen {
        by: Actor,
        customer: u8,
        operator: u8,
        deal: MeterDeal,
    },
    MeterDeposit {
        by: Actor,
        customer: u8,
        operator: u8,
        credits: u64,
    },
    MeterSettle {
        customer: u8,
        operator: u8,
        units: u64,
        signed_by: Actor,
    },
    MeterEnd {
        by: Actor,
        customer: u8,
        operator: u8,
    },
    MeterClose {
        customer: u8,
        operator: u8,
    },
    DelegateSet {
        customer: u8,
        to: Actor,
        limits: Delegate,
    },
    DelegateRemove {
        customer: u8,
        to: Actor,
    },
    TopupSet {
        customer: u8,
        rules: Topup,
    },
    TopupRun {
        customer: u8,
    },
    TopupRemove {
        customer: u8,
    },
    BillerSet {
        by: Actor,
        daily_cap: u64,
    },
    /// `age` is how long ago the customer paid, seconds.
    CardSell {
        by: Actor,
        customer: u8,
        payment: u8,
        credits: u64,
        age: i64,
    },
    CardChargeback {
        by: Actor,
        customer: u8,
        payment: u8,
    },
    CardResolve {
        by: Actor,
        customer: u8,
        payment: u8,
        lost: bool,
    },
    CardRefund {
        by: Actor,
        customer: u8,
        payment: u8,
    },
    CardClose {
        payment: u8,
    },
    LeaseOpen {
        customer: u8,
        operator: u8,
        deal: LeaseDeal,
    },
    LeaseSettle {
        customer: u8,
        operator: u8,
        back: u8,
    },
    LeaseEnd {
        by: Actor,
        customer: u8,
        operator: u8,
    },
    LeaseClose {
        customer: u8,
        operator: u8,
    },
    LeaseRenew {
        customer: u8,
        operator: u8,
        epochs: u64,
        rate: u64,
        by_node: bool,
    },
    /// From one operator to another.
    LeaseTransfer {
        customer: u8,
        from: u8,
        to: u8,
        deal: LeaseDeal,
    },
    GroupOpen {
        customer: u8,
        number: u8,
        deal: GroupDeal,
    },
    /// `agreed` is whether what both sign are the terms of the group.
    GroupJoin {
        customer: u8,
        number: u8,
        operator: u8,
        agreed: bool,
    },
    GroupRecord {
        customer: u8,
        number: u8,
        operator: u8,
        back: u8,
    },
    GroupSettle {
        customer: u8,
        number: u8,
    },
    GroupEnd {
        by: Actor,
        customer: u8,
        number: u8,
    },
    GroupClose {
        customer: u8,
        number: u8,
    },
    MaintenanceDeclare {
        by: Actor,
        operator: u8,
        first: u64,
        epochs: u64,
    },
    RevenueRelease,
    TreasuryWithdraw {
        by: Actor,
        amount: u64,
    },
    /// `is_next` is whether it has the number of those before it.
    InsurancePay {
        by: Actor,
        customer: u8,
        credits: u64,
        is_next: bool,
    },
    PoolFund {
        by: Actor,
        amount: u64,
    },
    EpochAllot {
        epoch: u64,
    },
    ClaimSync {
        operator: u8,
    },
    StablePayoutSet {
        by: Actor,
        operator: u8,
    },
    RewardClaim {
        operator: u8,
        back: u8,
    },
    /// Pays all operators by one root.
    RewardPush {
        back: u8,
    },
    RewardClaimStable {
        operator: u8,
        back: u8,
    },
    HeldRelease {
        operator: u8,
    },
    DelegationPay {
        operator: u8,
    },
}
