//! Off chain: which builder makes the transaction of a step, and how it is sent.

use {
    crate::model_chain::{key_of, Chain},
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    trestle_model::{Actor, Step},
    trestle_tests::svm::Outcome,
};

impl Chain {
    /// Sends what one signer, or nobody, signs.
    pub fn sign(&mut self, by: Option<Actor>, ix: Instruction) -> Outcome {
        let keys: Vec<Keypair> = by.map(key_of).into_iter().collect();
        let keys: Vec<&Keypair> = keys.iter().collect();
        self.relay(&[ix], &keys)
    }

    /// Sends a transaction whose fee nobody of the model pays.
    pub fn relay(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        let mut instructions = instructions.to_vec();
        if let Some(mutation) = self.mutation.take() {
            mutation.apply(&mut instructions);
        }
        self.world.svm.send_relayed(&instructions, signers)
    }

    /// Sends the transaction of a step.
    pub fn send(&mut self, step: &Step) -> Outcome {
        match step {
            Step::PoolFund { .. }
            | Step::EpochAllot { .. }
            | Step::ClaimSync { .. }
            | Step::StablePayoutSet { .. }
            | Step::RewardClaim { .. }
            | Step::RewardPush { .. }
            | Step::RewardClaimStable { .. }
            | Step::HeldRelease { .. }
            | Step::HeldSlash { .. }
            | Step::DelegationPay { .. } => self.send_rewards(step),
            Step::IssuerAdmit { .. }
            | Step::IssuerRevoke { .. }
            | Step::ClearanceGrant { .. }
            | Step::ClearanceRevoke { .. }
            | Step::ClearanceClose { .. }
            | Step::PolicyCreate { .. }
            | Step::PolicyPropose { .. }
            | Step::PolicyApply
            | Step::PolicyCancel { .. } => self.send_clearance(step),
            Step::EpochSeedRecord { .. }
            | Step::EpochPropose { .. }
            | Step::EpochAttest { .. }
            | Step::EpochChallenge { .. }
            | Step::EpochFinalize { .. }
            | Step::ProposalClose { .. }
            | Step::RoundClose { .. }
            | Step::DisputeOpen { .. }
            | Step::DisputeVote { .. }
            | Step::DisputeResolve { .. }
            | Step::ServiceEscape => self.send_rounds(step),
            Step::CommitmentRegister { .. }
            | Step::CommitmentEnd { .. }
            | Step::CommitmentClose { .. }
            | Step::MaintenanceDeclare { .. } => self.send_commitment(step),
            Step::ChangePropose { .. } | Step::ChangeApply { .. } | Step::ChangeCancel { .. } => {
                self.send_change(step)
            }
            _ => self.send_paid(step),
        }
    }

    /// Sends a step that credits are paid by or for, or one of stake.
    fn send_paid(&mut self, step: &Step) -> Outcome {
        match step {
            Step::LeaseOpen { .. }
            | Step::LeaseSettle { .. }
            | Step::LeaseEnd { .. }
            | Step::LeaseClose { .. }
            | Step::LeaseRenew { .. }
            | Step::LeaseTransfer { .. } => self.send_lease(step),
            Step::GroupOpen { .. }
            | Step::GroupJoin { .. }
            | Step::GroupRecord { .. }
            | Step::GroupSettle { .. }
            | Step::GroupEnd { .. }
            | Step::GroupClose { .. } => self.send_group(step),
            Step::PricePost { .. }
            | Step::CreditsBuyBurn { .. }
            | Step::CreditsBuyStable { .. }
            | Step::AccountDeposit { .. }
            | Step::AccountWithdraw { .. }
            | Step::RevenueRelease
            | Step::TreasuryWithdraw { .. }
            | Step::InsurancePay { .. }
            | Step::BillerSet { .. }
            | Step::CardSell { .. }
            | Step::CardChargeback { .. }
            | Step::CardResolve { .. }
            | Step::CardRefund { .. }
            | Step::CardClose { .. } => self.send_credits(step),
            Step::MeterOpen { .. }
            | Step::MeterDeposit { .. }
            | Step::MeterSettle { .. }
            | Step::MeterEnd { .. }
            | Step::MeterClose { .. }
            | Step::DelegateSet { .. }
            | Step::DelegateRemove { .. }
            | Step::TopupSet { .. }
            | Step::TopupRun { .. }
            | Step::TopupRemove { .. } => self.send_meter(step),
            _ => self.send_stake(step),
        }
    }
}
