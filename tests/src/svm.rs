//! A chain in one process: the built programs, a clock that tests move, and transactions whose
//! outcome names the program that refused.

use {
    crate::{artifacts, heap, log},
    anchor_lang::{AccountDeserialize, Discriminator},
    bytemuck::Pod,
    litesvm::{types::TransactionMetadata, LiteSVM},
    solana_account::Account,
    solana_address::Address,
    solana_clock::Clock,
    solana_instruction::Instruction,
    solana_instruction_error::InstructionError,
    solana_keypair::Keypair,
    solana_message::Message,
    solana_signer::Signer,
    solana_slot_hashes::SlotHashes,
    solana_transaction::Transaction,
    solana_transaction_error::TransactionError,
    std::collections::BTreeMap,
    trestle_core::{hash::sha256, program_ids},
};

/// Unix seconds at which every test chain starts.
pub const START: i64 = 1_800_000_000;
/// What each key is given.
pub const LAMPORTS: u64 = 1_000_000_000_000;
/// Slots a second, as the clock's slot moves with time.
const SLOTS_PER_SECOND: u64 = 2;

/// A chain with Trestle's programs.
pub struct Svm {
    vm: LiteSVM,
    heap: Option<heap::Meter>,
    /// Pays for transactions that nobody else signs.
    relayer: Keypair,
    /// Numbers the addresses that `fresh_address` hands out.
    fresh: u64,
    /// When each transaction was executed, in Unix seconds, and what it logged.
    pub history: Vec<(i64, Vec<String>)>,
}

/// A transaction that was executed.
#[derive(Debug)]
pub struct Sent {
    pub compute_units: u64,
    /// Lamports.
    pub fee: u64,
    /// Bytes on the wire.
    pub size: usize,
    /// Bytes of heap that the hungriest of Trestle's programs took; zero unless
    /// [`heap::measure`] was called.
    pub heap: u64,
    pub logs: Vec<String>,
}

/// A transaction that was refused.
#[derive(Debug)]
pub struct Refused {
    /// The innermost program that failed; `None` when the transaction was not even run.
    pub program: Option<Address>,
    pub error: TransactionError,
    pub logs: Vec<String>,
}

pub type Outcome = Result<Sent, Refused>;

impl Sent {
    /// The first event of this type that the transaction emitted.
    pub fn event<E: Discriminator + Pod>(&self) -> Option<E> {
        self.logs.iter().find_map(|line| log::event(line))
    }
}

impl Refused {
    /// The error of the instruction that failed.
    pub fn instruction_error(&self) -> Option<&InstructionError> {
        match &self.error {
            TransactionError::InstructionError(_, error) => Some(error),
            _ => None,
        }
    }
}

/// The address of a program by its name: `staking`, `proofs`, `rewards`, `credits` or
/// `prepaid_gateway`.
pub fn program_id(name: &str) -> Address {
    let id = match name {
        "prepaid_gateway" => return prepaid_gateway::ID,
        "staking" => program_ids::STAKING_ID,
        "proofs" => program_ids::PROOFS_ID,
        "rewards" => program_ids::REWARDS_ID,
        "credits" => program_ids::CREDITS_ID,
        _ => panic!("no program is called {name}"),
    };
    Address::new_from_array(id)
}

/// The key that belongs to a name: the same in every test.
pub fn key(name: &str) -> Keypair {
    Keypair::new_from_array(sha256(&[b"trestle-tests", name.as_bytes()]))
}

impl Svm {
    /// A chain with these programs, at [`START`].
    pub fn new(programs: &[&str]) -> Self {
        let (vm, heap) = heap::machine();
        let mut svm = Self {
            vm,
            heap,
            relayer: key("relayer"),
            fresh: 0,
            history: Vec::new(),
        };
        for name in programs {
            svm.add_program(name);
        }
        svm.fund(&svm.relayer.pubkey());
        svm.set_time(START);
        svm
    }

    /// Adds a program by its name.
    pub fn add_program(&mut self, name: &str) {
        let mut program = std::fs::read(artifacts::program(name)).expect("a built program");
        if self.heap.is_some() {
            program = heap::with_sections(program);
        }
        self.vm
            .add_program(program_id(name), &program)
            .expect("a program that the chain accepts");
    }

    /// Stops checking signatures: what is marked as a signer counts as one, also the address of a
    /// program, which signs only from within that program on a real chain.
    pub fn trust_signatures(&mut self) {
        let vm = std::mem::take(&mut self.vm);
        self.vm = vm.with_sigverify(false);
    }

    /// The same chain once more: what happens to one does not happen to the other.
    pub fn fork(&self) -> Self {
        Self {
            vm: self.vm.clone(),
            heap: self.heap.clone(),
            relayer: self.relayer.insecure_clone(),
            fresh: self.fresh,
            history: self.history.clone(),
        }
    }

    /// The underlying machine, for what this type has no word for.
    pub fn vm(&mut self) -> &mut LiteSVM {
        &mut self.vm
    }

    /// A funded key of this name.
    pub fn funded(&mut self, name: &str) -> Keypair {
        let key = key(name);
        if self.lamports(&key.pubkey()) == 0 {
            self.fund(&key.pubkey());
        }
        key
    }

    /// Gives an address lamports.
    pub fn fund(&mut self, address: &Address) {
        self.vm
            .airdrop(address, LAMPORTS)
            .expect("an airdrop that arrives");
    }

    /// An address that nothing else uses.
    pub fn fresh_address(&mut self) -> Address {
        self.fresh += 1;
        Address::new_from_array(sha256(&[b"trestle-tests-fresh", &self.fresh.to_le_bytes()]))
    }

    /// Unix seconds of the chain.
    pub fn now(&self) -> i64 {
        self.vm.get_sysvar::<Clock>().unix_timestamp
    }

    /// Moves the clock. The slot moves along and its hash is the newest that programs see.
    pub fn set_time(&mut self, unix: i64) {
        let mut clock = self.vm.get_sysvar::<Clock>();
        let passed = u64::try_from(unix - clock.unix_timestamp).expect("time that goes forward");
        clock.unix_timestamp = unix;
        clock.slot += 1 + (passed * SLOTS_PER_SECOND) % u64::from(u32::MAX);
        self.vm.set_sysvar(&clock);
        self.vm.expire_blockhash();
        let hash = self.vm.latest_blockhash();
        self.vm
            .set_sysvar(&SlotHashes::new(&[(clock.slot - 1, hash)]));
    }

    /// Lets time pass.
    pub fn advance(&mut self, seconds: i64) {
        self.set_time(self.now() + seconds);
    }

    /// Sends a transaction. The first signer pays the fee; if there is none, a relayer does.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        if signers.is_empty() {
            return self.send_relayed(instructions, signers);
        }
        let message = Message::new(instructions, Some(&signers[0].pubkey()));
        self.execute(message, signers)
    }

    /// Sends a transaction whose fee a relayer pays, so that each signer of the instructions is
    /// one only because they say so.
    pub fn send_relayed(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        let relayer = self.relayer.insecure_clone();
        let message = Message::new(instructions, Some(&relayer.pubkey()));
        self.execute(message, &[&[&relayer], signers].concat())
    }

    fn execute(&mut self, message: Message, signers: &[&Keypair]) -> Outcome {
        let mut transaction = Transaction::new_unsigned(message);
        transaction.partial_sign(signers, self.vm.latest_blockhash());
        let size = bincode::serialized_size(&transaction).expect("a size") as usize;
        let result = self.vm.send_transaction(transaction);
        // The next transaction may be equal to this one.
        self.vm.expire_blockhash();
        match result {
            Ok(meta) => {
                self.history.push((self.now(), meta.logs.clone()));
                Ok(self.sent(meta, size))
            }
            Err(failed) => Err(Refused {
                program: log::failed_program(&failed.meta.logs),
                error: failed.err,
                logs: failed.meta.logs,
            }),
        }
    }

    pub(crate) fn sent(&self, meta: TransactionMetadata, size: usize) -> Sent {
        Sent {
            compute_units: meta.compute_units_consumed,
            fee: meta.fee,
            size,
            heap: self.heap.as_ref().map_or(0, heap::Meter::bytes),
            logs: meta.logs,
        }
    }

    /// Sends a transaction that must be executed.
    #[track_caller]
    pub fn must(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Sent {
        match self.send(instructions, signers) {
            Ok(sent) => sent,
            Err(refused) => panic!(
                "refused: {:?} by {:?}\n{}",
                refused.error,
                refused.program,
                refused.logs.join("\n")
            ),
        }
    }

    /// An account's lamports; zero if it does not exist.
    pub fn lamports(&self, address: &Address) -> u64 {
        self.vm.get_balance(address).unwrap_or_default()
    }

    /// An account, if it exists.
    pub fn raw(&self, address: &Address) -> Option<Account> {
        self.vm
            .get_account(address)
            .filter(|account| account.lamports > 0)
    }

    /// Lamports that keep an account of this many bytes alive.
    pub fn rent(&self, len: usize) -> u64 {
        self.vm.minimum_balance_for_rent_exemption(len)
    }

    /// A decoded account of a program.
    #[track_caller]
    pub fn get<T: AccountDeserialize>(&self, address: &Address) -> T {
        let account = self.raw(address).expect("an account that exists");
        T::try_deserialize(&mut account.data.as_slice()).expect("an account of this type")
    }

    /// Writes an account as if a program had. Rent is paid for.
    pub fn put(&mut self, address: Address, owner: Address, data: Vec<u8>) {
        let account = Account {
            lamports: self.vm.minimum_balance_for_rent_exemption(data.len()),
            data,
            owner,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.vm
            .set_account(address, account)
            .expect("an account that the chain accepts");
    }

    /// Writes a program's account: discriminator and value.
    pub fn put_pod<T: Discriminator + Pod>(&mut self, address: Address, owner: Address, value: &T) {
        let data = [T::DISCRIMINATOR, bytemuck::bytes_of(value)].concat();
        self.put(address, owner, data);
    }

    /// Changes a program's account in place, as if the program had.
    pub fn edit<T: Discriminator + Pod>(&mut self, address: &Address, change: impl FnOnce(&mut T)) {
        let mut account = self.raw(address).expect("an account that exists");
        let body = &mut account.data[T::DISCRIMINATOR.len()..];
        let mut value: T = bytemuck::pod_read_unaligned(body);
        change(&mut value);
        body.copy_from_slice(bytemuck::bytes_of(&value));
        self.vm
            .set_account(*address, account)
            .expect("an account that the chain accepts");
    }

    /// Puts accounts back to what a snapshot holds.
    pub fn restore(&mut self, snapshot: &BTreeMap<Address, Option<Account>>) {
        for (address, account) in snapshot {
            // An account without lamports is one that does not exist. Programs are left alone: they
            // cannot change, and writing one would load it again.
            let account = account.clone().unwrap_or_default();
            if !account.executable && self.raw(address).unwrap_or_default() != account {
                self.vm
                    .set_account(*address, account)
                    .expect("an account that the chain accepts");
            }
        }
    }

    /// What the accounts hold, to be compared later.
    pub fn snapshot(&self, addresses: &[Address]) -> BTreeMap<Address, Option<Account>> {
        addresses
            .iter()
            .map(|address| (*address, self.raw(address)))
            .collect()
    }
}

/// Checks that a program refused, and why. `error` is one of its errors or a built-in one.
#[track_caller]
pub fn assert_refused(
    outcome: Outcome,
    program: Address,
    error: impl Into<anchor_lang::Error>,
) -> Refused {
    let refused = outcome.expect_err("a transaction that is refused");
    let expected = InstructionError::from(u64::from(error.into()));
    assert_eq!(
        (refused.program, refused.instruction_error()),
        (Some(program), Some(&expected)),
        "{}",
        refused.logs.join("\n")
    );
    refused
}
