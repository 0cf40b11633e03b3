//! Runs on chain (and its types off chain): networks, services, operators, stake, delegation,
//! verifiers, bonds and slashing.
//!
//! No key can move a user's stake: it leaves the vault to the own account of the operator or
//! the delegator after the unbonding time, or by a slash that a final root contains.

pub mod address;
pub mod admission;
pub mod claim;
pub mod constants;
pub mod error;
pub mod event;
pub mod groups;
pub mod instructions;
pub mod leaf;
pub mod load;
pub mod ring;
pub mod state;
pub mod token_calls;
pub mod versioned;

use anchor_lang::prelude::*;
use {
    instructions::*,
    leaf::LeafProof,
    state::{
        ClearanceTerms, IssuerParams, NetworkParams, OperatorProfile, PolicyRules, ServiceParams,
    },
    trestle_core::units::{StableAmount, TokenAmount},
};

declare_id!("2wPoSvYkaEMWkMAYqfz52CNAywNkiPuDswqWLXWr4n1C");

// Whom to tell about a weakness, where explorers look for it: in the program's own bytes.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Trestle staking",
    project_url: "https://github.com/trestle-network/trestle",
    contacts: "link:https://github.com/trestle-network/trestle/security/advisories/new",
    policy: "https://github.com/trestle-network/trestle/blob/main/SECURITY.md",
    preferred_languages: "en",
    source_code: "https://github.com/trestle-network/trestle",
    auditors: "None"
}

// On chain, a program that uses this crate for its types or its calls gets the interface alone, not
// the dispatcher: the framework exports that by name, so the linker would keep all instructions in
// the other program, and two dispatchers would collide.
#[cfg_attr(not(all(target_os = "solana", feature = "no-entrypoint")), program)]
#[cfg_attr(
    all(target_os = "solana", feature = "no-entrypoint"),
    program(interface)
)]
pub mod trestle_staking {
    use super::*;

    /// Creates the network of a token with its verifier set and vaults.
    pub fn network_create(ctx: &mut Context<NetworkCreate>, params: NetworkParams) -> Result<()> {
        emit!(ctx.accounts.network_create(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Pauses or resumes areas of a network.
    pub fn network_pause(ctx: &mut Context<NetworkPause>, areas: u8, paused: bool) -> Result<()> {
        emit!(ctx.accounts.network_pause(areas, paused)?);
        Ok(())
    }

    /// Proposes a new authority of a network.
    pub fn authority_propose(
        ctx: &mut Context<AuthorityPropose>,
        candidate: Address,
    ) -> Result<()> {
        emit!(ctx.accounts.authority_propose(candidate)?);
        Ok(())
    }

    /// Accepts the authority over a network.
    pub fn authority_accept(ctx: &mut Context<AuthorityAccept>) -> Result<()> {
        emit!(ctx.accounts.authority_accept()?);
        Ok(())
    }

    /// Creates a service of a network.
    pub fn service_create(ctx: &mut Context<ServiceCreate>, params: ServiceParams) -> Result<()> {
        emit!(ctx.accounts.service_create(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Registers an operator with a service.
    pub fn operator_register(
        ctx: &mut Context<OperatorRegister>,
        profile: OperatorProfile,
    ) -> Result<()> {
        emit!(ctx.accounts.operator_register(&profile, &ctx.bumps)?);
        Ok(())
    }

    /// Replaces an operator's profile and payout account.
    pub fn operator_update(
        ctx: &mut Context<OperatorUpdate>,
        profile: OperatorProfile,
    ) -> Result<()> {
        emit!(ctx.accounts.operator_update(&profile)?);
        Ok(())
    }

    /// Deposits stake for an operator.
    pub fn stake_deposit(ctx: &mut Context<StakeDeposit>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.stake_deposit(TokenAmount(amount))?);
        Ok(())
    }

    /// Starts to unbond stake.
    pub fn stake_unbond(ctx: &mut Context<StakeUnbond>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.stake_unbond(TokenAmount(amount))?);
        Ok(())
    }

    /// Withdraws stake that has finished unbonding.
    pub fn stake_withdraw(ctx: &mut Context<StakeWithdraw>) -> Result<()> {
        emit!(ctx.accounts.stake_withdraw()?);
        Ok(())
    }

    /// Admits a verifier with its bond.
    pub fn verifier_register(ctx: &mut Context<VerifierRegister>, bond: u64) -> Result<()> {
        emit!(ctx.accounts.verifier_register(TokenAmount(bond))?);
        Ok(())
    }

    /// Starts the exit of a verifier.
    pub fn verifier_exit(ctx: &mut Context<VerifierExit>) -> Result<()> {
        emit!(ctx.accounts.verifier_exit()?);
        Ok(())
    }

    /// Withdraws the bond of a verifier that has left.
    pub fn verifier_withdraw(ctx: &mut Context<VerifierWithdraw>) -> Result<()> {
        emit!(ctx.accounts.verifier_withdraw()?);
        Ok(())
    }

    /// Applies a slash that a final root contains.
    pub fn slash_apply(ctx: &mut Context<SlashApply>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.slash_apply(&leaf)?);
        Ok(())
    }

    /// Records what a slash took of held pay; called by the rewards program.
    pub fn slash_record(ctx: &mut Context<SlashRecord>, slashed: u64, amount: u64) -> Result<()> {
        emit!(ctx.accounts.slash_record(slashed, TokenAmount(amount))?);
        Ok(())
    }

    /// Slashes the bonds of verifiers that signed a wrong root; called by the proofs program.
    pub fn bond_slash(ctx: &mut Context<BondSlash>, signers: u32, voted_epoch: u64) -> Result<()> {
        emit!(ctx.accounts.bond_slash(signers, voted_epoch)?);
        Ok(())
    }

    /// Opens the vaults for the rewards of a network's delegators.
    pub fn delegator_vaults_open(ctx: &mut Context<DelegatorVaultsOpen>) -> Result<()> {
        emit!(ctx.accounts.delegator_vaults_open(&ctx.bumps)?);
        Ok(())
    }

    /// Opens the pool through which others delegate to an operator.
    pub fn delegation_pool_open(
        ctx: &mut Context<DelegationPoolOpen>,
        commission_bps: u16,
    ) -> Result<()> {
        emit!(ctx
            .accounts
            .delegation_pool_open(commission_bps, &ctx.bumps)?);
        Ok(())
    }

    /// Changes the commission of a delegation pool.
    pub fn commission_change(
        ctx: &mut Context<CommissionChange>,
        commission_bps: u16,
    ) -> Result<()> {
        emit!(ctx.accounts.commission_change(commission_bps)?);
        Ok(())
    }

    /// Delegates stake to an operator.
    pub fn delegation_deposit(ctx: &mut Context<DelegationDeposit>, amount: u64) -> Result<()> {
        let amount = TokenAmount(amount);
        emit!(ctx.accounts.delegation_deposit(amount, &ctx.bumps)?);
        Ok(())
    }

    /// Starts to unbond delegated stake.
    pub fn delegation_unbond(ctx: &mut Context<DelegationUnbond>, shares: u64) -> Result<()> {
        emit!(ctx.accounts.delegation_unbond(shares)?);
        Ok(())
    }

    /// Withdraws delegated stake that has finished unbonding.
    pub fn delegation_withdraw(ctx: &mut Context<DelegationWithdraw>) -> Result<()> {
        emit!(ctx.accounts.delegation_withdraw()?);
        Ok(())
    }

    /// Pays a delegator its rewards.
    pub fn delegation_claim(ctx: &mut Context<DelegationClaim>) -> Result<()> {
        emit!(ctx.accounts.delegation_claim()?);
        Ok(())
    }

    /// Funds the delegators of an operator; called by the rewards program.
    pub fn delegation_fund(
        ctx: &mut Context<DelegationFund>,
        tokens: u64,
        stable: u64,
    ) -> Result<()> {
        let (tokens, stable) = (TokenAmount(tokens), StableAmount(stable));
        emit!(ctx.accounts.delegation_fund(tokens, stable)?);
        Ok(())
    }

    /// Closes an empty delegation.
    pub fn delegation_close(ctx: &mut Context<DelegationClose>) -> Result<()> {
        emit!(ctx.accounts.delegation_close()?);
        Ok(())
    }

    /// Releases a jailed operator.
    pub fn operator_release(ctx: &mut Context<OperatorRelease>) -> Result<()> {
        emit!(ctx.accounts.operator_release()?);
        Ok(())
    }

    /// Proposes other parameters for a network.
    pub fn network_change_propose(
        ctx: &mut Context<NetworkChangePropose>,
        params: NetworkParams,
    ) -> Result<()> {
        emit!(ctx.accounts.network_change_propose(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Applies a change of a network that is due.
    pub fn network_change_apply(ctx: &mut Context<NetworkChangeApply>) -> Result<()> {
        emit!(ctx.accounts.network_change_apply()?);
        Ok(())
    }

    /// Cancels a pending change of a network.
    pub fn network_change_cancel(ctx: &mut Context<NetworkChangeCancel>) -> Result<()> {
        emit!(ctx.accounts.network_change_cancel()?);
        Ok(())
    }

    /// Proposes other parameters for a service.
    pub fn service_change_propose(
        ctx: &mut Context<ServiceChangePropose>,
        params: ServiceParams,
    ) -> Result<()> {
        emit!(ctx.accounts.service_change_propose(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Applies a change of a service that is due.
    pub fn service_change_apply(ctx: &mut Context<ServiceChangeApply>) -> Result<()> {
        emit!(ctx.accounts.service_change_apply()?);
        Ok(())
    }

    /// Cancels a pending change of a service.
    pub fn service_change_cancel(ctx: &mut Context<ServiceChangeCancel>) -> Result<()> {
        emit!(ctx.accounts.service_change_cancel()?);
        Ok(())
    }

    /// Proposes a new controller of an operator.
    pub fn operator_key_propose(
        ctx: &mut Context<OperatorKeyPropose>,
        candidate: Address,
    ) -> Result<()> {
        emit!(ctx.accounts.operator_key_propose(candidate)?);
        Ok(())
    }

    /// Accepts to act for an operator.
    pub fn operator_key_accept(ctx: &mut Context<OperatorKeyAccept>) -> Result<()> {
        emit!(ctx.accounts.operator_key_accept()?);
        Ok(())
    }

    /// Names the devices of an operator.
    pub fn operator_devices_set(
        ctx: &mut Context<OperatorDevicesSet>,
        root: [u8; 32],
        count: u32,
    ) -> Result<()> {
        emit!(ctx.accounts.operator_devices_set(&root, count)?);
        Ok(())
    }

    /// Has an operator leave its service for good.
    pub fn operator_exit(ctx: &mut Context<OperatorExit>) -> Result<()> {
        emit!(ctx.accounts.operator_exit()?);
        Ok(())
    }

    /// Removes a verifier from the set.
    pub fn verifier_remove(ctx: &mut Context<VerifierRemove>, verifier: Address) -> Result<()> {
        emit!(ctx.accounts.verifier_remove(verifier)?);
        Ok(())
    }

    /// Takes the place of the verifier with the smallest bond.
    pub fn verifier_displace(ctx: &mut Context<VerifierDisplace>, bond: u64) -> Result<()> {
        emit!(ctx.accounts.verifier_displace(TokenAmount(bond))?);
        Ok(())
    }

    /// Adds to the bond of a verifier.
    pub fn verifier_bond_add(ctx: &mut Context<VerifierBondAdd>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.verifier_bond_add(TokenAmount(amount))?);
        Ok(())
    }

    /// Admits an issuer of clearances.
    pub fn issuer_admit(ctx: &mut Context<IssuerAdmit>, params: IssuerParams) -> Result<()> {
        emit!(ctx.accounts.issuer_admit(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Ends the network's trust in an issuer.
    pub fn issuer_revoke(ctx: &mut Context<IssuerRevoke>) -> Result<()> {
        emit!(ctx.accounts.issuer_revoke()?);
        Ok(())
    }

    /// Clears a wallet, or changes how it is cleared.
    pub fn clearance_grant(
        ctx: &mut Context<ClearanceGrant>,
        subject: Address,
        terms: ClearanceTerms,
    ) -> Result<()> {
        emit!(ctx.accounts.clearance_grant(subject, &terms, &ctx.bumps)?);
        Ok(())
    }

    /// Takes a clearance back.
    pub fn clearance_revoke(ctx: &mut Context<ClearanceRevoke>) -> Result<()> {
        emit!(ctx.accounts.clearance_revoke()?);
        Ok(())
    }

    /// Closes a clearance that counts no longer.
    pub fn clearance_close(ctx: &mut Context<ClearanceClose>) -> Result<()> {
        emit!(ctx.accounts.clearance_close()?);
        Ok(())
    }

    /// Gives a service its policy.
    pub fn policy_create(ctx: &mut Context<PolicyCreate>, rules: PolicyRules) -> Result<()> {
        emit!(ctx.accounts.policy_create(&rules, &ctx.bumps)?);
        Ok(())
    }

    /// Proposes other rules for a policy.
    pub fn policy_change_propose(
        ctx: &mut Context<PolicyChangePropose>,
        rules: PolicyRules,
    ) -> Result<()> {
        emit!(ctx.accounts.policy_change_propose(&rules)?);
        Ok(())
    }

    /// Puts the waiting rules of a policy into force.
    pub fn policy_change_apply(ctx: &mut Context<PolicyChangeApply>) -> Result<()> {
        emit!(ctx.accounts.policy_change_apply()?);
        Ok(())
    }

    /// Withdraws the waiting rules of a policy.
    pub fn policy_change_cancel(ctx: &mut Context<PolicyChangeCancel>) -> Result<()> {
        emit!(ctx.accounts.policy_change_cancel()?);
        Ok(())
    }
}
