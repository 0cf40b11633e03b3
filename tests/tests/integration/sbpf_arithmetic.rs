//! The SBPF toolchain computes what the host computes.
//!
//! A compiler that passes 128-bit operands wrongly corrupts memory in silence, so no other test
//! of a
//! built program means anything before these pass.

use litesvm::LiteSVM;
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;
use trestle_arith_probe::{Case, Op};
use trestle_tests::artifacts;

/// Random cases, each with every operation.
const RANDOM_CASES: usize = 1_000;
/// Cases a transaction: what its 1,232 bytes hold.
const CASES_PER_TRANSACTION: usize = 28;
const LAMPORTS: u64 = 1_000_000_000;

/// Values at which carries, borrows and normalisation change course.
const EDGES: [u128; 20] = [
    0,
    1,
    2,
    3,
    31,
    63,
    64,
    65,
    127,
    128,
    u32::MAX as u128,
    1 << 32,
    u64::MAX as u128 - 1,
    u64::MAX as u128,
    1 << 64,
    (1 << 64) + 1,
    u128::MAX >> 1,
    1 << 127,
    u128::MAX - 1,
    u128::MAX,
];

struct Probe {
    svm: LiteSVM,
    payer: Keypair,
    program: Address,
}

impl Probe {
    fn start() -> Self {
        let (mut svm, payer, program) = (LiteSVM::new(), Keypair::new(), Address::new_unique());
        svm.airdrop(&payer.pubkey(), LAMPORTS).unwrap();
        svm.add_program_from_file(program, artifacts::program("arith_probe"))
            .unwrap();
        Self {
            svm,
            payer,
            program,
        }
    }

    fn assert_equal_to_host(&self, cases: &[Case]) {
        for batch in cases.chunks(CASES_PER_TRANSACTION) {
            let answers = self.ask(batch);
            assert_eq!(answers.len(), batch.len() * Case::RESULT_LEN);
            for (case, answer) in batch.iter().zip(answers.chunks(Case::RESULT_LEN)) {
                assert_eq!(answer, case.result(), "{case:x?}");
            }
        }
    }

    /// The program's answers. The chain cuts zeros off the end of return data: they are put back.
    fn ask(&self, batch: &[Case]) -> Vec<u8> {
        let data: Vec<u8> = batch.iter().flat_map(Case::encode).collect();
        let instruction = Instruction {
            program_id: self.program,
            accounts: vec![],
            data,
        };
        let message = Message::new(&[instruction], Some(&self.payer.pubkey()));
        let transaction = Transaction::new(&[&self.payer], message, self.svm.latest_blockhash());
        let info = self
            .svm
            .simulate_transaction(transaction)
            .expect("the program answers");
        let mut answers = info.meta.return_data.data;
        answers.resize(batch.len() * Case::RESULT_LEN, 0);
        answers
    }
}

/// A number of random length, since uniform ones almost never have leading zeros.
fn random_operand(random: &mut StdRng) -> u128 {
    random.gen::<u128>() >> random.gen_range(0..128)
}

#[test]
fn random_operands_give_the_results_of_the_host() {
    let mut random = StdRng::seed_from_u64(128);
    let mut cases = Vec::with_capacity(RANDOM_CASES * Op::ALL.len());
    for _ in 0..RANDOM_CASES {
        let (a, b) = (random_operand(&mut random), random_operand(&mut random));
        cases.extend(Op::ALL.map(|op| match op {
            Op::ShlU128 | Op::ShrU128 | Op::ShrI128 => Case { op, a, b: b % 130 },
            _ => Case { op, a, b },
        }));
    }
    cases.shuffle(&mut random);
    Probe::start().assert_equal_to_host(&cases);
}

#[test]
fn edge_operands_give_the_results_of_the_host() {
    let mut cases = Vec::new();
    for op in Op::ALL {
        for a in EDGES {
            cases.extend(EDGES.map(|b| Case { op, a, b }));
        }
    }
    Probe::start().assert_equal_to_host(&cases);
}
