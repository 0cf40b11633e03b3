//! What a verifier does about a root that somebody disputes, or that it can prove wrong itself.

use super::{Interruption, Voter};
use crate::chain::{Action, ChainView};
use crate::epoch::OwnView;
use crate::store::DecisionVerdict;
use solana_pubkey::Pubkey;
use std::time::Instant;
use trestle_proofs::state::ProposalStatus;
use trestle_sdk::address;
use trestle_sdk::fetch::Proposal;
use trestle_sdk::instruction::proofs::{dispute_vote, Challenger, ProposalKey};
use trestle_sdk::instruction::token::token_account_create;
use trestle_verify::text::Hex;

impl Voter {
    /// Votes on every open dispute that this verifier has an opinion on. The journal keeps it from
    /// voting twice.
    pub(super) async fn answer_disputes(&mut self, view: &ChainView) -> Result<(), Interruption> {
        for (address, proposal) in &view.proposals {
            let is_open = proposal.status == ProposalStatus::Open as u8;
            if !is_open || proposal.check_undisputed().is_ok() {
                continue;
            }
            let Some(is_right) = self.opinion(view, address, proposal).await? else {
                continue;
            };
            let key = key_of(view, proposal);
            let action = Action {
                key: format!("dispute:{address}"),
                kind: "dispute-vote",
                instructions: vec![dispute_vote(&self.sender.pubkey(), &key, is_right)],
            };
            self.sender.send(&action).await?;
        }
        Ok(())
    }

    /// What this verifier says of a disputed root: what it vouched for stays right, anything else
    /// it recomputes. `None` abstains.
    async fn opinion(
        &mut self,
        view: &ChainView,
        address: &Pubkey,
        proposal: &Proposal,
    ) -> Result<Option<bool>, Interruption> {
        if proposal.proposer == self.sender.pubkey() {
            return Ok(Some(true));
        }
        let digest = Hex(&proposal.digest).to_string();
        let decisions = self.shared.store.decisions(proposal.epoch).await?;
        let vouched = decisions.iter().any(|one| {
            one.proposal == address.to_string()
                && one.digest == digest
                && one.verdict == DecisionVerdict::Attest
        });
        if vouched {
            return Ok(Some(true));
        }
        // What the root builds on must be what this verifier compares with.
        let is_current = proposal.previous_digest == view.latest_digest();
        if !is_current || self.memory.was_just_reviewed(address) {
            return Ok(None);
        }
        let Ok(own) = self.own_view(view, proposal.epoch).await? else {
            return Ok(None);
        };
        self.memory.reviewed.insert(*address, Instant::now());
        Ok(self.reviewer.judge(&own, proposal).await?)
    }

    /// Proves on chain what is wrong with a root, as far as the chain can see it.
    pub(super) async fn accuse(
        &self,
        view: &ChainView,
        own: &OwnView,
        address: &Pubkey,
        proposal: &Proposal,
    ) -> Result<(), Interruption> {
        let Some(fault) = self.reviewer.fault(own, &view.registry, proposal).await? else {
            return Ok(());
        };
        tracing::warn!(proposal = %address, fault = fault.name(), "challenged");
        let me = self.sender.pubkey();
        let token_mint = view.network.token_mint;
        let challenger = Challenger {
            challenger: me,
            challenger_tokens: address::token_account(&me, &token_mint),
            token_mint,
            key: key_of(view, proposal),
        };
        let action = Action {
            key: format!("challenge:{address}"),
            kind: "challenge",
            instructions: vec![
                token_account_create(&me, &me, &token_mint),
                fault.instruction(&challenger),
            ],
        };
        self.sender.send(&action).await?;
        Ok(())
    }
}

fn key_of(view: &ChainView, proposal: &Proposal) -> ProposalKey {
    ProposalKey {
        network: view.network_address,
        service: view.service_address,
        epoch: proposal.epoch,
        proposer: proposal.proposer,
    }
}
