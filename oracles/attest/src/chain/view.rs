//! One look at the chain. All that the pipeline decides, it decides from such a view and the store;
//! the local clock decides nothing but when to try.

use crate::settings::LimitSettings;
use crate::store::{OperatorSeen, ServiceSeen};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use trestle_core::answer::is_key_certain;
use trestle_core::hash::Hash;
use trestle_core::maintenance::EpochRange;
use trestle_core::pool::PoolState;
use trestle_core::root::{FinalRoot, RootRing};
use trestle_sdk::fetch::{
    Commitment, DelegationPool, Network, Operator, Proposal, Round, SeedRing, Service,
};
use trestle_sdk::fetch::{VerifierEntry, VerifierSet};
use trestle_sdk::time::ChainTime;
use trestle_verify::storage::{CommitmentInput, ServiceParams};

/// How tasks follow the chain.
pub type ViewReceiver = tokio::sync::watch::Receiver<Option<Arc<ChainView>>>;

/// Accounts as they stood in one slot, and the lists that were read right after.
#[derive(Clone)]
pub struct ChainView {
    /// The chain's clock.
    pub time: ChainTime,
    /// Running epoch by that clock.
    pub epoch: u64,
    /// Address of the network.
    pub network_address: Pubkey,
    /// The network.
    pub network: Network,
    /// Address of the service.
    pub service_address: Pubkey,
    /// The service.
    pub service: Service,
    /// The verifiers.
    pub verifiers: VerifierSet,
    /// Final roots.
    pub ring: Arc<RootRing>,
    /// Challenge seeds.
    pub seeds: SeedRing,
    /// The reward pool, if there is one.
    pub pool: Option<PoolState>,
    /// The price account of the network's market, if there is one.
    pub price_account: Option<Pubkey>,
    /// Lamports of the verifier's key.
    pub fee_lamports: u64,
    /// Proposals that are not closed, by address.
    pub proposals: Vec<(Pubkey, Proposal)>,
    /// Rounds of the epochs that can still become final, by epoch.
    pub rounds: BTreeMap<u64, Round>,
    /// Operators and commitments.
    pub registry: Arc<Registry>,
}

/// Everything registered with the service.
#[derive(Clone, Default)]
pub struct Registry {
    /// The epoch that was running before the lists were read.
    pub epoch: u64,
    /// Chain time before the lists were read, in unix seconds.
    pub read_at: i64,
    /// By address.
    pub operators: Vec<(Pubkey, Operator)>,
    /// By address.
    pub commitments: Vec<(Pubkey, Commitment)>,
    /// By the operator that is delegated to; those of the whole network.
    pub delegations: BTreeMap<Pubkey, DelegationPool>,
    /// Windows that operators declared, by operator; those of all networks.
    pub maintenance: BTreeMap<[u8; 32], Vec<EpochRange>>,
}

impl ChainView {
    /// The newest final root.
    pub fn latest_final(&self) -> Option<&FinalRoot> {
        self.ring.latest()
    }

    /// Digest of the newest final root; zero before the first.
    pub fn latest_digest(&self) -> Hash {
        self.ring.latest_digest()
    }

    /// Whether an epoch is final or was passed over.
    pub fn has_passed(&self, epoch: u64) -> bool {
        self.latest_final()
            .is_some_and(|latest| epoch <= latest.epoch)
    }

    /// The seed of an epoch.
    pub fn seed(&self, epoch: u64) -> Option<Hash> {
        self.seeds.find(epoch).copied()
    }

    /// First second of an epoch.
    pub fn epoch_start(&self, epoch: u64) -> i64 {
        let offset = epoch.saturating_mul(u64::from(self.network.epoch_seconds));
        self.network.genesis.saturating_add_unsigned(offset)
    }

    /// How long it takes until the next epoch begins, a second at least. Whoever looks again then
    /// sees it when it is new: its seed is not left to those who would choose one.
    pub fn until_epoch(&self) -> Duration {
        let next = self.epoch_start(self.epoch.saturating_add(1));
        let seconds = next.saturating_sub(self.time.unix_seconds).max(1);
        Duration::from_secs(seconds.unsigned_abs())
    }

    /// Parameters that decide scores, as they are now. Which count for an epoch is for
    /// [`ServiceHistory`](crate::epoch::ServiceHistory).
    pub fn service_seen(&self) -> ServiceSeen {
        ServiceSeen {
            params: ServiceParams {
                missing_bps: self.service.missing_bps,
                detect_bps: self.service.detect_bps,
                miss_slash_bps: self.service.miss_slash_bps,
                lost_slash_bps: self.service.lost_slash_bps,
            },
            version: self.service.params_version,
            seen_at: self.time.unix_seconds,
        }
    }

    /// Operators as they stood when the registry was read.
    pub fn operators_seen(&self) -> Vec<OperatorSeen> {
        let read_at = self.registry.read_at;
        let seen = self.registry.operators.iter().filter_map(|(address, one)| {
            Some(OperatorSeen {
                operator: address.to_bytes(),
                node_key: one.node_key.to_bytes(),
                zone: one.zone,
                stake: stake_at_risk(one, read_at)?,
                active_stake: one.stake,
                min_stake: self.service.min_stake(one.capacity_gib).ok()?,
                registered_epoch: one.registered_epoch,
                seen_at: read_at,
            })
        });
        seen.collect()
    }

    /// Number and entry of an active verifier with enough bond to vote.
    pub fn voter(&self, key: &Pubkey) -> Option<(u32, VerifierEntry)> {
        let index = self.verifiers.find(key)?;
        let entry = self.verifiers.entries.get(index)?;
        let votes = entry.is_active() && entry.bond >= self.network.verifier_bond_min;
        votes.then_some((u32::try_from(index).ok()?, *entry))
    }

    /// How many verifiers stand before `key` in an epoch: the one in turn has rank 0. Somebody who
    /// is not a verifier comes last.
    pub fn rank(&self, key: &Pubkey, epoch: u64) -> u32 {
        let count = self.voters();
        let position = self.active().position(|entry| entry.authority == *key);
        let Some(position) = position.and_then(|position| u32::try_from(position).ok()) else {
            return count;
        };
        let first = epoch.checked_rem(count.into()).unwrap_or(0);
        let first = u32::try_from(first).unwrap_or(0);
        let rank = position.saturating_add(count).saturating_sub(first);
        rank.checked_rem(count).unwrap_or(0)
    }

    /// How many verifiers may vote.
    pub fn voters(&self) -> u32 {
        u32::try_from(self.active().count()).unwrap_or(u32::MAX)
    }

    fn active(&self) -> impl Iterator<Item = &VerifierEntry> {
        let bond_min = self.network.verifier_bond_min;
        self.verifiers
            .entries
            .iter()
            .filter(move |one| one.is_active() && one.bond >= bond_min)
    }

    /// Whether this verifier's one vote of an epoch is spent.
    pub fn has_voted(&self, slot: u32, epoch: u64) -> bool {
        let bit = 1_u32.checked_shl(slot).unwrap_or(0);
        self.rounds
            .get(&epoch)
            .is_some_and(|round| round.voted & bit != 0)
    }

    /// What is challenged in an epoch, by address. The registry must have been read in or after it.
    pub fn challenged(&self, epoch: u64) -> Option<Vec<CommitmentInput>> {
        if self.registry.epoch < epoch {
            return None;
        }
        let serving = self
            .registry
            .commitments
            .iter()
            .filter(|(_, one)| one.serves(epoch));
        Some(
            serving
                .map(|(address, one)| commitment_input(address, one))
                .collect(),
        )
    }

    /// Whether every account of the service can be scored.
    pub fn within(&self, limits: &LimitSettings) -> Result<(), String> {
        let counts = [
            (
                "operators",
                self.registry.operators.len(),
                limits.operators_max,
            ),
            (
                "commitments",
                self.registry.commitments.len(),
                limits.commitments_max,
            ),
        ];
        for (what, count, limit) in counts {
            if count > limit {
                return Err(format!(
                    "{count} {what}, more than limits.{what}_max = {limit}"
                ));
            }
        }
        Ok(())
    }
}

impl Registry {
    /// An operator by its address.
    pub fn operator(&self, address: &[u8; 32]) -> Option<&Operator> {
        find(&self.operators, address)
    }

    /// The node keys by which the chain convicts for losses of `epoch`, by operator; without those
    /// of operators whose former key may count too.
    pub fn certain_keys(&self, epoch: u64) -> BTreeMap<[u8; 32], [u8; 32]> {
        self.operators
            .iter()
            .filter(|(_, one)| is_key_certain(one.node_key_epoch, epoch))
            .map(|(address, one)| (address.to_bytes(), one.node_key.to_bytes()))
            .collect()
    }

    /// All that a slash of an operator can take: of its own and of what is delegated to it.
    pub fn slashable(&self, address: &[u8; 32]) -> Option<u64> {
        let own = self.operator(address)?.slashable().ok()?;
        let pool = self.delegations.get(&Pubkey::new_from_array(*address));
        match pool {
            Some(pool) => own.checked_add(pool.slashable().ok()?),
            None => Some(own),
        }
    }

    /// A commitment by its address.
    pub fn commitment(&self, address: &[u8; 32]) -> Option<&Commitment> {
        find(&self.commitments, address)
    }
}

/// Own stake that a slash finds for certain: a ticket that has matured can be withdrawn before it.
fn stake_at_risk(operator: &Operator, now: i64) -> Option<u64> {
    operator
        .tickets
        .iter()
        .filter(|ticket| ticket.unlock_at > now)
        .try_fold(operator.stake, |sum, ticket| sum.checked_add(ticket.amount))
}

fn find<'a, T>(sorted: &'a [(Pubkey, T)], address: &[u8; 32]) -> Option<&'a T> {
    let slot = sorted
        .binary_search_by(|(one, _)| one.as_array().cmp(address))
        .ok()?;
    sorted.get(slot).map(|(_, value)| value)
}

fn commitment_input(address: &Pubkey, commitment: &Commitment) -> CommitmentInput {
    CommitmentInput {
        address: address.to_bytes(),
        operator: commitment.operator.to_bytes(),
        customer: commitment.customer.to_bytes(),
        root: commitment.root,
        size_bytes: commitment.size_bytes,
        leaf_count: commitment.leaf_count,
        registered_epoch: commitment.registered_epoch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::bytemuck::Zeroable;
    use trestle_sdk::fetch::UnbondTicket;

    #[test]
    fn a_ticket_is_at_risk_until_it_can_be_withdrawn() {
        let mut operator = Operator::zeroed();
        operator.stake = 10;
        operator.tickets[1] = UnbondTicket {
            amount: 5,
            unlock_at: 100,
        };
        operator.tickets[2] = UnbondTicket {
            amount: 7,
            unlock_at: 200,
        };
        let at = |now| stake_at_risk(&operator, now);
        assert_eq!((at(99), at(100), at(200)), (Some(22), Some(17), Some(10)));
        assert_eq!(operator.slashable().ok(), at(0));
        operator.tickets[2].amount = u64::MAX;
        assert_eq!(stake_at_risk(&operator, 0), None);
    }
}
