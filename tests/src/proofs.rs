//! A service with verifiers, ready for proofs; builders of the proofs program's instructions.

use {
    crate::{
        staking::{OperatorKeys, VerifierKeys, World, BOND_MIN},
        svm::{program_id, Outcome, Sent},
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{
        hash::sha256,
        leaf::{PayoutLeaf, Totals},
        merkle::Tree,
        pool::{PoolState, MODE_FUND, POOL_DISCRIMINATOR, POOL_VERSION},
    },
    trestle_proofs::{
        accounts,
        address::{
            commitment_address, load_address, pool_address, proposal_address, ring_address,
            round_address, seeds_address, slasher_address,
        },
        groups::client,
        instruction,
        instructions::{CountersClaim, OpeningClaim, OrderClaim, TotalsClaim},
        leaf::IndexedLeaf,
        state::{self, Commitment, Proposal, ProposedRoot, RootRing, Round, SeedRing},
    },
};

/// Seconds of an epoch of the test network.
pub const EPOCH_SECONDS: i64 = 3_600;
/// Seconds of its challenge window.
pub const WINDOW_SECONDS: i64 = 600;

/// A service that is open for proofs, with verifiers, in its epoch 1.
pub struct Stage {
    pub world: World,
    /// In the order of their numbers.
    pub verifiers: Vec<VerifierKeys>,
    pub ring: Address,
    pub seeds: Address,
    pub challenger: Keypair,
    /// Token account of the challenger, empty.
    pub reward: Address,
}

/// A payout tree, as it is proposed.
pub struct Draft {
    pub leaves: Vec<PayoutLeaf>,
    pub tree: Tree,
    pub root: ProposedRoot,
}

impl Draft {
    /// The tree over these leaves with the totals that they come to.
    pub fn new(epoch: u64, leaves: Vec<PayoutLeaf>) -> Self {
        let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect()).expect("a tree");
        let totals = Totals::of(&leaves).expect("totals that fit");
        let root = ProposedRoot {
            epoch,
            tree_root: tree.root(),
            leaf_count: tree.leaf_count(),
            totals: totals_of(&totals),
            inputs_digest: sha256(&[b"inputs", &epoch.to_le_bytes()]),
            rules_version: 1,
            previous_digest: [0; 32],
        };
        Self { leaves, tree, root }
    }

    /// A tree in which each of `count` operators has this many units.
    pub fn honest(epoch: u64, count: u8, units: u64) -> Self {
        Self::new(epoch, (1..=count).map(|n| worked(n, units)).collect())
    }

    /// A leaf as instructions carry it.
    pub fn leaf(&self, index: u32) -> IndexedLeaf {
        let leaf = &self.leaves[index as usize];
        IndexedLeaf {
            index,
            operator: Address::new_from_array(leaf.operator),
            counters: leaf.counters().into(),
        }
    }

    pub fn proof(&self, index: u32) -> Vec<[u8; 32]> {
        self.tree.proof(index).expect("a leaf of the tree")
    }

    pub fn multiproof(&self, indices: &[u32]) -> Vec<[u8; 32]> {
        self.tree.multiproof(indices).expect("leaves of the tree")
    }
}

/// The leaf of operator number `n` with this many units and nothing else.
pub fn worked(n: u8, units: u64) -> PayoutLeaf {
    PayoutLeaf {
        operator: [n; 32],
        units,
        ..PayoutLeaf::default()
    }
}

pub fn totals_of(totals: &Totals) -> state::Totals {
    state::Totals {
        tokens: totals.tokens,
        stable: totals.stable,
        slashed: totals.slashed,
        units: totals.units,
    }
}

impl Stage {
    /// Three verifiers with equal bonds.
    pub fn new() -> Self {
        Self::with_bonds(&[BOND_MIN; 3])
    }

    /// One verifier for each bond.
    pub fn with_bonds(bonds: &[u64]) -> Self {
        let mut stage = Self::closed(bonds);
        stage.open().expect("an open service");
        stage.next_epoch();
        stage
    }

    /// The same in epoch 0, before the service is opened.
    pub fn closed(bonds: &[u64]) -> Self {
        let mut world = World::new(&["proofs"]);
        let verifiers = bonds
            .iter()
            .enumerate()
            .map(|(number, bond)| world.verifier(&format!("verifier-{number}"), *bond))
            .collect();
        let challenger = world.svm.funded("challenger");
        let reward = world
            .svm
            .put_tokens(world.token_mint, challenger.pubkey(), 0);
        Self {
            ring: ring_address(&world.service).0,
            seeds: seeds_address(&world.service).0,
            world,
            verifiers,
            challenger,
            reward,
        }
    }

    pub fn open(&mut self) -> Outcome {
        let ix = self.service_open();
        self.world.svm.send(&[ix], &[&self.challenger])
    }

    /// Moves to the first second of the next epoch.
    pub fn next_epoch(&mut self) {
        let genesis = self.world.network().genesis;
        let next = i64::try_from(self.world.epoch() + 1).expect("a small epoch");
        self.world.svm.set_time(genesis + next * EPOCH_SECONDS);
    }

    pub fn verifier(&self, number: usize) -> Keypair {
        self.verifiers[number].key.insecure_clone()
    }

    /// The address of a verifier's proposal for an epoch.
    pub fn proposal(&self, epoch: u64, number: usize) -> Address {
        let proposer = self.verifiers[number].key.pubkey();
        proposal_address(&self.world.service, epoch, &proposer).0
    }

    pub fn round(&self, epoch: u64) -> Address {
        round_address(&self.world.service, epoch).0
    }

    pub fn propose(&mut self, number: usize, root: ProposedRoot) -> Outcome {
        let key = self.verifier(number);
        let ix = self.epoch_propose(key.pubkey(), root);
        self.world.svm.send(&[ix], &[&key])
    }

    /// Attests the proposal that stands at an address.
    pub fn attest(&mut self, number: usize, proposal: Address) -> Outcome {
        let key = self.verifier(number);
        let digest = self.proposal_state(&proposal).digest;
        let ix = self.epoch_attest(key.pubkey(), proposal, digest);
        self.world.svm.send(&[ix], &[&key])
    }

    /// Has verifier 0 propose and all others attest; returns the proposal.
    pub fn agree(&mut self, draft: &Draft) -> Address {
        self.propose(0, draft.root).expect("a proposal");
        let proposal = self.proposal(draft.root.epoch, 0);
        for number in 1..self.verifiers.len() {
            self.attest(number, proposal).expect("an attestation");
        }
        proposal
    }

    /// Makes a root final with the votes of these verifiers, the first of which proposes.
    pub fn settle_with(&mut self, draft: &Draft, numbers: &[usize]) -> Sent {
        let (first, others) = numbers.split_first().expect("a proposer");
        self.propose(*first, draft.root).expect("a proposal");
        let proposal = self.proposal(draft.root.epoch, *first);
        for number in others {
            self.attest(*number, proposal).expect("an attestation");
        }
        self.world.svm.advance(WINDOW_SECONDS);
        self.finalize(proposal).expect("a final root")
    }

    pub fn finalize(&mut self, proposal: Address) -> Outcome {
        let ix = self.epoch_finalize(proposal);
        self.world.svm.send(&[ix], &[])
    }

    /// Makes a root final with the votes of all verifiers.
    pub fn settle(&mut self, draft: &Draft) -> Sent {
        let proposal = self.agree(draft);
        self.world.svm.advance(WINDOW_SECONDS);
        self.finalize(proposal).expect("a final root")
    }

    /// Sends what the challenger signs.
    pub fn challenge(&mut self, ix: Instruction) -> Outcome {
        self.world.svm.send(&[ix], &[&self.challenger])
    }

    /// Records the seed of the running epoch.
    pub fn record_seed(&mut self) -> Outcome {
        let ix = self.epoch_seed_record(self.world.epoch());
        self.world.svm.send(&[ix], &[])
    }

    /// Registers a commitment of an operator for the customer of this key.
    pub fn commit(
        &mut self,
        keys: &OperatorKeys,
        customer: &Keypair,
        root: [u8; 32],
        size_bytes: u64,
    ) -> Outcome {
        let node = keys.node.pubkey();
        let ix = self.commitment_register(customer.pubkey(), node, keys.address, root, size_bytes);
        self.world.svm.send(&[ix], &[customer, &keys.node])
    }

    /// Writes a pool of the service that allotted these tokens and stablecoins to these epochs.
    pub fn put_pool(&mut self, allotments: &[(u64, u64, u64)]) -> Address {
        let (pool, bump) = pool_address(&self.world.service);
        let mut state: PoolState = bytemuck::Zeroable::zeroed();
        state.version = POOL_VERSION;
        state.bump = bump;
        state.mode = MODE_FUND;
        state.service = self.world.service.to_bytes();
        for (epoch, tokens, stable) in allotments {
            state
                .push_allotment(*epoch, *tokens, *stable)
                .expect("ascending epochs");
        }
        let data = [&POOL_DISCRIMINATOR[..], bytemuck::bytes_of(&state)].concat();
        self.world.svm.put(pool, program_id("rewards"), data);
        pool
    }

    pub fn ring_state(&self) -> RootRing {
        self.world.svm.get(&self.ring)
    }

    pub fn seeds_state(&self) -> SeedRing {
        self.world.svm.get(&self.seeds)
    }

    pub fn proposal_state(&self, address: &Address) -> Proposal {
        self.world.svm.get(address)
    }

    pub fn round_state(&self, epoch: u64) -> Round {
        self.world.svm.get(&self.round(epoch))
    }

    pub fn commitment_state(&self, address: &Address) -> Commitment {
        self.world.svm.get(address)
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

/// The instructions, one builder each.
impl Stage {
    pub fn service_open(&self) -> Instruction {
        instruction::ServiceOpen {}.to_instruction(accounts::ServiceOpenResolved {
            payer: self.challenger.pubkey(),
            service: self.world.service,
        })
    }

    pub fn commitment_register(
        &self,
        customer: Address,
        node: Address,
        operator: Address,
        root: [u8; 32],
        size_bytes: u64,
    ) -> Instruction {
        instruction::CommitmentRegister { root, size_bytes }.to_instruction(
            accounts::CommitmentRegister {
                customer,
                node,
                network: self.world.network,
                service: self.world.service,
                operator,
                commitment: commitment_address(&operator, &root).0,
                load: load_address(&operator).0,
                ring: self.ring,
                system_program: System::id(),
                admission: self.world.nothing_shown(),
            },
        )
    }

    pub fn commitment_end(&self, party: Address, commitment: Address) -> Instruction {
        instruction::CommitmentEnd {}.to_instruction(accounts::CommitmentEnd {
            party,
            network: self.world.network,
            service: self.world.service,
            operator: self.commitment_state(&commitment).operator,
            commitment,
            ring: self.ring,
        })
    }

    pub fn commitment_close(&self, customer: Address, commitment: Address) -> Instruction {
        instruction::CommitmentClose {}.to_instruction(accounts::CommitmentClose {
            customer,
            network: self.world.network,
            service: self.world.service,
            ring: self.ring,
            commitment,
            load: load_address(&self.commitment_state(&commitment).operator).0,
        })
    }

    pub fn epoch_seed_record(&self, epoch: u64) -> Instruction {
        instruction::EpochSeedRecord { epoch }.to_instruction(accounts::EpochSeedRecord {
            network: self.world.network,
            service: self.world.service,
            ring: self.ring,
            seeds: self.seeds,
        })
    }

    /// Proposes a root that builds on the newest final one.
    pub fn epoch_propose(&self, proposer: Address, root: ProposedRoot) -> Instruction {
        let previous_digest = self.latest_digest();
        self.epoch_propose_on(
            proposer,
            ProposedRoot {
                previous_digest,
                ..root
            },
        )
    }

    /// Digest of the newest final root.
    pub fn latest_digest(&self) -> [u8; 32] {
        let ring: RootRing = self.world.svm.get(&self.ring);
        ring.latest_digest()
    }

    /// Proposes a root that builds on what it says.
    pub fn epoch_propose_on(&self, proposer: Address, root: ProposedRoot) -> Instruction {
        let service = self.world.service;
        instruction::EpochPropose { root }.to_instruction(accounts::EpochPropose {
            proposer,
            network: self.world.network,
            service,
            verifiers: self.world.verifiers,
            ring: self.ring,
            pool: pool_address(&service).0,
            round: self.round(root.epoch),
            proposal: proposal_address(&service, root.epoch, &proposer).0,
            system_program: System::id(),
        })
    }

    pub fn epoch_attest(
        &self,
        verifier: Address,
        proposal: Address,
        digest: [u8; 32],
    ) -> Instruction {
        instruction::EpochAttest { digest }.to_instruction(accounts::EpochAttest {
            verifier,
            network: self.world.network,
            verifiers: self.world.verifiers,
            ring: self.ring,
            round: self.round(self.proposal_state(&proposal).epoch),
            proposal,
        })
    }

    pub fn epoch_finalize(&self, proposal: Address) -> Instruction {
        let state = self.proposal_state(&proposal);
        instruction::EpochFinalize {}.to_instruction(accounts::EpochFinalize {
            network: self.world.network,
            ring: self.ring,
            round: self.round(state.epoch),
            proposal,
            proposer: state.proposer,
            round_payer: self.round_state(state.epoch).payer,
        })
    }

    pub fn proposal_close(&self, proposal: Address) -> Instruction {
        instruction::ProposalClose {}.to_instruction(accounts::ProposalClose {
            proposer: self.proposal_state(&proposal).proposer,
            ring: self.ring,
            proposal,
        })
    }

    pub fn round_close(&self, epoch: u64) -> Instruction {
        instruction::RoundClose {}.to_instruction(accounts::RoundClose {
            payer: self.round_state(epoch).payer,
            ring: self.ring,
            round: self.round(epoch),
        })
    }

    pub fn epoch_challenge_counters(&self, proposal: Address, claim: CountersClaim) -> Instruction {
        instruction::EpochChallengeCounters { claim }.to_instruction(
            accounts::EpochChallengeCounters {
                challenge: self.challenge_group(proposal),
                ring: self.ring,
            },
        )
    }

    pub fn epoch_challenge_order(&self, proposal: Address, claim: OrderClaim) -> Instruction {
        instruction::EpochChallengeOrder { claim }.to_instruction(accounts::EpochChallengeOrder {
            challenge: self.challenge_group(proposal),
        })
    }

    pub fn epoch_challenge_totals(&self, proposal: Address, claim: TotalsClaim) -> Instruction {
        instruction::EpochChallengeTotals { claim }.to_instruction(accounts::EpochChallengeTotals {
            challenge: self.challenge_group(proposal),
        })
    }

    pub fn epoch_challenge_opening(
        &self,
        proposal: Address,
        commitment: Address,
        claim: OpeningClaim,
    ) -> Instruction {
        instruction::EpochChallengeOpening { claim }.to_instruction(
            accounts::EpochChallengeOpening {
                challenge: self.challenge_group(proposal),
                seeds: self.seeds,
                commitment,
            },
        )
    }

    pub fn challenge_group(&self, proposal: Address) -> client::Challenge {
        client::Challenge {
            challenger: self.challenger.pubkey(),
            challenger_token: self.reward,
            proposal,
            network: self.world.network,
            verifiers: self.world.verifiers,
            bond_vault: self.world.bond_vault,
            insurance_vault: self.world.insurance_vault,
            token_mint: self.world.token_mint,
            slasher: slasher_address().0,
            token_program: Token::id(),
            staking_program: trestle_staking::ID,
        }
    }
}
