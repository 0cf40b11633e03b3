//! What a challenger finds in published evidence, and whether the program takes it.

use {
    solana_signer::Signer,
    trestle_core::evidence::{Shown, ShownOpening, ShownRecord},
    trestle_proofs::{groups::ChallengeKind, state::Commitment},
    trestle_sdk::{
        challenge::{find_false_record, EvidenceError, Fault, SuspectEvidence},
        instruction::proofs::{Challenger, ProposalKey},
    },
    trestle_staking::state::Operator,
    trestle_tests::{
        challenges::{Answer, Evidence, Storage, CHALLENGED_EPOCH},
        svm::key,
    },
};

/// Number of the challenge that is recorded falsely, among three.
const FALSE: u32 = 1;

/// Evidence with two good answers and this record, and what is published of it.
struct Book {
    commitment: [u8; 32],
    answers: Vec<Answer>,
    other: Option<(Option<Answer>, [u8; 64])>,
}

fn shown(answer: &Answer) -> ShownOpening<'_> {
    ShownOpening {
        leaf: &answer.leaf,
        path: &answer.path,
    }
}

impl Book {
    fn new(storage: &mut Storage) -> Self {
        Self {
            commitment: storage.address.to_bytes(),
            answers: (0..3).map(|number| storage.answer(number)).collect(),
            other: None,
        }
    }

    fn records(&self) -> Vec<ShownRecord<'_>> {
        let record = |(number, answer)| ShownRecord {
            commitment: &self.commitment,
            challenge_number: number,
            shown: match &self.other {
                Some((opening, signature)) if number == FALSE => {
                    Shown::Lost(opening.as_ref().map(shown), signature)
                }
                _ => Shown::Ok(shown(answer)),
            },
        };
        (0..).zip(&self.answers).map(record).collect()
    }

    fn evidence(&self) -> Evidence {
        Evidence::with_records(self.records().iter().map(ShownRecord::record).collect())
    }
}

fn find(storage: &Storage, book: &Book) -> Result<Option<Fault>, EvidenceError> {
    let svm = &storage.stage.world.svm;
    let (commitment, operator) = (storage.address, storage.operator.address);
    let evidence = book.evidence();
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    find_false_record(&SuspectEvidence {
        epoch: CHALLENGED_EPOCH,
        inputs_digest: storage.stage.proposal_state(&proposal).inputs_digest,
        context_digest: evidence.context_digest,
        seed: *storage
            .stage
            .seeds_state()
            .find(CHALLENGED_EPOCH)
            .expect("a seed"),
        records: &book.records(),
        commitments: &[(commitment, svm.get::<Commitment>(&commitment))],
        operators: &[(operator, svm.get::<Operator>(&operator))],
    })
}

fn challenger(storage: &Storage) -> Challenger {
    Challenger {
        challenger: storage.stage.challenger.pubkey(),
        challenger_tokens: storage.stage.reward,
        token_mint: storage.stage.world.token_mint,
        key: ProposalKey {
            network: storage.stage.world.network,
            service: storage.stage.world.service,
            epoch: CHALLENGED_EPOCH,
            proposer: storage.stage.verifiers[0].key.pubkey(),
        },
    }
}

#[test]
fn each_false_record_is_found_and_convicts() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let honest = storage.answer(FALSE);
    let mut wrong = honest.clone();
    wrong.leaf[0] ^= 1;
    let signature =
        |opening: Option<&Answer>, by: &_| storage.loss(FALSE, opening.cloned(), by).signature;
    let (declared, shown) = (
        signature(None, &key("stranger")),
        signature(Some(&wrong), &key("stranger")),
    );
    let good = signature(Some(&honest), &node);
    type Change = Box<dyn Fn(&mut Book)>;
    let (one, other) = (wrong.clone(), wrong);
    let cases: [(&str, ChallengeKind, Change); 4] = [
        (
            "opening",
            ChallengeKind::Opening,
            Box::new(move |book| book.answers[FALSE as usize] = one.clone()),
        ),
        (
            "loss",
            ChallengeKind::Loss,
            Box::new(move |book| book.other = Some((Some(honest.clone()), good))),
        ),
        (
            "signature",
            ChallengeKind::Signature,
            Box::new(move |book| book.other = Some((None, declared))),
        ),
        (
            "signature",
            ChallengeKind::Signature,
            Box::new(move |book| book.other = Some((Some(other.clone()), shown))),
        ),
    ];
    for (name, kind, change) in cases {
        let mut storage = Storage::new();
        let mut book = Book::new(&mut storage);
        change(&mut book);
        let proposal = storage.stage.agree(&book.evidence().draft());
        let before = storage.stage.money();

        let fault = find(&storage, &book).expect("evidence").expect("a fault");

        assert_eq!(fault.name(), name);
        let ix = fault.instruction(&challenger(&storage));
        let sent = storage.stage.challenge(ix).expect("a proven challenge");
        storage
            .stage
            .assert_convicted(&sent, &proposal, before, 3, kind);
    }
}

#[test]
fn in_honest_evidence_nothing_is_found() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let mut wrong = storage.answer(FALSE);
    wrong.leaf[0] ^= 1;
    for opening in [None, Some(wrong)] {
        let mut storage = Storage::new();
        let mut book = Book::new(&mut storage);
        let loss = storage.loss(FALSE, opening, &node);
        book.other = Some((loss.opening, loss.signature));
        storage.stage.agree(&book.evidence().draft());
        assert_eq!(find(&storage, &book), Ok(None));
    }
}

#[test]
fn under_a_key_that_changed_lately_nothing_is_found() {
    let mut storage = Storage::new();
    let mut book = Book::new(&mut storage);
    let loss = storage.loss(FALSE, None, &key("stranger"));
    book.other = Some((None, loss.signature));
    storage.stage.agree(&book.evidence().draft());
    let operator = storage.operator.address;
    storage
        .stage
        .world
        .svm
        .edit(&operator, |state: &mut Operator| state.node_key_epoch = 1);

    assert_eq!(find(&storage, &book), Ok(None));
}

#[test]
fn evidence_of_another_root_proves_nothing() {
    let mut storage = Storage::new();
    let mut book = Book::new(&mut storage);
    storage.stage.agree(&book.evidence().draft());
    book.answers[0].leaf[0] ^= 1;

    assert_eq!(find(&storage, &book), Err(EvidenceError::OtherInputs));
}
