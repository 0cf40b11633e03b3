//! Whether the accounts of the programs have layouts that this tree knows.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use thiserror::Error;
use trestle_proofs::state::RootRing;
use trestle_rewards::state::ClaimV1;
use trestle_sdk::{
    fetch::{
        heads, Biller, CardSale, Claim, Clearance, Commitment, CustomerAccount, Delegate,
        Delegation, DelegationPool, DelegatorVaults, Dispute, Emission, FetchError, Issuer, Kind,
        Lease, LeaseGroup, Maintenance, Market, MarketChange, Meter, Network, NetworkChange,
        Operator, OperatorLoad, Pool, PoolChange, Proposal, Round, SeedRing, Service,
        ServiceChange, ServicePolicy, ServiceRevenue, Topup, VerifierSet, DISCRIMINATOR_BYTES,
    },
    program::PROGRAMS,
};
use trestle_staking::versioned::Layout;

/// Why an account's layout is not known.
#[derive(Debug, Error)]
pub enum LayoutError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "{address} of the {program} program is of no kind that this version knows: \
         use the version that is deployed"
    )]
    UnknownKind {
        program: &'static str,
        address: Pubkey,
    },
    #[error(
        "the {kind} {address} has version {found} of its layout, only {known} is known here: \
         migrate it, or use the version that wrote it"
    )]
    Version {
        kind: &'static str,
        address: Pubkey,
        found: u8,
        known: u8,
    },
    #[error("the deployment has no {kind}: apply the steps before this one")]
    Missing { kind: &'static str },
}

/// A kind of account, and the layout of it that is known here.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// What messages call it.
    pub kind: &'static str,
    pub owner: Pubkey,
    pub discriminator: &'static [u8],
    pub version: u8,
}

fn known<T: Kind>() -> Known {
    Known {
        kind: T::NAME,
        owner: T::OWNER,
        discriminator: T::DISCRIMINATOR,
        version: T::VERSION,
    }
}

/// Every kind of account of the four programs.
pub fn all_known() -> Vec<Known> {
    [staking(), proofs(), rewards(), credits()].concat()
}

fn staking() -> Vec<Known> {
    vec![
        known::<Network>(),
        known::<NetworkChange>(),
        known::<VerifierSet>(),
        known::<Service>(),
        known::<ServiceChange>(),
        known::<ServicePolicy>(),
        known::<Issuer>(),
        known::<Clearance>(),
        known::<Operator>(),
        known::<DelegatorVaults>(),
        known::<DelegationPool>(),
        known::<Delegation>(),
    ]
}

fn proofs() -> Vec<Known> {
    vec![
        known::<Commitment>(),
        known::<OperatorLoad>(),
        known::<Proposal>(),
        known::<Round>(),
        known::<Dispute>(),
        known::<SeedRing>(),
        known::<RootRing>(),
    ]
}

fn rewards() -> Vec<Known> {
    vec![
        known::<Pool>(),
        known::<PoolChange>(),
        known::<Emission>(),
        known::<Claim>(),
    ]
}

fn credits() -> Vec<Known> {
    vec![
        known::<Market>(),
        known::<MarketChange>(),
        known::<ServiceRevenue>(),
        known::<CustomerAccount>(),
        known::<Biller>(),
        known::<CardSale>(),
        known::<Delegate>(),
        known::<Lease>(),
        known::<LeaseGroup>(),
        known::<Maintenance>(),
        known::<Meter>(),
        known::<Topup>(),
    ]
}

/// The kind of an account by its first bytes, if its layout is known.
fn check(
    all: &[Known],
    (program, owner): (&'static str, Pubkey),
    address: Pubkey,
    head: &[u8],
) -> Result<&'static str, LayoutError> {
    let unknown = LayoutError::UnknownKind { program, address };
    let mut kinds = all.iter().filter(|one| one.owner == owner);
    let Some(known) = kinds.find(|one| head.starts_with(one.discriminator)) else {
        return Err(unknown);
    };
    match head.get(DISCRIMINATOR_BYTES) {
        Some(version) if *version == known.version => Ok(known.kind),
        Some(found) => Err(LayoutError::Version {
            kind: known.kind,
            address,
            found: *found,
            known: known.version,
        }),
        None => Err(unknown),
    }
}

/// Checks every account of every program, of which each deployment has one of each of these
/// `kinds`, and says how many there are.
///
/// # Errors
/// At the first account whose layout is not known, and when a kind is missing.
pub async fn verify(
    rpc: &RpcClient,
    kinds: &[Known],
) -> Result<BTreeMap<&'static str, usize>, LayoutError> {
    let all = all_known();
    let mut found = BTreeMap::new();
    for (name, program) in PROGRAMS {
        for (address, head) in heads(rpc, &program).await? {
            let kind = check(&all, (name, program), address, &head)?;
            let count: &mut usize = found.entry(kind).or_default();
            *count = count.saturating_add(1);
        }
    }
    match kinds.iter().find(|one| !found.contains_key(one.kind)) {
        Some(missing) => Err(LayoutError::Missing { kind: missing.kind }),
        None => Ok(found),
    }
}

/// Claims that `claim_migrate` brings to the present layout.
pub async fn outdated_claims(rpc: &RpcClient) -> Result<Vec<Pubkey>, FetchError> {
    let claim = known::<Claim>();
    let start = [claim.discriminator, &[ClaimV1::VERSION]].concat();
    let heads = heads(rpc, &claim.owner).await?.into_iter();
    let outdated = heads.filter(|(_, head)| head.starts_with(&start));
    Ok(outdated.map(|(address, _)| address).collect())
}

/// What the steps create; an emission only where the pool mints.
pub fn created(mints: bool) -> Vec<Known> {
    let mut kinds = vec![
        known::<Network>(),
        known::<VerifierSet>(),
        known::<Service>(),
        known::<RootRing>(),
        known::<SeedRing>(),
        known::<Market>(),
        known::<ServiceRevenue>(),
        known::<Pool>(),
    ];
    if mints {
        kinds.push(known::<Emission>());
    }
    kinds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ADDRESS: Pubkey = Pubkey::new_from_array([1; 32]);

    #[test]
    fn every_account_of_the_interfaces_is_known() {
        let mut listed = BTreeSet::new();
        for (name, _) in PROGRAMS {
            let root = env!("CARGO_MANIFEST_DIR");
            let text = std::fs::read_to_string(format!("{root}/../idl/trestle_{name}.json"));
            let interface: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
            for account in interface["accounts"].as_array().unwrap() {
                let bytes = account["discriminator"].as_array().unwrap().iter();
                let bytes = bytes.map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap());
                listed.insert(bytes.collect::<Vec<_>>());
            }
        }
        let known = all_known().into_iter();
        let known: BTreeSet<_> = known.map(|one| one.discriminator.to_vec()).collect();
        assert_eq!(known, listed);
    }

    #[test]
    fn only_the_known_version_of_a_kind_of_the_program_passes() {
        let all = all_known();
        let staking = PROGRAMS[0];
        let network = all.iter().find(|one| one.kind == "network").unwrap();
        let head = [network.discriminator, &[network.version]].concat();
        assert_eq!(check(&all, staking, ADDRESS, &head).unwrap(), "network");
        for version in [0, network.version + 1] {
            let head = [network.discriminator, &[version]].concat();
            assert!(matches!(
                check(&all, staking, ADDRESS, &head),
                Err(LayoutError::Version { found, known: 1, .. }) if found == version
            ));
        }
        let foreign = check(&all, PROGRAMS[1], ADDRESS, &head);
        assert!(matches!(foreign, Err(LayoutError::UnknownKind { .. })));
        for short in [&head[..8], &head[..7], &[]] {
            let error = check(&all, staking, ADDRESS, short);
            assert!(matches!(error, Err(LayoutError::UnknownKind { .. })));
        }
    }
}
