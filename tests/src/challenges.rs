//! What a challenge needs and what it does: evidence with its openings, and who pays whom.

use {
    crate::{
        proofs::{Draft, Stage, WINDOW_SECONDS},
        staking::{OperatorKeys, BOND_MIN},
        svm::Sent,
        tokens::TOKEN,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::io::Cursor,
    trestle_core::{
        answer::loss_message,
        evidence::{evidence_tree, loss_digest, EvidenceRecord, Outcome},
        hash::sha256,
        merkle::Tree,
        root::inputs_digest,
        storage::{
            challenge_index, commit_with_cache, opening, opening_digest, Commitment, LeafData,
            SubtreeCache,
        },
    },
    trestle_proofs::{
        accounts,
        address::commitment_address,
        event::EpochChallenged,
        groups::ChallengeKind,
        instruction,
        instructions::{LossClaim, OpeningClaim, SignatureClaim},
        record::RecordClaim,
        state::{ProposalStatus, SeedRing},
    },
    trestle_staking::event::BondSlashed,
};

/// Where the money stands that a slash moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    pub supply: u64,
    pub vault: u64,
    pub insurance: u64,
    pub reward: u64,
}

impl Stage {
    pub fn money(&self) -> Money {
        let svm = &self.world.svm;
        Money {
            supply: svm.supply(&self.world.token_mint),
            vault: svm.tokens(&self.world.bond_vault),
            insurance: svm.tokens(&self.world.insurance_vault),
            reward: svm.tokens(&self.reward),
        }
    }

    /// Checks that the proposal is lost and that its signers, `count` verifiers with the smallest
    /// bond, paid for it: half of their bonds, of which half is burned, 30 % goes to insurance
    /// and 20 % to the challenger.
    #[track_caller]
    pub fn assert_convicted(
        &self,
        sent: &Sent,
        proposal: &Address,
        before: Money,
        count: u32,
        kind: ChallengeKind,
    ) {
        let state = self.proposal_state(proposal);
        assert_eq!(state.status, ProposalStatus::Lost as u8);
        let taken = u64::from(count) * BOND_MIN / 2;
        let after = Money {
            supply: before.supply - taken / 2,
            vault: before.vault - taken,
            insurance: before.insurance + taken * 3 / 10,
            reward: before.reward + taken / 5,
        };
        assert_eq!(self.money(), after);
        let set = self.world.verifier_set();
        for (number, _) in self.verifiers.iter().enumerate() {
            let is_signer = state.signers & (1 << number) != 0;
            let bond = if is_signer { BOND_MIN / 2 } else { BOND_MIN };
            assert_eq!(set.entries[number].bond, bond, "verifier {number}");
        }
        let slash = sent.event::<BondSlashed>().expect("a slash");
        assert_eq!((slash.mask, slash.amount), (state.signers, taken));
        let event = sent.event::<EpochChallenged>().expect("an event");
        assert_eq!(event.proposal, *proposal);
        assert_eq!((event.kind, event.slashed), (kind as u8, 1));
        assert_eq!((event.epoch, event.signers), (state.epoch, state.signers));
        assert_eq!(event.digest, state.digest);
    }

    pub fn epoch_challenge_signature(
        &self,
        proposal: Address,
        commitment: Address,
        operator: Address,
        claim: SignatureClaim,
    ) -> Instruction {
        instruction::EpochChallengeSignature { claim }.to_instruction(
            accounts::EpochChallengeSignature {
                challenge: self.challenge_group(proposal),
                seeds: self.seeds,
                commitment,
                operator,
            },
        )
    }

    pub fn epoch_challenge_loss(
        &self,
        proposal: Address,
        commitment: Address,
        claim: LossClaim,
    ) -> Instruction {
        instruction::EpochChallengeLoss { claim }.to_instruction(accounts::EpochChallengeLoss {
            challenge: self.challenge_group(proposal),
            seeds: self.seeds,
            commitment,
        })
    }
}

/// An opening as a node answers with it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub leaf: LeafData,
    pub path: Vec<[u8; 32]>,
}

impl Answer {
    /// What a node signs with it.
    pub fn digest(&self) -> [u8; 32] {
        opening_digest(&self.leaf, &self.path)
    }
}

/// A loss as verifiers record it.
#[derive(Clone, Debug)]
pub struct Loss {
    /// The opening that the signature is over; none if the loss is declared.
    pub opening: Option<Answer>,
    /// What should be the node's signature.
    pub signature: [u8; 64],
}

impl Loss {
    pub fn opening_digest(&self) -> [u8; 32] {
        self.opening.as_ref().map_or([0; 32], Answer::digest)
    }

    /// The record of it.
    pub fn record(&self, commitment: &Address, number: u32) -> EvidenceRecord {
        EvidenceRecord {
            commitment: commitment.to_bytes(),
            challenge_number: number,
            outcome: Outcome::Lost.byte(),
            proof_digest: loss_digest(&self.opening_digest(), &self.signature),
        }
    }
}

/// A stage with data under a commitment that epoch 2 challenges; it stands in epoch 3.
pub struct Storage {
    pub stage: Stage,
    pub operator: OperatorKeys,
    pub customer: Keypair,
    pub data: Vec<u8>,
    pub commitment: Commitment,
    /// Where the commitment stands.
    pub address: Address,
    cache: SubtreeCache,
}

/// The epoch that challenges the commitment.
pub const CHALLENGED_EPOCH: u64 = 2;

impl Storage {
    pub fn new() -> Self {
        let mut storage = Self::without_seed();
        storage.stage.record_seed().expect("a seed");
        storage.stage.next_epoch();
        storage
    }

    /// Changes the seed until this challenge asks for another leaf.
    pub fn ask_another_leaf(&mut self, number: u32) {
        let asked = self.index(number);
        for salt in 0..=u8::MAX {
            self.set_seed([salt; 32]);
            if self.index(number) != asked {
                return;
            }
        }
        panic!("every seed asks for the same leaf");
    }

    /// Replaces the seed of the challenged epoch.
    pub fn set_seed(&mut self, seed: [u8; 32]) {
        let (seeds, svm) = (self.stage.seeds, &mut self.stage.world.svm);
        svm.edit(&seeds, |ring: &mut SeedRing| ring.entries[0].seed = seed);
    }

    /// Nobody has lost anything by a challenge, and the root becomes final.
    #[track_caller]
    pub fn is_unharmed(&mut self, before: &Money) {
        assert_eq!(self.stage.money(), *before);
        self.stage.world.svm.advance(WINDOW_SECONDS);
        let proposal = self.stage.proposal(CHALLENGED_EPOCH, 0);
        self.stage.finalize(proposal).expect("a final root");
    }

    /// The same in epoch 2, whose seed is not recorded yet.
    pub fn without_seed() -> Self {
        let mut stage = Stage::new();
        let operator = stage.world.operator("operator", 100 * TOKEN);
        let customer = stage.world.svm.funded("customer");
        let data: Vec<u8> = (0..10_000u32).map(|n| (n % 251) as u8).collect();
        let (commitment, cache) =
            commit_with_cache(&mut data.as_slice(), |_| ()).expect("a commitment");
        stage
            .commit(&operator, &customer, commitment.root, commitment.size_bytes)
            .expect("a commitment on chain");
        stage.next_epoch();
        Self {
            address: commitment_address(&operator.address, &commitment.root).0,
            stage,
            operator,
            customer,
            data,
            commitment,
            cache,
        }
    }

    /// The index that a challenge of the epoch asks for.
    pub fn index(&self, number: u32) -> u32 {
        self.index_in(CHALLENGED_EPOCH, number)
    }

    fn index_in(&self, epoch: u64, number: u32) -> u32 {
        let seeds = self.stage.seeds_state();
        let seed = seeds.find(epoch).expect("a seed");
        let count = self.commitment.leaf_count;
        challenge_index(seed, self.address.as_array(), number, count)
    }

    /// The leaf at an index, with its path.
    pub fn answer_at(&mut self, index: u32) -> Answer {
        let mut reader = Cursor::new(&self.data);
        let opening = opening(&mut reader, &mut self.cache, index).expect("an opening");
        Answer {
            leaf: opening.leaf,
            path: opening.path,
        }
    }

    /// A loss that this key signed, with an opening or without.
    pub fn loss(&self, number: u32, opening: Option<Answer>, signer: &Keypair) -> Loss {
        self.loss_in(CHALLENGED_EPOCH, number, opening, signer)
    }

    /// The same in another epoch.
    pub fn loss_in(
        &self,
        epoch: u64,
        number: u32,
        opening: Option<Answer>,
        signer: &Keypair,
    ) -> Loss {
        let mut loss = Loss {
            opening,
            signature: [0; 64],
        };
        let message = loss_message(
            self.address.as_array(),
            epoch,
            number,
            self.index_in(epoch, number),
            &loss.opening_digest(),
        );
        loss.signature = signer.sign_message(&message).into();
        loss
    }

    /// What an honest node answers.
    pub fn answer(&mut self, number: u32) -> Answer {
        let index = self.index(number);
        self.answer_at(index)
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self::new()
    }
}

/// Records of an epoch's challenges, with the openings behind them.
pub struct Evidence {
    pub records: Vec<EvidenceRecord>,
    pub tree: Tree,
    pub context_digest: [u8; 32],
}

impl Evidence {
    /// Evidence that holds each answer as a good one.
    pub fn of(answers: &[(Address, u32, Answer)]) -> Self {
        let records = answers
            .iter()
            .map(|(commitment, number, answer)| EvidenceRecord {
                commitment: commitment.to_bytes(),
                challenge_number: *number,
                outcome: Outcome::Ok.byte(),
                proof_digest: answer.digest(),
            });
        Self::with_records(records.collect())
    }

    pub fn with_records(mut records: Vec<EvidenceRecord>) -> Self {
        records.sort_by(EvidenceRecord::canonical_cmp);
        let (tree, _) = evidence_tree(&records).expect("records in order");
        Self {
            records,
            tree,
            context_digest: sha256(&[b"context"]),
        }
    }

    pub fn inputs_digest(&self) -> [u8; 32] {
        let count = self.records.len() as u32;
        inputs_digest(&self.tree.root(), count, &self.context_digest)
    }

    /// An honest payout tree of the challenged epoch that was computed from this evidence.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::honest(CHALLENGED_EPOCH, 3, 10);
        draft.root.inputs_digest = self.inputs_digest();
        draft
    }

    /// Where the record of a challenge stands.
    pub fn record(&self, commitment: &Address, number: u32) -> RecordClaim {
        let position = self.records.iter().position(|record| {
            record.commitment == commitment.to_bytes() && record.challenge_number == number
        });
        let index = position.expect("a record") as u32;
        RecordClaim {
            evidence_root: self.tree.root(),
            evidence_count: self.records.len() as u32,
            context_digest: self.context_digest,
            index,
            proof: self.tree.proof(index).expect("a proof"),
            challenge_number: number,
        }
    }

    /// The claim that this answer is recorded as good and is not.
    pub fn claim(&self, commitment: &Address, number: u32, answer: &Answer) -> OpeningClaim {
        OpeningClaim {
            record: self.record(commitment, number),
            leaf: answer.leaf,
            path: answer.path.clone(),
        }
    }

    /// The claim that the node did not sign this loss.
    pub fn signature_claim(
        &self,
        commitment: &Address,
        number: u32,
        loss: &Loss,
    ) -> SignatureClaim {
        SignatureClaim {
            record: self.record(commitment, number),
            opening_digest: loss.opening_digest(),
            signature: loss.signature,
        }
    }

    /// The claim that this loss is recorded over a good opening.
    pub fn loss_claim(
        &self,
        commitment: &Address,
        number: u32,
        answer: &Answer,
        signature: [u8; 64],
    ) -> LossClaim {
        LossClaim {
            record: self.record(commitment, number),
            signature,
            leaf: answer.leaf,
            path: answer.path.clone(),
        }
    }
}
