//! The account matrix: each account of an instruction is replaced by a wrong one, in turn and in
//! every way, and each time the transaction must fail and change nothing.

mod again;

use {
    crate::svm::{program_id, Outcome, Svm},
    anchor_lang::Error,
    prepaid_gateway::error::GatewayError,
    solana_account::Account,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_instruction_error::InstructionError,
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::collections::BTreeMap,
    trestle_credits::error::CreditsError,
    trestle_proofs::error::ProofsError,
    trestle_rewards::error::RewardsError,
    trestle_staking::error::StakingError,
};

/// What some accounts hold.
type Snapshot = BTreeMap<Address, Option<Account>>;

/// Where an account of one of the programs keeps the version of its layout.
pub const VERSION_AT: usize = 8;

/// A way in which an account can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An ordinary wallet in its place; where a signer is due, the wallet signs.
    Stranger,
    /// An account elsewhere with the same owner and the same data.
    Twin,
    /// The account itself, but owned by another program.
    ForeignOwner,
    /// The account of one of the programs itself, but in another version of its layout.
    OtherVersion,
    /// The account itself, but it has not signed.
    Unsigned,
    /// The account itself, but not writable.
    ReadOnly,
}

impl Fault {
    const ALL: [Self; 6] = [
        Self::Stranger,
        Self::Twin,
        Self::ForeignOwner,
        Self::OtherVersion,
        Self::Unsigned,
        Self::ReadOnly,
    ];
}

/// An instruction that is valid as it stands.
pub struct Matrix<'a> {
    /// Name for the messages.
    pub name: &'a str,
    pub instruction: Instruction,
    pub signers: Vec<&'a Keypair>,
    /// Faults that are none: the account may be chosen freely. Each is checked to be executed, so
    /// that the list cannot hide a missing check.
    pub free: Vec<(Address, Fault)>,
}

impl Matrix<'_> {
    /// Tries every fault, then the instruction as it stands, then to create again what it created
    /// and to revive what it closed.
    ///
    /// # Panics
    ///
    /// When a faulty transaction is executed or changes anything, or the valid one is refused.
    pub fn check(&self, svm: &mut Svm) {
        self.check_after(svm, &[]);
    }

    /// As [`Matrix::check`], with instructions that stand before this one in each transaction.
    ///
    /// # Panics
    ///
    /// As [`Matrix::check`].
    pub fn check_after(&self, svm: &mut Svm, earlier: &[Instruction]) {
        let addresses: Vec<Address> = self.addresses();
        let before = svm.snapshot(&addresses);
        let mut tried = 0;
        for position in 0..self.instruction.accounts.len() {
            for fault in Fault::ALL {
                if self.applies(svm, position, fault) {
                    self.try_fault(svm, earlier, (position, fault), &before);
                    tried += 1;
                }
            }
        }
        assert!(tried > 0, "{}: no fault applies", self.name);
        let instructions = [earlier, std::slice::from_ref(&self.instruction)].concat();
        let outcome = svm.send_relayed(&instructions, &self.signers);
        if let Err(refused) = outcome {
            panic!(
                "{}: the valid instruction is refused: {refused:?}",
                self.name
            );
        }
        let after = svm.snapshot(&addresses);
        self.try_again(svm, earlier, &before, &after);
    }

    fn addresses(&self) -> Vec<Address> {
        self.instruction
            .accounts
            .iter()
            .map(|meta| meta.pubkey)
            .collect()
    }

    fn applies(&self, svm: &Svm, position: usize, fault: Fault) -> bool {
        let meta = &self.instruction.accounts[position];
        let account = svm.raw(&meta.pubkey);
        let has_data = account
            .as_ref()
            .is_some_and(|account| !account.data.is_empty() && !account.executable);
        match fault {
            Fault::Stranger => true,
            Fault::Twin | Fault::ForeignOwner => has_data,
            Fault::OtherVersion => account.is_some_and(|account| {
                account.data.len() > VERSION_AT && wrong_version(&account.owner).is_some()
            }),
            Fault::Unsigned => meta.is_signer,
            Fault::ReadOnly => meta.is_writable,
        }
    }

    fn try_fault(
        &self,
        svm: &mut Svm,
        earlier: &[Instruction],
        (position, fault): (usize, Fault),
        before: &Snapshot,
    ) {
        let address = self.instruction.accounts[position].pubkey;
        let what = format!("{}: account {position} ({address}), {fault:?}", self.name);
        let is_free = self.free.contains(&(address, fault));
        let mut instruction = self.instruction.clone();
        let mut signers = self.signers.clone();
        let meta = &mut instruction.accounts[position];
        let stranger = svm.funded("stranger");
        match fault {
            Fault::Stranger => {
                meta.pubkey = stranger.pubkey();
                if meta.is_signer {
                    signers.retain(|signer| signer.pubkey() != address);
                    signers.push(&stranger);
                }
            }
            Fault::Twin => {
                meta.pubkey = svm.fresh_address();
                let original = svm.raw(&address).expect("an account with data");
                svm.put(meta.pubkey, original.owner, original.data);
            }
            Fault::ForeignOwner => {
                let original = svm.raw(&address).expect("an account with data");
                let foreigner = svm.fresh_address();
                svm.put(address, foreigner, original.data);
            }
            Fault::OtherVersion => {
                let mut original = svm.raw(&address).expect("an account with data");
                original.data[VERSION_AT] = original.data[VERSION_AT].wrapping_add(1);
                svm.put(address, original.owner, original.data);
            }
            Fault::Unsigned => {
                meta.is_signer = false;
                signers.retain(|signer| signer.pubkey() != address);
            }
            Fault::ReadOnly => meta.is_writable = false,
        }
        let tampered = svm.snapshot(&self.addresses());
        let instructions = [earlier, &[instruction]].concat();
        let outcome = svm.send_relayed(&instructions, &signers);
        assert_eq!(outcome.is_ok(), is_free, "{what}: {outcome:?}");
        if !is_free {
            if fault == Fault::OtherVersion {
                assert!(says_wrong_version(&outcome), "{what}: {outcome:?}");
            }
            let after = svm.snapshot(&self.addresses());
            assert!(
                after == tampered,
                "{what}: refused, and yet something changed"
            );
        }
        svm.restore(before);
    }
}

/// The error with which one of Trestle's programs refuses an account of another version.
fn wrong_version(program: &Address) -> Option<Error> {
    [
        ("staking", StakingError::WrongVersion.into()),
        ("proofs", ProofsError::WrongVersion.into()),
        ("rewards", RewardsError::WrongVersion.into()),
        ("credits", CreditsError::WrongVersion.into()),
    ]
    .into_iter()
    .find_map(|(name, error)| (program_id(name) == *program).then_some(error))
}

/// Whether a program refused with its own error for accounts of another version.
fn says_wrong_version(outcome: &Outcome) -> bool {
    let Err(refused) = outcome else { return false };
    let gateway = refused.program == Some(prepaid_gateway::ID);
    let expected = if gateway {
        Some(GatewayError::WrongVersion.into())
    } else {
        refused.program.as_ref().and_then(wrong_version)
    };
    expected.is_some_and(|error| {
        refused.instruction_error() == Some(&InstructionError::from(u64::from(error)))
    })
}
