//! Heap bytes that an instruction takes, read off the registers of every step that it executes.
//!
//! The programs allocate upwards from the start of the heap and free nothing. Each allocation
//! stores the new position, so the highest heap address that was ever in a register tells what was
//! taken, with the eight bytes that hold the position and at most seven of alignment too many.

use {
    litesvm::{InvocationInspectCallback, LiteSVM},
    solana_program_runtime::invoke_context::InvokeContext,
    solana_transaction::sanitized::SanitizedTransaction,
    solana_transaction_context::IndexOfAccount,
    std::{
        collections::BTreeMap,
        sync::{
            atomic::{AtomicBool, Ordering::Relaxed},
            Arc, Mutex, PoisonError,
        },
    },
    trestle_core::program_ids,
};

/// Where the runtime puts a program's heap, and how long it is unless a transaction asks for more.
const START: u64 = 0x3_0000_0000;
const BYTES: u64 = 32 << 10;

static MEASURING: AtomicBool = AtomicBool::new(false);

/// Has the chains that this process makes from now on measure; they become some ten times slower.
pub fn measure() {
    MEASURING.store(true, Relaxed);
}

/// A machine, and what its last transaction took if that is measured.
pub(crate) fn machine() -> (LiteSVM, Option<Meter>) {
    if !MEASURING.load(Relaxed) {
        return (LiteSVM::new(), None);
    }
    let meter = Meter::default();
    let mut vm = LiteSVM::new_debuggable(true);
    vm.set_invocation_inspect_callback(meter.clone());
    (vm, Some(meter))
}

/// Heap bytes by program, of the last transaction.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<BTreeMap<[u8; 32], u64>>>);

impl Meter {
    /// The most that one of Trestle's programs took.
    pub(crate) fn bytes(&self) -> u64 {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = [
            program_ids::STAKING_ID,
            program_ids::PROOFS_ID,
            program_ids::REWARDS_ID,
            program_ids::CREDITS_ID,
        ];
        let bytes = ours.iter().filter_map(|id| taken.get(id).copied());
        bytes.max().unwrap_or_default()
    }
}

impl InvocationInspectCallback for Meter {
    fn before_invocation(
        &self,
        _: &LiteSVM,
        _: &SanitizedTransaction,
        _: &[IndexOfAccount],
        _: &mut InvokeContext,
        _: bool,
    ) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn after_invocation(
        &self,
        _: &LiteSVM,
        _: &SanitizedTransaction,
        _: &[IndexOfAccount],
        context: &InvokeContext,
        _: bool,
    ) {
        context.iterate_vm_traces(&|instruction, _, steps| {
            let Ok(program) = instruction.get_program_key() else {
                return;
            };
            let bytes = steps.iter().flatten().filter_map(|value| taken(*value));
            let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let most = taken.entry(program.to_bytes()).or_default();
            *most = bytes.fold(*most, u64::max);
        });
    }
}

/// A program with a table of sections, which a machine that traces insists on and our programs are
/// built without: an empty one, and one with the name of both.
pub(crate) fn with_sections(mut program: Vec<u8>) -> Vec<u8> {
    const HEADER_BYTES: usize = 64;
    const STRINGS: u32 = 3;
    let names = program.len();
    program.push(0);
    program.resize(program.len().next_multiple_of(8), 0);
    let table = program.len();
    program.resize(table + 2 * HEADER_BYTES, 0);
    let second = table + HEADER_BYTES;
    let mut put = |place: usize, bytes: &[u8]| {
        program[place..place + bytes.len()].copy_from_slice(bytes);
    };
    put(second + 4, &STRINGS.to_le_bytes());
    put(second + 24, &(names as u64).to_le_bytes());
    put(second + 32, &1_u64.to_le_bytes());
    // The file's header: where the table is, how many entries it has, and which has the names.
    put(40, &(table as u64).to_le_bytes());
    put(60, &2_u16.to_le_bytes());
    put(62, &1_u16.to_le_bytes());
    program
}

/// Bytes below this address, if it is one of the heap.
fn taken(address: u64) -> Option<u64> {
    let bytes = address.checked_sub(START)?;
    (bytes <= BYTES).then_some(bytes)
}
