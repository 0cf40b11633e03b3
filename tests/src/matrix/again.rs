//! The instruction once more: what it created is not created again, and what it closed stays
//! closed.

use {
    super::{wrong_version, Matrix, Snapshot},
    crate::svm::{key, Svm},
    solana_account::Account,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    solana_system_interface::instruction::transfer,
};

/// Instructions that create an account if there is none and else work on the one that is there.
/// Their own tests show that they do not begin it anew. Each is checked to be executed again, so
/// that the list cannot hide one that should not be.
const WORK_AGAIN: [&str; 6] = [
    "biller_set",
    "card_sell",
    "clearance_grant",
    "delegate_set",
    "delegation_deposit",
    "topup_set",
];
/// Lamports: enough for the rent of any account.
const RENT: u64 = 1_000_000_000;

impl Matrix<'_> {
    /// Tries to create again what was created, and to use again what was closed. The chain is then
    /// as it was `after` the instruction.
    pub(super) fn try_again(
        &self,
        svm: &mut Svm,
        earlier: &[Instruction],
        before: &Snapshot,
        after: &Snapshot,
    ) {
        let once = [earlier, std::slice::from_ref(&self.instruction)].concat();
        if before
            .iter()
            .any(|(at, was)| !is_state(was) && is_state(&after[at]))
        {
            let name = self.name.split(',').next().unwrap_or_default();
            let outcome = svm.send_relayed(&once, &self.signers);
            assert_eq!(
                outcome.is_ok(),
                WORK_AGAIN.contains(&name),
                "{}: creates again what is there",
                self.name
            );
        }
        for (address, was) in before {
            if is_state(was) && !is_state(&after[address]) {
                self.try_revival(svm, &once, address, before);
            }
        }
        svm.restore(after);
    }

    /// Closes an account and pays its rent anew in the same transaction, before the runtime clears
    /// away what has no lamports.
    fn try_revival(
        &self,
        svm: &mut Svm,
        once: &[Instruction],
        address: &Address,
        before: &Snapshot,
    ) {
        let rent = transfer(&key("relayer").pubkey(), address, RENT);
        svm.restore(before);
        let twice = [once, std::slice::from_ref(&rent), once].concat();
        let outcome = svm.send_relayed(&twice, &self.signers);
        assert!(outcome.is_err(), "{}: works on what it closed", self.name);

        svm.restore(before);
        let revived = [once, std::slice::from_ref(&rent)].concat();
        let outcome = svm.send_relayed(&revived, &self.signers);
        assert!(outcome.is_ok(), "{}: {outcome:?}", self.name);
        let left = svm.raw(address).unwrap_or_default();
        assert!(
            wrong_version(&left.owner).is_none() && left.data.is_empty(),
            "{}: {address} outlives its end",
            self.name
        );
        let outcome = svm.send_relayed(once, &self.signers);
        assert!(outcome.is_err(), "{}: works on what it closed", self.name);
    }
}

/// Whether it is an account of one of the programs.
fn is_state(account: &Option<Account>) -> bool {
    let owner = account.as_ref().map(|account| account.owner);
    owner.as_ref().and_then(wrong_version).is_some()
}
