//! What can happen: one variant for each instruction, and for what the world does by itself.

use crate::{Actor, Delegate, Leaf, LeaseDeal, MeterDeal, Topup};

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
    RevenueRelease,
    TreasuryWithdraw {
        by: Actor,
        amount: u64,
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

impl Step {
    /// The name of its kind, by which coverage is counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wait(_) => "wait",
            Self::RootPublish { .. } => "root_publish",
            Self::NetworkPause { .. } => "network_pause",
            Self::StakeDeposit { .. } => "stake_deposit",
            Self::StakeUnbond { .. } => "stake_unbond",
            Self::StakeWithdraw { .. } => "stake_withdraw",
            Self::OperatorExit { .. } => "operator_exit",
            Self::OperatorRelease { .. } => "operator_release",
            Self::SlashApply { .. } => "slash_apply",
            Self::HeldSlash { .. } => "held_slash",
            Self::DelegationDeposit { .. } => "delegation_deposit",
            Self::DelegationUnbond { .. } => "delegation_unbond",
            Self::DelegationWithdraw { .. } => "delegation_withdraw",
            Self::DelegationClaim { .. } => "delegation_claim",
            Self::DelegationClose { .. } => "delegation_close",
            Self::DelegationFund { .. } => "delegation_fund",
            Self::VerifierRegister { .. } => "verifier_register",
            Self::VerifierBondAdd { .. } => "verifier_bond_add",
            Self::VerifierExit { .. } => "verifier_exit",
            Self::VerifierRemove { .. } => "verifier_remove",
            Self::VerifierWithdraw { .. } => "verifier_withdraw",
            Self::BondSlash { .. } => "bond_slash",
            Self::PricePost { .. } => "price_post",
            Self::CreditsBuyBurn { .. } => "credits_buy_burn",
            Self::CreditsBuyStable { .. } => "credits_buy_stable",
            Self::AccountDeposit { .. } => "account_deposit",
            Self::AccountWithdraw { .. } => "account_withdraw",
            Self::MeterOpen { .. } => "meter_open",
            Self::MeterDeposit { .. } => "meter_deposit",
            Self::MeterSettle { .. } => "meter_settle",
            Self::MeterEnd { .. } => "meter_end",
            Self::MeterClose { .. } => "meter_close",
            Self::DelegateSet { .. } => "delegate_set",
            Self::DelegateRemove { .. } => "delegate_remove",
            Self::TopupSet { .. } => "topup_set",
            Self::TopupRun { .. } => "topup_run",
            Self::TopupRemove { .. } => "topup_remove",
            Self::BillerSet { .. } => "biller_set",
            Self::CardSell { .. } => "card_sell",
            Self::CardChargeback { .. } => "card_chargeback",
            Self::CardResolve { .. } => "card_chargeback_resolve",
            Self::CardRefund { .. } => "card_refund",
            Self::CardClose { .. } => "card_close",
            Self::LeaseOpen { .. } => "lease_open",
            Self::LeaseSettle { .. } => "lease_settle",
            Self::LeaseEnd { .. } => "lease_end",
            Self::LeaseClose { .. } => "lease_close",
            Self::RevenueRelease => "revenue_release",
            Self::TreasuryWithdraw { .. } => "treasury_withdraw",
            Self::PoolFund { .. } => "pool_fund",
            Self::EpochAllot { .. } => "epoch_allot",
            Self::ClaimSync { .. } => "claim_sync",
            Self::StablePayoutSet { .. } => "claim_stable_payout_set",
            Self::RewardClaim { .. } => "reward_claim",
            Self::RewardPush { .. } => "reward_push",
            Self::RewardClaimStable { .. } => "reward_claim_stable",
            Self::HeldRelease { .. } => "held_release",
            Self::DelegationPay { .. } => "delegation_pay",
        }
    }
}
