//! What an epoch is scored from: everything the chain says, in one canonical order.

use crate::error::VerifyError;
use crate::storage::evidence::ChallengeScope;
use crate::text::{amount, hash, key};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use trestle_core::hash::{sha256, Hash, ZERO_HASH};
use trestle_core::leaf::PayoutLeaf;
use trestle_core::maintenance::{EpochRange, MAINTENANCE_EPOCHS_MAX};
use trestle_core::merkle::MAX_DEPTH;
use trestle_core::storage::{challenge_count, leaf_count};
use trestle_core::units::Bps;

/// Most operators of one service: what the payout tree can hold.
pub const OPERATORS_MAX: u64 = 1 << MAX_DEPTH;
/// Most challenges of one service in one epoch: what the evidence tree can hold.
pub const EVIDENCE_RECORDS_MAX: u64 = 1 << MAX_DEPTH;
/// Domain of the context digest; the layout of [`EpochInputs`] changes only with a new one.
const CONTEXT_DOMAIN: &[u8] = b"trestle:storage:context:v3";

/// All inputs of one epoch of one storage service. Its borsh bytes are the canonical encoding.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EpochInputs {
    /// Network account.
    #[serde(with = "key")]
    pub network: [u8; 32],
    /// Service account.
    #[serde(with = "key")]
    pub service: [u8; 32],
    /// The epoch that is scored.
    #[serde(with = "amount")]
    pub epoch: u64,
    /// Challenge seed of the epoch, as recorded on chain.
    #[serde(with = "hash")]
    pub seed: Hash,
    /// Published schedule of the service.
    pub params: ServiceParams,
    /// What may be paid for the epochs after the previous root, up to and with this one.
    pub allotted: Allotted,
    /// The root that this one follows; absent for the first.
    pub previous: Option<PreviousRoot>,
    /// Every operator registered in this epoch or before, by address.
    pub operators: Vec<OperatorInput>,
    /// Every commitment that is challenged in this epoch, by address.
    pub commitments: Vec<CommitmentInput>,
}

/// The service's parameters that decide a score.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceParams {
    /// Part of the data whose loss must be noticed, in basis points.
    pub missing_bps: u16,
    /// With which probability, in basis points.
    pub detect_bps: u16,
    /// Part of the stake lost for an epoch with misses, from the second in a row.
    pub miss_slash_bps: u16,
    /// Part of the stake lost for an epoch with proven loss.
    pub lost_slash_bps: u16,
}

/// Pay that may be handed out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allotted {
    /// Network token base units.
    #[serde(with = "amount")]
    pub tokens: u64,
    /// Stablecoin base units.
    #[serde(with = "amount")]
    pub stable: u64,
}

/// The newest final root and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviousRoot {
    /// Its epoch.
    #[serde(with = "amount")]
    pub epoch: u64,
    /// Its digest.
    #[serde(with = "hash")]
    pub digest: Hash,
    /// Counters and streak of each operator after it, by address.
    pub states: Vec<OperatorState>,
}

/// What the rules remember of an operator: the payout leaf and the run of epochs with misses.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorState {
    /// Operator account.
    #[serde(with = "key")]
    pub operator: [u8; 32],
    /// Network token base units earned since genesis.
    #[serde(with = "amount")]
    pub tokens: u64,
    /// Stablecoin base units earned since genesis.
    #[serde(with = "amount")]
    pub stable: u64,
    /// Stake slashed since genesis, in network token base units.
    #[serde(with = "amount")]
    pub slashed: u64,
    /// KiB kept for an epoch, summed since genesis.
    #[serde(with = "amount")]
    pub units: u64,
    /// Windows (commitments times epochs) without a fault.
    pub windows_ok: u32,
    /// All windows.
    pub windows_total: u32,
    /// Epochs with uncorrected misses since the last clean one.
    pub miss_streak: u32,
}

/// One operator as the chain shows it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorInput {
    /// Operator account.
    #[serde(with = "key")]
    pub address: [u8; 32],
    /// Key that signs answers.
    #[serde(with = "key")]
    pub node_key: [u8; 32],
    /// Zone whose shared faults are subtracted.
    pub zone: u32,
    /// Own stake that a slash goes by, in network token base units: active and unbonding, without
    /// what can be withdrawn at any moment.
    #[serde(with = "amount")]
    pub stake: u64,
    /// The active part of it, which stays: what pay asks for.
    #[serde(with = "amount")]
    pub active_stake: u64,
    /// Active stake below which the operator earns nothing.
    #[serde(with = "amount")]
    pub min_stake: u64,
    /// Epoch of registration.
    #[serde(with = "amount")]
    pub registered_epoch: u64,
    /// The window of maintenance that the epoch lies in, if it lies in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<MaintenanceInput>,
}

/// Consecutive epochs of maintenance, declared at least two whole epochs ahead.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaintenanceInput {
    /// First epoch.
    #[serde(with = "amount")]
    pub first_epoch: u64,
    /// How many there are.
    #[serde(with = "amount")]
    pub epochs: u64,
}

impl MaintenanceInput {
    /// The window among these that the epoch lies in.
    pub fn of(windows: &[EpochRange], epoch: u64) -> Option<Self> {
        let window = windows.iter().find(|window| window.contains(epoch))?;
        Some(Self {
            first_epoch: window.first,
            epochs: window.epochs,
        })
    }

    /// The same window as the kernels know it.
    pub fn range(&self) -> EpochRange {
        EpochRange {
            first: self.first_epoch,
            epochs: self.epochs,
        }
    }
}

/// One commitment that is challenged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitmentInput {
    /// Commitment account.
    #[serde(with = "key")]
    pub address: [u8; 32],
    /// Operator account that holds the data.
    #[serde(with = "key")]
    pub operator: [u8; 32],
    /// Wallet that pays for it.
    #[serde(with = "key")]
    pub customer: [u8; 32],
    /// Poseidon root of the data.
    #[serde(with = "hash")]
    pub root: Hash,
    /// Length of the data in bytes.
    #[serde(with = "amount")]
    pub size_bytes: u64,
    /// Leaves of the tree before padding.
    pub leaf_count: u32,
    /// Epoch of registration; challenges begin with the next.
    #[serde(with = "amount")]
    pub registered_epoch: u64,
}

impl EpochInputs {
    /// Checks order, bounds and that the parts belong together. Every use starts with it.
    pub fn validate(&self) -> Result<(), VerifyError> {
        if self.operators.is_empty() {
            return Err(VerifyError::NoOperators);
        }
        bounded("operator count", self.operators.len() as u64, OPERATORS_MAX)?;
        sorted(
            "operators",
            self.operators.iter().map(|operator| &operator.address),
        )?;
        sorted(
            "commitments",
            self.commitments
                .iter()
                .map(|commitment| &commitment.address),
        )?;
        let challenges = u64::from(self.challenges_per_commitment()?)
            .saturating_mul(self.commitments.len() as u64);
        bounded("challenge count", challenges, EVIDENCE_RECORDS_MAX)?;
        bounded("miss_slash_bps", self.params.miss_slash_bps.into(), 10_000)?;
        bounded("lost_slash_bps", self.params.lost_slash_bps.into(), 10_000)?;
        let known: BTreeSet<&[u8; 32]> = self
            .operators
            .iter()
            .map(|operator| &operator.address)
            .collect();
        self.validate_stakes()?;
        self.validate_ages()?;
        self.validate_maintenance()?;
        self.validate_commitments(&known)?;
        self.validate_previous(&known)
    }

    fn validate_stakes(&self) -> Result<(), VerifyError> {
        self.operators
            .iter()
            .try_for_each(|one| bounded("active stake", one.active_stake, one.stake))
    }

    fn validate_ages(&self) -> Result<(), VerifyError> {
        let epoch = self.epoch;
        let too_young = |address, registered| VerifyError::TooYoung {
            address,
            registered,
            epoch,
        };
        if let Some(late) = self
            .operators
            .iter()
            .find(|one| one.registered_epoch > epoch)
        {
            return Err(too_young(late.address, late.registered_epoch));
        }
        if let Some(late) = self
            .commitments
            .iter()
            .find(|one| one.registered_epoch >= epoch)
        {
            return Err(too_young(late.address, late.registered_epoch));
        }
        Ok(())
    }

    /// A window that the epoch does not lie in says nothing, and one longer than the programs allow
    /// was never declared.
    fn validate_maintenance(&self) -> Result<(), VerifyError> {
        for operator in &self.operators {
            let Some(window) = &operator.maintenance else {
                continue;
            };
            bounded("maintenance", window.epochs, MAINTENANCE_EPOCHS_MAX)?;
            if !window.range().contains(self.epoch) {
                return Err(VerifyError::MaintenanceElsewhere {
                    operator: operator.address,
                    epoch: self.epoch,
                });
            }
        }
        Ok(())
    }

    fn validate_commitments(&self, known: &BTreeSet<&[u8; 32]>) -> Result<(), VerifyError> {
        for commitment in &self.commitments {
            if !known.contains(&commitment.operator) {
                return Err(VerifyError::UnknownOperator(commitment.operator));
            }
            let expected = leaf_count(commitment.size_bytes)
                .map_err(|_| VerifyError::Arithmetic("commitment size"))?;
            if expected != commitment.leaf_count {
                return Err(VerifyError::LeafCount {
                    commitment: commitment.address,
                    found: commitment.leaf_count,
                    expected,
                });
            }
        }
        Ok(())
    }

    fn validate_previous(&self, known: &BTreeSet<&[u8; 32]>) -> Result<(), VerifyError> {
        let Some(previous) = &self.previous else {
            return Ok(());
        };
        if previous.epoch >= self.epoch {
            return Err(VerifyError::PreviousNotBefore {
                previous: previous.epoch,
                epoch: self.epoch,
            });
        }
        sorted(
            "previous states",
            previous.states.iter().map(|state| &state.operator),
        )?;
        // Operators never leave the chain: one that is missing here would lose what it earned.
        match previous
            .states
            .iter()
            .find(|state| !known.contains(&state.operator))
        {
            Some(state) => Err(VerifyError::UnknownOperator(state.operator)),
            None => Ok(()),
        }
    }

    /// How many leaves of each commitment are asked for.
    pub fn challenges_per_commitment(&self) -> Result<u32, VerifyError> {
        self.params.challenges_per_commitment()
    }

    /// What fixes the questions.
    pub fn scope(&self) -> ChallengeScope {
        ChallengeScope {
            epoch: self.epoch,
            seed: self.seed,
        }
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Result<Vec<u8>, VerifyError> {
        borsh::to_vec(self).map_err(|_| VerifyError::Arithmetic("encoding of the inputs"))
    }

    /// Digest that the root binds, so that nobody can later claim other inputs.
    pub fn context_digest(&self) -> Result<Hash, VerifyError> {
        Ok(sha256(&[CONTEXT_DOMAIN, &self.encode()?]))
    }

    /// Digest of the previous root; zero for the first.
    pub fn previous_digest(&self) -> Hash {
        self.previous
            .as_ref()
            .map_or(ZERO_HASH, |previous| previous.digest)
    }
}

impl ServiceParams {
    /// How many leaves of each commitment are asked for.
    pub fn challenges_per_commitment(&self) -> Result<u32, VerifyError> {
        let bps = |value: u16| Bps::new(value).ok_or(VerifyError::Arithmetic("basis points"));
        challenge_count(bps(self.missing_bps)?, bps(self.detect_bps)?)
            .map_err(|_| VerifyError::Arithmetic("challenge count"))
    }
}

impl OperatorState {
    /// An operator that has done nothing yet.
    pub fn new(operator: [u8; 32]) -> Self {
        Self {
            operator,
            tokens: 0,
            stable: 0,
            slashed: 0,
            units: 0,
            windows_ok: 0,
            windows_total: 0,
            miss_streak: 0,
        }
    }

    /// The leaf that goes into the payout tree. The streak stays off chain.
    pub fn leaf(&self) -> PayoutLeaf {
        PayoutLeaf {
            operator: self.operator,
            tokens: self.tokens,
            stable: self.stable,
            slashed: self.slashed,
            units: self.units,
            windows_ok: self.windows_ok,
            windows_total: self.windows_total,
        }
    }
}

fn bounded(what: &'static str, found: u64, limit: u64) -> Result<(), VerifyError> {
    if found > limit {
        return Err(VerifyError::OutOfBounds { what, found, limit });
    }
    Ok(())
}

fn sorted<'a>(
    list: &'static str,
    keys: impl Iterator<Item = &'a [u8; 32]>,
) -> Result<(), VerifyError> {
    let mut last: Option<&[u8; 32]> = None;
    for (position, key) in keys.enumerate() {
        if last.is_some_and(|last| last >= key) {
            return Err(VerifyError::NotSorted { list, position });
        }
        last = Some(key);
    }
    Ok(())
}
