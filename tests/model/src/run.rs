//! What each step does.

use crate::{Refusal, Step, Told, World};

impl World {
    /// What a step makes of it. A refused step changes nothing.
    pub fn apply(&mut self, step: &Step) -> Told {
        let mut next = self.clone();
        next.run(step)?;
        *self = next;
        Ok(())
    }

    fn run(&mut self, step: &Step) -> Told {
        match *step {
            Step::Wait(seconds) => {
                self.now += seconds;
                Ok(())
            }
            Step::RootPublish { ref growth } => self.root_publish(growth),
            _ => self.run_stake(step),
        }
    }

    /// Steps of operators, and what the network decides about them.
    fn run_stake(&mut self, step: &Step) -> Told {
        match *step {
            Step::NetworkPause { by, areas, paused } => self.network_pause(by, areas, paused),
            Step::StakeDeposit {
                by,
                operator,
                amount,
            } => self.stake_deposit(by, operator, amount),
            Step::StakeUnbond {
                by,
                operator,
                amount,
            } => self.stake_unbond(by, operator, amount),
            Step::StakeWithdraw { by, operator } => self.stake_withdraw(by, operator),
            Step::OperatorExit { by, operator } => self.operator_exit(by, operator),
            Step::OperatorRelease { by, operator } => self.operator_release(by, operator),
            Step::SlashApply { operator, back } => self.slash_apply(operator, back),
            Step::ChangePropose { by, change } => self.change_propose(by, change),
            Step::ChangeApply { target } => self.change_apply(target),
            Step::ChangeCancel { by, target } => self.change_cancel(by, target),
            _ => self.run_clearances(step),
        }
    }

    /// Steps by which somebody is admitted, or is not.
    fn run_clearances(&mut self, step: &Step) -> Told {
        match *step {
            Step::IssuerAdmit { by, issuer, kinds } => self.issuer_admit(by, issuer, kinds),
            Step::IssuerRevoke { by, issuer } => self.issuer_revoke(by, issuer),
            Step::ClearanceGrant {
                by,
                issuer,
                subject,
                vouch,
            } => self.clearance_grant(by, issuer, subject, vouch),
            Step::ClearanceRevoke {
                by,
                issuer,
                subject,
            } => self.clearance_revoke(by, issuer, subject),
            Step::ClearanceClose { issuer, subject } => self.clearance_close(issuer, subject),
            Step::PolicyCreate { by, rules } => self.policy_create(by, rules),
            Step::PolicyPropose { by, rules } => self.policy_propose(by, rules),
            Step::PolicyApply => self.policy_apply(),
            Step::PolicyCancel { by } => self.policy_cancel(by),
            _ => self.run_delegations(step),
        }
    }

    /// Steps of delegators.
    fn run_delegations(&mut self, step: &Step) -> Told {
        match *step {
            Step::DelegationDeposit {
                by,
                operator,
                amount,
            } => self.delegation_deposit(by, operator, amount),
            Step::DelegationUnbond {
                by,
                operator,
                shares,
            } => self.delegation_unbond(by, operator, shares),
            Step::DelegationWithdraw { by, operator } => self.delegation_withdraw(by, operator),
            Step::DelegationClaim { by, operator } => self.delegation_claim(by, operator),
            Step::DelegationClose { by, operator } => self.delegation_close(by, operator),
            Step::DelegationFund {
                operator,
                tokens,
                stable,
            } => self.delegation_fund(operator, tokens, stable),
            _ => self.run_verifiers(step),
        }
    }

    /// Steps of verifiers that concern their bonds.
    fn run_verifiers(&mut self, step: &Step) -> Told {
        match *step {
            Step::VerifierRegister {
                by,
                admitted_by,
                bond,
            } => self.verifier_register(by, admitted_by, bond),
            Step::VerifierDisplace { by, bond } => self.verifier_displace(by, bond),
            Step::VerifierBondAdd { by, amount } => self.verifier_bond_add(by, amount),
            Step::VerifierExit { by } => self.verifier_exit(by),
            Step::VerifierRemove { by, verifier } => self.verifier_remove(by, verifier),
            Step::VerifierWithdraw { by } => self.verifier_withdraw(by),
            Step::BondSlash { mask, voted_epoch } => self.bond_slash(mask, voted_epoch),
            _ => self.run_rounds(step),
        }
    }

    /// Steps by which roots become final, or do not.
    fn run_rounds(&mut self, step: &Step) -> Told {
        match *step {
            Step::EpochSeedRecord { epoch } => self.seed_record(epoch),
            Step::EpochPropose {
                by,
                epoch,
                ref growth,
                flaw,
                opening,
            } => self.epoch_propose(by, epoch, growth, flaw, opening),
            Step::EpochAttest { by, about } => self.epoch_attest(by, about),
            Step::EpochChallenge {
                by,
                about,
                evidence,
            } => self.epoch_challenge(by, about, evidence),
            Step::EpochFinalize { about } => self.epoch_finalize(about),
            Step::ProposalClose { about } => self.proposal_close(about),
            Step::RoundClose { epoch } => self.round_close(epoch),
            Step::DisputeOpen { by, about } => self.dispute_open(by, about),
            Step::DisputeVote {
                by,
                about,
                is_right,
            } => self.dispute_vote(by, about, is_right),
            Step::DisputeResolve { about } => self.dispute_resolve(about),
            Step::ServiceEscape => self.service_escape(),
            _ => self.run_commitments(step),
        }
    }

    /// Steps that concern what operators keep.
    fn run_commitments(&mut self, step: &Step) -> Told {
        match *step {
            Step::CommitmentRegister {
                customer,
                operator,
                size_bytes,
            } => self.commitment_register(customer, operator, size_bytes),
            Step::CommitmentEnd {
                by,
                customer,
                operator,
            } => self.commitment_end(by, customer, operator),
            Step::CommitmentClose { customer, operator } => {
                self.commitment_close(customer, operator)
            }
            Step::MaintenanceDeclare {
                by,
                operator,
                first,
                epochs,
            } => self.maintenance_declare(by, operator, first, epochs),
            _ => self.run_leases(step),
        }
    }

    /// Steps of leases.
    fn run_leases(&mut self, step: &Step) -> Told {
        match *step {
            Step::LeaseOpen {
                customer,
                operator,
                deal,
            } => self.lease_open(customer, operator, deal),
            Step::LeaseSettle {
                customer,
                operator,
                back,
            } => self.lease_settle(customer, operator, back),
            Step::LeaseEnd {
                by,
                customer,
                operator,
            } => self.lease_end(by, customer, operator),
            Step::LeaseClose { customer, operator } => self.lease_close(customer, operator),
            Step::LeaseRenew {
                customer,
                operator,
                epochs,
                rate,
                by_node,
            } => self.lease_renew(customer, operator, epochs, rate, by_node),
            Step::LeaseTransfer {
                customer,
                from,
                to,
                deal,
            } => self.lease_transfer(customer, from, to, deal),
            _ => self.run_groups(step),
        }
    }

    /// Steps of lease groups.
    fn run_groups(&mut self, step: &Step) -> Told {
        match *step {
            Step::GroupOpen {
                customer,
                number,
                deal,
            } => self.group_open(customer, number, deal),
            Step::GroupJoin {
                customer,
                number,
                operator,
                agreed,
            } => self.group_join(customer, number, operator, agreed),
            Step::GroupRecord {
                customer,
                number,
                operator,
                back,
            } => self.group_record(customer, number, operator, back),
            Step::GroupSettle { customer, number } => self.group_settle(customer, number),
            Step::GroupEnd {
                by,
                customer,
                number,
            } => self.group_end(by, customer, number),
            Step::GroupClose { customer, number } => self.group_close(customer, number),
            _ => self.run_sales(step),
        }
    }

    /// Steps by which credits come, and what they brought goes.
    fn run_sales(&mut self, step: &Step) -> Told {
        match *step {
            Step::PricePost { price } => self.price_post(price),
            Step::CreditsBuyBurn {
                customer,
                credits,
                most,
            } => self.buy_burn(customer, credits, most),
            Step::CreditsBuyStable {
                customer,
                credits,
                most,
            } => self.buy_stable(customer, credits, most),
            Step::AccountDeposit { customer, credits } => self.account_deposit(customer, credits),
            Step::AccountWithdraw { customer, credits } => self.account_withdraw(customer, credits),
            Step::RevenueRelease => self.revenue_release(),
            Step::TreasuryWithdraw { by, amount } => self.treasury_withdraw(by, amount),
            Step::InsurancePay {
                by,
                customer,
                credits,
                is_next,
            } => self.insurance_pay(by, customer, credits, is_next),
            Step::TopupSet { customer, rules } => self.topup_set(customer, rules),
            Step::TopupRun { customer } => self.topup_run(customer),
            Step::TopupRemove { customer } => self.topup_remove(customer),
            _ => self.run_cards(step),
        }
    }

    /// Sales by card.
    fn run_cards(&mut self, step: &Step) -> Told {
        match *step {
            Step::BillerSet { by, daily_cap } => self.biller_set(by, daily_cap),
            Step::CardSell {
                by,
                customer,
                payment,
                credits,
                age,
            } => self.card_sell(by, customer, payment, credits, age),
            Step::CardChargeback {
                by,
                customer,
                payment,
            } => self.card_chargeback(by, customer, payment),
            Step::CardResolve {
                by,
                customer,
                payment,
                lost,
            } => self.card_resolve(by, customer, payment, lost),
            Step::CardRefund {
                by,
                customer,
                payment,
            } => self.card_refund(by, customer, payment),
            Step::CardClose { payment } => self.card_close(payment),
            _ => self.run_meters(step),
        }
    }

    /// Steps of meters.
    fn run_meters(&mut self, step: &Step) -> Told {
        match *step {
            Step::MeterOpen {
                by,
                customer,
                operator,
                deal,
            } => self.meter_open(by, customer, operator, deal),
            Step::MeterDeposit {
                by,
                customer,
                operator,
                credits,
            } => self.meter_deposit(by, customer, operator, credits),
            Step::MeterSettle {
                customer,
                operator,
                units,
                signed_by,
            } => self.meter_settle(customer, operator, units, signed_by),
            Step::MeterEnd {
                by,
                customer,
                operator,
            } => self.meter_end(by, customer, operator),
            Step::MeterClose { customer, operator } => self.meter_close(customer, operator),
            Step::DelegateSet {
                customer,
                to,
                limits,
            } => self.delegate_set(customer, to, limits),
            Step::DelegateRemove { customer, to } => self.delegate_remove(customer, to),
            _ => self.run_rewards(step),
        }
    }

    /// Steps that concern the pool.
    fn run_rewards(&mut self, step: &Step) -> Told {
        match *step {
            Step::PoolFund { by, amount } => self.pool_fund(by, amount),
            Step::EpochAllot { epoch } => self.epoch_allot(epoch),
            Step::ClaimSync { operator } => self.claim_sync(operator),
            Step::StablePayoutSet { by, operator } => self.stable_payout_set(by, operator),
            Step::RewardClaim { operator, back } => self.reward_claim(operator, back),
            Step::RewardPush { back } => self.reward_push(back),
            Step::RewardClaimStable { operator, back } => self.reward_claim_stable(operator, back),
            Step::HeldSlash { operator, back } => self.held_slash(operator, back),
            Step::HeldRelease { operator } => self.held_release(operator),
            Step::DelegationPay { operator } => self.delegation_pay(operator),
            _ => Err(Refusal("no step of this world")),
        }
    }
}
