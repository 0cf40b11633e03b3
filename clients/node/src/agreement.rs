//! Which transactions the node's key signs.
//!
//! The key of a node agrees to store, and nothing else. A transaction is signed only if every
//! instruction in it is one of these, rebuilt from its own arguments and equal to the last account:
//!
//! - compute budget, without accounts;
//! - `commitment_register` of the proofs program, for this operator and the customer who asks;
//! - `lease_open` and `lease_renew` of the credits program, for the same two;
//! - `lease_transfer` of it, from another operator to this one. What becomes of the old lease is
//!   between its parties;
//! - `lease_group_join` of it, for the same two. The program sees to it that the terms are those of
//!   the group, and that the group can pay.
//!
//! What vouches for the two where the service has a policy is the customer's to show: the programs
//! check it, and it is not theirs to take anything from.
//!
//! The node is a read-only signer in the `node` role of those and stands nowhere else, so it
//! pays no fee, no rent and no price. Lookup tables would hide accounts and are refused, and so is
//! a durable nonce (it is an instruction of the system program): what is signed expires.

use solana_message::{compiled_instruction::CompiledInstruction, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use thiserror::Error;
use trestle_core::hash::Hash;
use trestle_credits::state::{GroupTerms, LeaseTerms};
use trestle_proofs::address::commitment_address;
use trestle_sdk::{
    address::{COMPUTE_BUDGET_PROGRAM_ID, CREDITS_ID, PROOFS_ID},
    instruction::{
        clearance::Admission,
        credits::{
            lease_group_join, lease_open, lease_renew, lease_transfer, LeaseParties, RenewalConsent,
        },
        proofs::{commitment_register, CommitmentParties},
    },
    send::{decode_transaction, encode_transaction, WireError},
};

/// Bytes of an instruction's discriminator.
const DISCRIMINATOR_BYTES: usize = 8;
/// Where the commitment stands among the accounts of `lease_open`.
const LEASE_COMMITMENT_POSITION: usize = 6;
/// Where it stands among those of `lease_renew`.
const RENEWAL_COMMITMENT_POSITION: usize = 7;
/// Where the group stands among the accounts of `lease_group_join`.
const JOIN_GROUP_POSITION: usize = 3;
/// Where the commitment stands among them.
const JOIN_COMMITMENT_POSITION: usize = 5;

/// Why a transaction is not signed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AgreementError {
    /// The text is not a transaction.
    #[error("{0}")]
    Wire(#[from] WireError),
    /// It has another spelling than the one that the network uses.
    #[error("the transaction is not in its one encoding")]
    NotCanonical,
    /// A format that the node does not read.
    #[error("only legacy and v0 transactions are signed")]
    Version,
    /// Accounts out of sight.
    #[error("the transaction uses lookup tables")]
    LookupTables,
    /// The node would pay, or could lose something.
    #[error("the node's key must be a read-only signer that pays no fee")]
    NodeRole,
    /// An instruction that the node does not know.
    #[error("instruction {0} is not one that a node signs")]
    Instruction(usize),
    /// There is nothing to agree to.
    #[error("the transaction holds no agreement")]
    Empty,
}

/// A customer and a node that agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Who asked, and must be the customer in every instruction.
    pub customer: Pubkey,
    /// This node.
    pub node_key: Pubkey,
    /// The operator's network.
    pub network: Pubkey,
    /// The operator's service.
    pub service: Pubkey,
    /// The operator.
    pub operator: Pubkey,
}

/// A commitment that the transaction registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its address.
    pub commitment: Pubkey,
    /// Root of the data.
    pub root: Hash,
    /// Size of the data.
    pub size_bytes: u64,
}

/// A lease that the transaction opens, whether it comes from another operator or not, or a group
/// that it joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseOffer {
    /// What it pays for.
    pub commitment: Pubkey,
    /// Price, term and service level; of a group, with the least that a member which delivers
    /// everything is paid.
    pub terms: LeaseTerms,
}

/// A lease that the transaction extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewalOffer {
    /// What the lease pays for.
    pub commitment: Pubkey,
    /// Epochs that are added.
    pub epochs: u64,
    /// Credits for each of them.
    pub rate_per_epoch: u64,
}

/// What a transaction asks the node to agree to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Commitments, in order.
    pub registrations: Vec<Registration>,
    /// Leases, in order.
    pub leases: Vec<LeaseOffer>,
    /// Renewals, in order.
    pub renewals: Vec<RenewalOffer>,
}

impl Agreement {
    fn is_empty(&self) -> bool {
        self.registrations.is_empty() && self.leases.is_empty() && self.renewals.is_empty()
    }
}

/// Reads a transaction in base64, in its one spelling only.
pub fn decode(text: &str) -> Result<VersionedTransaction, AgreementError> {
    let transaction = decode_transaction(text)?;
    if encode_transaction(&transaction)? == text {
        Ok(transaction)
    } else {
        Err(AgreementError::NotCanonical)
    }
}

/// Says what a transaction asks for, or why it is not signed.
pub fn examine(
    transaction: &VersionedTransaction,
    parties: &Parties,
) -> Result<Agreement, AgreementError> {
    let message = &transaction.message;
    match message {
        VersionedMessage::Legacy(_) => {}
        VersionedMessage::V0(message) if message.address_table_lookups.is_empty() => {}
        VersionedMessage::V0(_) => return Err(AgreementError::LookupTables),
        VersionedMessage::V1(_) => return Err(AgreementError::Version),
    }
    check_role(message, &parties.node_key)?;
    let mut agreement = Agreement::default();
    for (number, instruction) in message.instructions().iter().enumerate() {
        read_instruction(message, instruction, parties, &mut agreement)
            .ok_or(AgreementError::Instruction(number))?;
    }
    if agreement.is_empty() {
        return Err(AgreementError::Empty);
    }
    Ok(agreement)
}

/// The node's key must stand exactly once, among the read-only signers, and not first.
fn check_role(message: &VersionedMessage, node_key: &Pubkey) -> Result<(), AgreementError> {
    let header = message.header();
    let signers = usize::from(header.num_required_signatures);
    let writable = signers.saturating_sub(usize::from(header.num_readonly_signed_accounts));
    let keys = message.static_account_keys();
    let mut positions = keys.iter().enumerate().filter(|(_, key)| *key == node_key);
    match (positions.next(), positions.next()) {
        (Some((position, _)), None) if (writable.max(1)..signers).contains(&position) => Ok(()),
        _ => Err(AgreementError::NodeRole),
    }
}

fn read_instruction(
    message: &VersionedMessage,
    instruction: &CompiledInstruction,
    parties: &Parties,
    agreement: &mut Agreement,
) -> Option<()> {
    let keys = message.static_account_keys();
    let program = *keys.get(usize::from(instruction.program_id_index))?;
    let accounts: Option<Vec<Pubkey>> = instruction
        .accounts
        .iter()
        .map(|index| keys.get(usize::from(*index)).copied())
        .collect();
    let accounts = accounts?;
    match program {
        COMPUTE_BUDGET_PROGRAM_ID if accounts.is_empty() => {}
        PROOFS_ID => {
            agreement
                .registrations
                .push(read_registration(&instruction.data, &accounts, parties)?)
        }
        CREDITS_ID => read_credits(&instruction.data, &accounts, parties, agreement)?,
        _ => return None,
    }
    Some(())
}

fn read_registration(data: &[u8], accounts: &[Pubkey], parties: &Parties) -> Option<Registration> {
    let admission = read_admission(accounts, parties)?;
    let arguments = data.get(DISCRIMINATOR_BYTES..)?;
    let (root, arguments) = arguments.split_first_chunk::<32>()?;
    let size_bytes = u64::from_le_bytes(arguments.try_into().ok()?);
    let expected = commitment_register(
        &CommitmentParties {
            customer: parties.customer,
            node_key: parties.node_key,
            network: parties.network,
            service: parties.service,
            operator: parties.operator,
            admission,
        },
        *root,
        size_bytes,
    );
    let commitment = commitment_address(&parties.operator, root).0;
    is_same(&expected, data, accounts).then_some(Registration {
        commitment,
        root: *root,
        size_bytes,
    })
}

fn read_credits(
    data: &[u8],
    accounts: &[Pubkey],
    parties: &Parties,
    agreement: &mut Agreement,
) -> Option<()> {
    // Each of them compares the discriminator with all the rest.
    if let Some(renewal) = read_renewal(data, accounts, parties) {
        agreement.renewals.push(renewal);
    } else {
        let lease = read_join(data, accounts, parties);
        let lease = lease.or_else(|| read_lease(data, accounts, parties));
        agreement.leases.push(lease?);
    }
    Some(())
}

fn read_join(data: &[u8], accounts: &[Pubkey], parties: &Parties) -> Option<LeaseOffer> {
    let arguments = data.get(DISCRIMINATOR_BYTES..)?;
    let terms: GroupTerms =
        anchor_lang::wincode::config::deserialize(arguments, anchor_lang::BORSH_CONFIG).ok()?;
    let group = accounts.get(JOIN_GROUP_POSITION)?;
    let commitment = *accounts.get(JOIN_COMMITMENT_POSITION)?;
    let shared = lease_parties(accounts, parties, commitment)?;
    let is_known = *group != parties.node_key
        && is_same(&lease_group_join(group, &shared, terms), data, accounts);
    is_known.then_some(LeaseOffer {
        commitment,
        terms: LeaseTerms {
            rate_per_epoch: terms.rate_min(),
            ..terms.lease
        },
    })
}

fn read_lease(data: &[u8], accounts: &[Pubkey], parties: &Parties) -> Option<LeaseOffer> {
    let arguments = data.get(DISCRIMINATOR_BYTES..)?;
    let terms: LeaseTerms =
        anchor_lang::wincode::config::deserialize(arguments, anchor_lang::BORSH_CONFIG).ok()?;
    let commitment = *accounts.get(LEASE_COMMITMENT_POSITION)?;
    let shared = lease_parties(accounts, parties, commitment)?;
    let old_lease = accounts
        .last()
        .filter(|lease| **lease != parties.node_key)?;
    let is_known = is_same(&lease_open(&shared, terms), data, accounts)
        || is_same(&lease_transfer(&shared, old_lease, terms), data, accounts);
    is_known.then_some(LeaseOffer { commitment, terms })
}

fn read_renewal(data: &[u8], accounts: &[Pubkey], parties: &Parties) -> Option<RenewalOffer> {
    let arguments = data.get(DISCRIMINATOR_BYTES..)?;
    let (epochs, rate) = arguments.split_first_chunk::<8>()?;
    let epochs = u64::from_le_bytes(*epochs);
    let rate_per_epoch = u64::from_le_bytes(rate.try_into().ok()?);
    let commitment = *accounts.get(RENEWAL_COMMITMENT_POSITION)?;
    let shared = lease_parties(accounts, parties, commitment)?;
    let expected = lease_renew(&shared, epochs, rate_per_epoch, RenewalConsent::Node);
    is_same(&expected, data, accounts).then_some(RenewalOffer {
        commitment,
        epochs,
        rate_per_epoch,
    })
}

fn lease_parties(
    accounts: &[Pubkey],
    parties: &Parties,
    commitment: Pubkey,
) -> Option<LeaseParties> {
    Some(LeaseParties {
        customer: parties.customer,
        node_key: parties.node_key,
        network: parties.network,
        service: parties.service,
        operator: parties.operator,
        commitment,
        admission: read_admission(accounts, parties)?,
    })
}

/// What vouches for the two, with the node's own key in none of these places.
fn read_admission(accounts: &[Pubkey], parties: &Parties) -> Option<Admission> {
    Admission::read(&parties.service, accounts).filter(|shown| !shown.shows(&parties.node_key))
}

fn is_same(expected: &solana_instruction::Instruction, data: &[u8], accounts: &[Pubkey]) -> bool {
    expected.data == data
        && expected
            .accounts
            .iter()
            .map(|meta| &meta.pubkey)
            .eq(accounts)
}
