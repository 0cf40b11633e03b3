//! Resolve a dispute.
//!
//! Ends a dispute when two thirds of the weight agree or its time is over, and clears the way for
//! the root or closes it. Nothing of the dispute stays behind.
//!
//! Specification:
//! - Anybody can resolve a dispute that is decided or over; before that it is refused.
//! - Two thirds say wrong: the root is lost, its signers lose bond, the challenger gets its share.
//! - Two thirds say right: the root can become final, the bond is burned and insured.
//! - Undecided when the time is over: the root is lost and nobody loses a verifier's bond.
//! - Undecided, the challenger loses its bond if more weight said right than wrong.
//! - A root that lost an objective challenge meanwhile gives the bond back.
//! - The whole vault is paid out, and both accounts close to the challenger.
//! - The bond goes to any token account that the challenger owns, and to no other.
//! - It works while the network is paused, and on a superseded proposal.

use {
    crate::{
        clock::now,
        error::ProofsError,
        event::DisputeResolved,
        groups::{self, Staking},
        staking_calls,
        state::{Dispute, Proposal, State, Verdict},
    },
    anchor_lang::{prelude::*, AccountClose},
    anchor_spl::token::{Mint, TokenAccount},
    trestle_core::{
        seeds::{SEED_DISPUTE, SEED_SLASHER},
        slash::SlashSplit,
    },
    trestle_staking::{
        state::{Network, VerifierSet},
        token_calls,
    },
};

#[derive(Accounts)]
pub struct DisputeResolve {
    /// Who disputed: receives the rent.
    #[account(mut, address = dispute.challenger @ ProofsError::WrongRecipient)]
    pub challenger: UncheckedAccount,
    /// Token account of the challenger: receives the bond, and its share of a slash.
    #[account(
        mut,
        constraint = *challenger_token.owner() == dispute.challenger
            @ ProofsError::NotChallengersToken,
        constraint = *challenger_token.mint() == network.token_mint @ ProofsError::WrongMint,
    )]
    pub challenger_token: Account<TokenAccount>,
    /// The dispute: it closes.
    #[account(
        mut,
        constraint = dispute.is_at(dispute.address()) @ ProofsError::WrongAddress,
    )]
    pub dispute: State<Dispute>,
    /// Holds the bond; it closes.
    #[account(
        mut,
        constraint = dispute.is_vault(dispute.address(), vault.address())
            @ ProofsError::WrongVault,
    )]
    pub vault: Account<TokenAccount>,
    /// The disputed proposal: it is lost or upheld.
    #[account(mut, address = dispute.proposal @ ProofsError::WrongDispute)]
    pub proposal: State<Proposal>,
    /// The proposal's network: what its bond vault owes may change.
    #[account(mut, address = dispute.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The network's verifiers: the signers may lose bond.
    #[account(
        mut,
        constraint = verifiers.network == *network.address() @ ProofsError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ ProofsError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The network's vault of bonds.
    #[account(mut, address = network.bond_vault @ ProofsError::WrongVault)]
    pub bond_vault: Account<TokenAccount>,
    /// The network's insurance vault.
    #[account(mut, address = network.insurance_vault @ ProofsError::WrongVault)]
    pub insurance_vault: Account<TokenAccount>,
    /// The network's token: its supply may fall.
    #[account(mut, address = network.token_mint @ ProofsError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// Signs for this program when it orders a slash.
    #[account(seeds = [b"slasher"], bump)]
    pub slasher: UncheckedAccount,
    /// Moves the bonds.
    pub token_program: Program<Token>,
    /// Slashes the verifiers' bonds.
    pub staking_program: Program<Staking>,
}

impl DisputeResolve {
    pub fn dispute_resolve(&mut self, bumps: &DisputeResolveBumps) -> Result<DisputeResolved> {
        let is_lost = self.proposal.check_open().is_err();
        let verdict = self.dispute.verdict(is_lost, now()?)?;
        let slashed = self.judge(verdict, bumps.slasher)?;
        let amount = self.vault.amount();
        let is_forfeited = self.dispute.is_forfeited(verdict);
        let parts = if is_forfeited {
            self.forfeit(amount)?
        } else {
            self.give_back(amount)?;
            SlashSplit::default()
        };
        self.close_vault()?;
        self.proposal.invariant()?;
        let event = DisputeResolved {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            dispute: *self.dispute.address(),
            challenger: self.dispute.challenger,
            epoch: self.proposal.epoch,
            weight_right: self.dispute.weight_right,
            weight_wrong: self.dispute.weight_wrong,
            weight_total: self.dispute.weight_total,
            returned: if is_forfeited { 0 } else { amount },
            burned: parts.burn,
            insured: parts.insurance,
            right: self.dispute.right,
            wrong: self.dispute.wrong,
            verdict: verdict as u8,
            slashed: u8::from(slashed),
            _pad: [0; 6],
        };
        self.dispute.close(*self.challenger.account())?;
        Ok(event)
    }

    /// Does to the proposal and its signers what was decided, and says whether bonds were taken.
    fn judge(&mut self, verdict: Verdict, slasher_bump: u8) -> Result<bool> {
        self.proposal.end_dispute();
        match verdict {
            Verdict::Right | Verdict::Moot => Ok(false),
            Verdict::Undecided => self.proposal.lose().map(|_| false),
            Verdict::Wrong => {
                let signers = self.proposal.lose()?;
                let has_bond = groups::has_bond(&self.network, &self.verifiers, &self.proposal)?;
                if has_bond {
                    self.slash(signers, slasher_bump)?;
                }
                Ok(has_bond)
            }
        }
    }

    fn slash(&mut self, signers: u32, slasher_bump: u8) -> Result<()> {
        let accounts = staking_calls::BondSlash {
            slasher: self.slasher.cpi_handle(),
            network: self.network.try_cpi_handle_mut()?,
            verifiers: self.verifiers.try_cpi_handle_mut()?,
            bond_vault: self.bond_vault.try_cpi_handle_mut()?,
            token_program: self.token_program.cpi_handle(),
            token_mint: self.token_mint.try_cpi_handle_mut()?,
            insurance_vault: self.insurance_vault.try_cpi_handle_mut()?,
            challenger: self.challenger_token.try_cpi_handle_mut()?,
        };
        let program = self.staking_program.address();
        let seeds: [&[u8]; 2] = [SEED_SLASHER, &[slasher_bump]];
        accounts.invoke(program, &[&seeds], signers, self.proposal.voted_epoch);
        Ok(())
    }

    fn give_back(&mut self, amount: u64) -> Result<()> {
        let proposal = self.dispute.proposal;
        let bump = [self.dispute.bump];
        token_calls::transfer(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            self.challenger_token.try_cpi_handle_mut()?,
            self.dispute.cpi_handle(),
            &[&[SEED_DISPUTE, proposal.as_ref(), &bump]],
            amount,
        );
        Ok(())
    }

    /// Burns and insures the bond like a slash that nobody challenged.
    fn forfeit(&mut self, amount: u64) -> Result<SlashSplit> {
        let parts = self.network.slash_shares()?.split_unchallenged(amount);
        let proposal = self.dispute.proposal;
        let bump = [self.dispute.bump];
        let seeds: [&[u8]; 3] = [SEED_DISPUTE, proposal.as_ref(), &bump];
        token_calls::burn(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            self.token_mint.try_cpi_handle_mut()?,
            self.dispute.cpi_handle(),
            &[&seeds],
            parts.burn,
        );
        token_calls::transfer(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            self.insurance_vault.try_cpi_handle_mut()?,
            self.dispute.cpi_handle(),
            &[&seeds],
            parts.insurance,
        );
        Ok(parts)
    }

    fn close_vault(&mut self) -> Result<()> {
        let proposal = self.dispute.proposal;
        let bump = [self.dispute.bump];
        token_calls::close_account(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            self.challenger.try_cpi_handle_mut()?,
            self.dispute.cpi_handle(),
            &[&[SEED_DISPUTE, proposal.as_ref(), &bump]],
        );
        Ok(())
    }
}
