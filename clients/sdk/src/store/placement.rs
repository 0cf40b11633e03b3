//! Which operators keep the shards of a file.
//!
//! Whoever has enough stake, answers, has room and accepts the terms is a candidate. The choice
//! spreads over zones, so that one outage takes as few shards as possible, and within a zone takes
//! the cheapest; equal prices are ordered by a hash of the file and the operator, so that different
//! files burden different operators.

use std::{
    collections::{BTreeMap, VecDeque},
    mem::offset_of,
};

use futures_util::{stream, StreamExt};
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use trestle_core::pause;

use super::{LeaseChoice, StoreContext, StoreError};
use crate::{
    clearance::{Gate, Role},
    fetch::{fetch, list, Filter, Network, Operator, Service},
    instruction::clearance::Voucher,
    node::{Health, NodeClient},
};

/// Operators that are asked at once.
const HEALTH_CONCURRENCY: usize = 32;
/// Operators that are asked for one file at most.
const HEALTH_CHECKS_MAX: usize = 256;

/// Areas without which no file can be stored: each shard needs a commitment and a lease.
const AREAS_OF_STORING: u8 = pause::AREA_PROOFS | pause::AREA_CREDITS;

/// What a customer asks of operators.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Of the file; orders equal offers.
    pub file_sha256: [u8; 32],
    pub shard_bytes: u64,
    pub lease: LeaseChoice,
    /// Credits an epoch that a shard may cost at most.
    pub rate_max: Option<u64>,
}

/// An operator that would take a shard.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub operator: Pubkey,
    pub zone: u32,
    pub node: NodeClient,
    pub node_key: Pubkey,
    /// What vouches for it, where the service's policy asks.
    pub voucher: Option<Voucher>,
    /// Credits an epoch that it asks for the shard.
    pub rate: u64,
}

/// Who would take a shard, best first, and why the others would not.
#[derive(Debug, Default)]
pub struct Market {
    pub candidates: VecDeque<Candidate>,
    pub refusals: Vec<(Pubkey, String)>,
    /// What vouches for the customer, where the service's policy asks.
    pub customer_voucher: Option<Voucher>,
}

/// Asks the operators of the service.
pub async fn find_candidates(
    context: &StoreContext<'_>,
    demand: &Demand,
) -> Result<Market, StoreError> {
    let rpc = context.sender.rpc;
    let service: Service = fetch(rpc, &context.service).await?;
    let network: Network = fetch(rpc, &context.network).await?;
    let gate = Gate::read(rpc, &context.network, &context.service).await?;
    let customer = context.customer.pubkey();
    let customer_voucher = gate.voucher(rpc, Role::Customer, &customer).await?;
    let filter = Filter::address(offset_of!(Operator, service), &context.service);
    let mut operators = list::<Operator>(rpc, &[filter]).await?;
    operators.sort_by_key(|(address, _)| rendezvous(&demand.file_sha256, address));
    let asked = operators.into_iter().take(HEALTH_CHECKS_MAX);
    let verdicts = stream::iter(asked)
        .map(|(address, operator)| {
            let (service, gate) = (&service, &gate);
            let paused = pause::is_paused(network.paused, AREAS_OF_STORING);
            async move {
                let verdict = if paused {
                    Err("the network is paused".to_string())
                } else {
                    judge(context, demand, service, gate, &address, &operator).await
                };
                (address, verdict)
            }
        })
        .buffered(HEALTH_CONCURRENCY)
        .collect::<Vec<_>>()
        .await;
    let mut willing = Vec::new();
    let mut refusals = Vec::new();
    for (address, verdict) in verdicts {
        match verdict {
            Ok(candidate) => willing.push(candidate),
            Err(reason) => refusals.push((address, reason)),
        }
    }
    Ok(Market {
        candidates: spread(willing),
        refusals,
        customer_voucher,
    })
}

async fn judge(
    context: &StoreContext<'_>,
    demand: &Demand,
    service: &Service,
    gate: &Gate,
    address: &Pubkey,
    operator: &Operator,
) -> Result<Candidate, String> {
    let min_stake = service
        .min_stake(operator.capacity_gib)
        .map_err(|_| "its capacity is out of range".to_string())?;
    if operator.stake < min_stake {
        return Err(format!(
            "it has {} staked, {min_stake} are needed",
            operator.stake
        ));
    }
    let voucher = gate
        .voucher(context.sender.rpc, Role::Operator, &operator.authority)
        .await
        .map_err(|error| error.to_string())?;
    let endpoint = operator.endpoint_str();
    let node = NodeClient::new(context.http.clone(), endpoint, operator.node_key)
        .map_err(|error| error.to_string())?;
    let health = node.health().await.map_err(|error| error.to_string())?;
    if health.operator != *address || health.node_key != operator.node_key {
        return Err(format!("{endpoint} is the node of another operator"));
    }
    check_offer(&health, demand)?;
    let rate = health.terms.rate(demand.shard_bytes);
    if demand.rate_max.is_some_and(|most| rate > most) {
        return Err(format!("it asks {rate} credits an epoch"));
    }
    Ok(Candidate {
        operator: *address,
        zone: operator.zone,
        node,
        node_key: operator.node_key,
        voucher,
        rate,
    })
}

/// Whether the node would sign such a lease.
fn check_offer(health: &Health, demand: &Demand) -> Result<(), String> {
    let terms = &health.terms;
    let lease = &demand.lease;
    let room = health.capacity_bytes.saturating_sub(health.stored_bytes);
    if demand.shard_bytes > health.shard_bytes_max {
        return Err(format!(
            "it takes shards up to {} bytes",
            health.shard_bytes_max
        ));
    }
    if demand.shard_bytes > room {
        return Err(format!("it has room for {room} bytes"));
    }
    if !(terms.epochs_min..=terms.epochs_max).contains(&lease.epochs) {
        return Err(format!(
            "it leases for {} to {} epochs",
            terms.epochs_min, terms.epochs_max
        ));
    }
    if lease.sla_bps > terms.sla_bps_max {
        return Err(format!("it promises {} bps at most", terms.sla_bps_max));
    }
    let deeper = lease.deeper_steps.iter().map(|step| step.credit_bps);
    if deeper.fold(lease.credit_bps, u16::max) > terms.credit_bps_max {
        return Err(format!("it credits {} bps at most", terms.credit_bps_max));
    }
    if lease.notice_epochs < terms.notice_epochs_min {
        let notice = terms.notice_epochs_min;
        return Err(format!("it asks {notice} epochs of notice"));
    }
    if lease.renewal_epochs > terms.renewal_epochs_max {
        let most = terms.renewal_epochs_max;
        return Err(format!("it grants {most} epochs of renewal at most"));
    }
    Ok(())
}

/// The same for a file and an operator, and otherwise random.
fn rendezvous(file_sha256: &[u8; 32], operator: &Pubkey) -> [u8; 32] {
    Sha256::new()
        .chain_update(file_sha256)
        .chain_update(operator)
        .finalize()
        .into()
}

/// Takes the best of each zone in turn. The order within equal prices is that of `willing`.
fn spread(willing: Vec<Candidate>) -> VecDeque<Candidate> {
    let mut zones: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
    for candidate in willing {
        zones.entry(candidate.zone).or_default().push(candidate);
    }
    let mut queues: Vec<VecDeque<Candidate>> = zones
        .into_values()
        .map(|mut zone| {
            zone.sort_by_key(|candidate| candidate.rate);
            VecDeque::from(zone)
        })
        .collect();
    // The cheapest zone first, where there are more zones than shards.
    queues.sort_by_key(|zone| zone.front().map(|candidate| candidate.rate));
    let mut order = VecDeque::new();
    while queues.iter().any(|zone| !zone.is_empty()) {
        order.extend(queues.iter_mut().filter_map(VecDeque::pop_front));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{http_client, Terms};
    use crate::store::SlaStepChoice;

    fn candidate(byte: u8, zone: u32, rate: u64) -> Candidate {
        let key = Pubkey::new_from_array([byte; 32]);
        Candidate {
            operator: key,
            zone,
            node: NodeClient::new(http_client().unwrap(), "http://127.0.0.1:9", key).unwrap(),
            node_key: key,
            voucher: None,
            rate,
        }
    }

    fn order(willing: Vec<Candidate>) -> Vec<u8> {
        let chosen = spread(willing).into_iter();
        chosen
            .map(|candidate| candidate.operator.to_bytes()[0])
            .collect()
    }

    #[test]
    fn zones_take_turns_and_the_cheapest_comes_first() {
        let willing = vec![
            candidate(1, 7, 30),
            candidate(2, 7, 10),
            candidate(3, 8, 20),
            candidate(4, 9, 5),
            candidate(5, 7, 10),
        ];
        assert_eq!(order(willing), [4, 2, 3, 5, 1]);
        assert!(order(Vec::new()).is_empty());
    }

    fn health() -> Health {
        let key = Pubkey::new_from_array([1; 32]);
        Health {
            status: "ok".to_string(),
            version: String::new(),
            node_key: key,
            operator: key,
            network: key,
            service: key,
            stored_bytes: 900,
            capacity_bytes: 1_000,
            shard_bytes_max: 90,
            terms: Terms {
                credits_per_gib_epoch: 1,
                rate_min: 1,
                epochs_min: 2,
                epochs_max: 10,
                sla_bps_max: 9_500,
                credit_bps_max: 1_000,
                notice_epochs_min: 0,
                renewal_epochs_max: 5,
            },
        }
    }

    fn demand() -> Demand {
        Demand {
            file_sha256: [0; 32],
            shard_bytes: 90,
            lease: LeaseChoice {
                epochs: 10,
                period_epochs: 1,
                sla_bps: 9_500,
                credit_bps: 1_000,
                deeper_steps: Vec::new(),
                credit_cap_bps: 10_000,
                notice_epochs: 0,
                renewal_epochs: 0,
            },
            rate_max: None,
        }
    }

    #[test]
    fn offers_are_held_against_every_limit() {
        assert_eq!(check_offer(&health(), &demand()), Ok(()));
        let refused = |change: fn(&mut Demand)| {
            let mut demand = demand();
            change(&mut demand);
            check_offer(&health(), &demand).unwrap_err()
        };
        assert!(refused(|d| d.shard_bytes = 91).contains("up to 90"));
        assert!(refused(|d| d.lease.epochs = 11).contains("2 to 10"));
        assert!(refused(|d| d.lease.epochs = 1).contains("2 to 10"));
        assert!(refused(|d| d.lease.sla_bps = 9_501).contains("promises"));
        assert!(refused(|d| d.lease.credit_bps = 1_001).contains("credits"));
        assert!(refused(|d| d.lease.renewal_epochs = 6).contains("5 epochs of renewal"));
        let deeper = |d: &mut Demand| {
            d.lease.deeper_steps = vec![SlaStepChoice {
                below_bps: 5_000,
                credit_bps: 1_001,
            }];
        };
        assert!(refused(deeper).contains("credits"));
        let mut strict = health();
        strict.terms.notice_epochs_min = 2;
        assert!(check_offer(&strict, &demand())
            .unwrap_err()
            .contains("notice"));
        let full = Health {
            stored_bytes: 911,
            ..health()
        };
        assert!(check_offer(&full, &demand()).unwrap_err().contains("room"));
    }
}
