//! Off chain: the transactions of steps by which roots become final, or do not.

use {
    crate::model_chain::{counters, key_of, node_of, Chain},
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::{
        answer::loss_message,
        leaf::PayoutLeaf,
        storage::{challenge_index, leaf_data},
    },
    trestle_model::{Actor, Evidence, Opening, Proposal, Recorded, Root, Step},
    trestle_proofs::{leaf::IndexedLeaf, state::Commitment},
    trestle_sdk::instruction::proofs::{
        self as build, Challenger, CountersClaim, OmittedClaim, OrderClaim, ProposalKey,
        ProposedRoot, TotalsClaim,
    },
    trestle_tests::{
        challenges::{self, Answer, Loss},
        commitments::data,
        final_roots::Leaves,
        proofs::{totals_of, Draft},
        svm::Outcome,
    },
};

impl Chain {
    /// The tree of a root.
    pub fn tree(&self, root: &Root) -> Leaves {
        let leaves = root.leaves.iter().map(|(operator, leaf)| {
            let address = self.operator_address(*operator);
            PayoutLeaf::from_parts(address.as_array(), &counters(leaf))
        });
        Leaves::new(leaves.collect())
    }

    /// Where a proposal stands.
    pub fn proposal_key(&self, about: trestle_model::ProposalKey) -> ProposalKey {
        ProposalKey {
            network: self.world.network,
            service: self.world.service,
            epoch: about.0,
            proposer: key_of(about.1).pubkey(),
        }
    }

    fn challenger(&self, by: Actor, about: trestle_model::ProposalKey) -> Challenger {
        Challenger {
            challenger: key_of(by).pubkey(),
            challenger_tokens: self.purses(by).tokens,
            token_mint: self.world.token_mint,
            key: self.proposal_key(about),
        }
    }

    /// Sends a step by which roots become final, or do not.
    pub fn send_rounds(&mut self, step: &Step) -> Outcome {
        let (network, service) = (self.world.network, self.world.service);
        let (by, ix) = match *step {
            Step::EpochSeedRecord { epoch } => {
                (None, build::epoch_seed_record(&network, &service, epoch))
            }
            Step::EpochPropose {
                by,
                epoch,
                ref growth,
                flaw,
                opening,
            } => {
                let root = self.model.draft(epoch, growth, flaw);
                let root = root.map_or_else(
                    |_| ProposedRoot::default(),
                    |root| self.proposed(&root, opening),
                );
                let proposer = key_of(by).pubkey();
                let ix = build::epoch_propose(&proposer, &network, &service, root);
                (Some(by), ix)
            }
            Step::EpochAttest { by, about } => {
                let key = self.proposal_key(about);
                let ix = build::epoch_attest(&key_of(by).pubkey(), &key, self.digest(&key));
                (Some(by), ix)
            }
            Step::EpochChallenge {
                by,
                about,
                evidence,
            } => (Some(by), self.challenge(by, about, evidence)),
            Step::EpochFinalize { about } => {
                let payer = self.round_payer(about.0);
                (
                    None,
                    build::epoch_finalize(&self.proposal_key(about), &payer),
                )
            }
            Step::ProposalClose { about } => {
                (None, build::proposal_close(&self.proposal_key(about)))
            }
            Step::RoundClose { epoch } => {
                let payer = self.round_payer(epoch);
                (None, build::round_close(&service, epoch, &payer))
            }
            Step::DisputeOpen { by, about } => {
                (Some(by), build::dispute_open(&self.challenger(by, about)))
            }
            Step::DisputeVote {
                by,
                about,
                is_right,
            } => {
                let (verifier, key) = (key_of(by).pubkey(), self.proposal_key(about));
                (Some(by), build::dispute_vote(&verifier, &key, is_right))
            }
            Step::DisputeResolve { about } => {
                let dispute = self.model.rounds.disputes.get(&about);
                let challenger = dispute.map_or(Actor::Challenger, |one| one.challenger);
                let challenger = self.challenger(challenger, about);
                (None, build::dispute_resolve(&challenger))
            }
            Step::ServiceEscape => (None, build::service_escape(&network, &service)),
            _ => unreachable!("no step of rounds: {step:?}"),
        };
        self.sign(by, ix)
    }

    fn proposed(&self, root: &Root, opening: Option<Opening>) -> ProposedRoot {
        let evidence = opening.map(|opening| self.evidence(root.epoch, &opening));
        let tree = self.tree(root).tree;
        let totals = root.totals;
        let ring: trestle_proofs::state::RootRing = self.world.svm.get(&self.world.roots.ring);
        ProposedRoot {
            epoch: root.epoch,
            tree_root: tree.root(),
            leaf_count: tree.leaf_count(),
            totals: totals_of(&trestle_core::leaf::Totals {
                tokens: totals.tokens,
                stable: totals.stable,
                slashed: totals.slashed,
                units: totals.units,
            }),
            inputs_digest: evidence.map_or([1; 32], |evidence| evidence.inputs_digest()),
            rules_version: 1,
            previous_digest: ring.latest_digest(),
        }
    }

    fn digest(&self, key: &ProposalKey) -> [u8; 32] {
        let svm = &self.world.svm;
        let is_there = svm.raw(&key.proposal()).is_some();
        let state = is_there.then(|| svm.get::<trestle_proofs::state::Proposal>(&key.proposal()));
        state.map_or([0; 32], |state| state.digest)
    }

    /// Who gets the rent of a round back; nobody whom it knows if there is none.
    fn round_payer(&self, epoch: u64) -> Address {
        let round = self.model.rounds.open.get(&epoch);
        let payer = round.map_or(Actor::Stranger, |round| round.payer);
        key_of(payer).pubkey()
    }

    /// What shows that a proposal is wrong, or shows nothing.
    fn challenge(
        &self,
        by: Actor,
        about: trestle_model::ProposalKey,
        evidence: Evidence,
    ) -> Instruction {
        let challenger = self.challenger(by, about);
        let proposal = self.model.rounds.proposals.get(&about);
        match evidence {
            Evidence::Counters(operator) => {
                let claim = self.counters_claim(proposal, operator);
                build::epoch_challenge_counters(&challenger, claim)
            }
            Evidence::Slash(operator) => {
                let claim = self.counters_claim(proposal, operator);
                build::epoch_challenge_slash(&challenger, claim)
            }
            Evidence::Order(place) => {
                let claim = self.order_claim(proposal, u32::from(place));
                build::epoch_challenge_order(&challenger, claim)
            }
            Evidence::Totals => {
                let tree = proposal.map(|proposal| self.draft_of(&proposal.root));
                let claim = tree.map_or_else(no_leaves, |tree| {
                    let places: Vec<u32> = (0..tree.tree.leaf_count()).collect();
                    TotalsClaim {
                        leaves: places.iter().map(|place| tree.leaf(*place)).collect(),
                        proof: tree.multiproof(&places),
                    }
                });
                build::epoch_challenge_totals(&challenger, claim)
            }
            Evidence::Opening(customer, operator)
            | Evidence::Loss(customer, operator)
            | Evidence::Signature(customer, operator) => {
                let recorded = proposal.and_then(|proposal| proposal.opening);
                let recorded = recorded.unwrap_or(Opening {
                    customer,
                    operator,
                    is_true: true,
                    recorded: Recorded::Good,
                });
                let commitment = self.deals[&(customer, operator)].commitment;
                let operator = self.operator_address(operator);
                let accounts = (&commitment, &operator);
                self.challenge_record(&challenger, about.0, evidence, &recorded, accounts)
            }
            Evidence::Omitted(operator) => {
                let address = self.operator_address(operator);
                let claim = self.omitted_claim(proposal, operator);
                build::epoch_challenge_omitted(&challenger, &address, claim)
            }
        }
    }

    /// What shows that an answer is not what it is recorded as, or shows nothing.
    fn challenge_record(
        &self,
        challenger: &Challenger,
        epoch: u64,
        evidence: Evidence,
        recorded: &Opening,
        (commitment, operator): (&Address, &Address),
    ) -> Instruction {
        let all = self.evidence(epoch, recorded);
        let (shown, answer) = (self.commitment(recorded), self.answer(recorded));
        let loss = self.loss(epoch, recorded);
        match evidence {
            Evidence::Loss(..) => {
                let claim = all.loss_claim(&shown, 0, &answer, loss.signature);
                build::epoch_challenge_loss(challenger, commitment, claim)
            }
            Evidence::Signature(..) => {
                let claim = all.signature_claim(&shown, 0, &loss);
                build::epoch_challenge_signature(challenger, commitment, operator, claim)
            }
            _ => {
                let claim = all.claim(&shown, 0, &answer);
                build::epoch_challenge_opening(challenger, commitment, claim)
            }
        }
    }

    /// A loss over the answer, signed by the operator's node or by that of another one.
    fn loss(&self, epoch: u64, opening: &Opening) -> Loss {
        let (answer, address) = (self.answer(opening), self.commitment(opening));
        let seeds = trestle_sdk::address::seeds(&self.world.service);
        let seeds: trestle_proofs::state::SeedRing = self.world.svm.get(&seeds);
        let is_there = self.world.svm.raw(&address).is_some();
        let state = is_there.then(|| self.world.svm.get::<Commitment>(&address));
        let count = state.map_or(1, |state| state.leaf_count);
        // Without a seed there is no challenge: what was signed then does not matter.
        let seed = seeds.find(epoch).copied().unwrap_or_default();
        let index = challenge_index(&seed, address.as_array(), 0, count);
        let digest = answer.digest();
        let message = loss_message(address.as_array(), epoch, 0, index, &digest);
        let is_signed = opening.recorded == Recorded::Lost;
        let signer = opening.operator + u8::from(!is_signed);
        Loss {
            opening: Some(answer),
            signature: node_of(signer).sign_message(&message).into(),
        }
    }

    fn commitment(&self, opening: &Opening) -> Address {
        self.deals[&(opening.customer, opening.operator)].commitment
    }

    /// What an operator answers: its data, or something else.
    fn answer(&self, opening: &Opening) -> Answer {
        let address = self.operator_address(opening.operator);
        let customer = key_of(Actor::Customer(opening.customer)).pubkey();
        let mut data = data(&address, &customer);
        data[0] ^= u8::from(!opening.is_true);
        Answer {
            leaf: leaf_data(&data).expect("a leaf"),
            path: Vec::new(),
        }
    }

    fn evidence(&self, epoch: u64, opening: &Opening) -> challenges::Evidence {
        let address = self.commitment(opening);
        if opening.recorded == Recorded::Good {
            let answer = self.answer(opening);
            return challenges::Evidence::of(&[(address, 0, answer)]);
        }
        let loss = self.loss(epoch, opening);
        challenges::Evidence::with_records(vec![loss.record(&address, 0)])
    }

    /// The tree of a root with what makes claims of it.
    fn draft_of(&self, root: &Root) -> Draft {
        Draft::new(root.epoch, self.tree(root).leaves)
    }

    fn counters_claim(&self, proposal: Option<&Proposal>, operator: u8) -> CountersClaim {
        let address = self.operator_address(operator);
        let shown = proposal.and_then(|proposal| {
            let epoch = proposal.built_on.1?;
            let before = self.model.roots.iter().find(|root| root.epoch == epoch)?;
            before.leaf(operator)?;
            let leaves = &proposal.root.leaves;
            let place = leaves.iter().position(|(of, _)| *of == operator)?;
            let draft = self.draft_of(&proposal.root);
            let place = u32::try_from(place).ok()?;
            Some(CountersClaim {
                old: self.world.roots.leaf(epoch, &address),
                new: draft.leaf(place),
                new_proof: draft.proof(place),
            })
        });
        shown.unwrap_or_else(|| CountersClaim {
            old: crate::model_chain::unproven(),
            new: nowhere(address),
            new_proof: Vec::new(),
        })
    }

    fn order_claim(&self, proposal: Option<&Proposal>, place: u32) -> OrderClaim {
        let draft = proposal.map(|proposal| self.draft_of(&proposal.root));
        let draft = draft.filter(|draft| place + 1 < draft.tree.leaf_count());
        draft.map_or_else(
            || OrderClaim {
                first: nowhere(Address::default()),
                second: nowhere(Address::default()),
                proof: Vec::new(),
            },
            |draft| OrderClaim {
                first: draft.leaf(place),
                second: draft.leaf(place + 1),
                proof: draft.multiproof(&[place, place + 1]),
            },
        )
    }

    fn omitted_claim(&self, proposal: Option<&Proposal>, operator: u8) -> OmittedClaim {
        let Some(proposal) = proposal else {
            return OmittedClaim {
                before: None,
                after: None,
                proof: Vec::new(),
            };
        };
        let draft = self.draft_of(&proposal.root);
        let (before, after) = self.model.neighbours(&proposal.root, operator);
        let places: Vec<u32> = before
            .into_iter()
            .chain(after)
            .filter_map(|place| u32::try_from(place).ok())
            .collect();
        let leaf = |place: usize| u32::try_from(place).ok().map(|place| draft.leaf(place));
        OmittedClaim {
            before: before.and_then(leaf),
            after: after.and_then(leaf),
            proof: draft.multiproof(&places),
        }
    }
}

fn no_leaves() -> TotalsClaim {
    TotalsClaim {
        leaves: Vec::new(),
        proof: Vec::new(),
    }
}

/// A leaf of no root.
fn nowhere(operator: Address) -> IndexedLeaf {
    IndexedLeaf {
        index: u32::MAX,
        operator,
        counters: crate::model_chain::unproven().counters,
    }
}
