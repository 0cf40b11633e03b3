//! Large transactions: the format of 4,096 bytes and 64 accounts.

use {
    crate::{
        log,
        svm::{Outcome, Refused, Svm},
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_message::{
        v1::{self, TransactionConfig},
        VersionedMessage,
    },
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
};

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;
/// Compute units and bytes of accounts that a transaction can ask for at most; this format grants
/// nothing that is not asked for.
const COMPUTE_UNITS_MAX: u32 = 1_400_000;
const LOADED_BYTES_MAX: u32 = 64 << 20;
/// Bytes of the number of the format before the message.
const PREFIX_BYTES: usize = 1;

impl Svm {
    /// Sends instructions as one large transaction, signed by the payer alone.
    pub fn send_large(&mut self, instructions: &[Instruction], payer: &Keypair) -> Outcome {
        let blockhash = self.vm().latest_blockhash();
        let message = v1::Message::try_compile_with_config(
            &payer.pubkey(),
            instructions,
            blockhash,
            TransactionConfig::empty()
                .with_compute_unit_limit(COMPUTE_UNITS_MAX)
                .with_loaded_accounts_data_size_limit(LOADED_BYTES_MAX),
        )
        .expect("a message that fits");
        let size = PREFIX_BYTES + message.size() + SIGNATURE_BYTES;
        let transaction = VersionedTransaction::try_new(VersionedMessage::V1(message), &[payer])
            .expect("a signed transaction");
        let result = self.vm().send_transaction(transaction);
        self.vm().expire_blockhash();
        match result {
            Ok(meta) => Ok(self.sent(meta, size)),
            Err(failed) => Err(Refused {
                program: log::failed_program(&failed.meta.logs),
                error: failed.err,
                logs: failed.meta.logs,
            }),
        }
    }
}
