//! Off chain: compares every balance and every claim on the chain with the model's.

use {
    crate::model_chain::{actors, key_of, Chain, CUSTOMERS},
    solana_address::Address,
    solana_signer::Signer,
    std::fmt::Debug,
    trestle_credits::address::{
        insurance_stable_vault_address, pool_stable_vault_address, treasury_address,
    },
    trestle_model::{
        Actor, Asset, Delegation, DelegationPool, Holder, Operator, ShareTicket, Ticket,
    },
    trestle_proofs::address::dispute_vault_address,
    trestle_staking::{
        address::{
            delegation_address, delegation_pool_address, delegator_stable_vault_address,
            delegator_vault_address,
        },
        state::{self, RewardStream},
    },
};

/// Everything that the chain says must be what the model says.
pub fn compare(chain: &Chain) -> Result<(), String> {
    balances(chain)?;
    operators(chain)?;
    delegations(chain)?;
    verifiers(chain)
}

pub fn same<T: PartialEq + Debug>(what: &str, chain: T, model: T) -> Result<(), String> {
    if chain == model {
        Ok(())
    } else {
        Err(format!("{what}: chain {chain:?}, model {model:?}"))
    }
}

/// Every account that tokens and stablecoin can be in.
fn places(chain: &Chain) -> Vec<(Asset, Holder, Address)> {
    let world = &chain.world;
    let mut places = vec![
        (Asset::Token, Holder::StakeVault, world.stake_vault),
        (Asset::Token, Holder::BondVault, world.bond_vault),
        (Asset::Token, Holder::Insurance, world.insurance_vault),
        (
            Asset::Token,
            Holder::DelegatorVault,
            delegator_vault_address(&world.network).0,
        ),
        (
            Asset::Stable,
            Holder::DelegatorVault,
            delegator_stable_vault_address(&world.network).0,
        ),
        (Asset::Stable, Holder::RevenueVault, world.revenue_vault),
        (
            Asset::Stable,
            Holder::Treasury,
            treasury_address(&world.market).0,
        ),
        (
            Asset::Stable,
            Holder::Insurance,
            insurance_stable_vault_address(&world.market).0,
        ),
        (
            Asset::Stable,
            Holder::PoolVault,
            pool_stable_vault_address(&world.service).0,
        ),
    ];
    places.push((Asset::Token, Holder::PoolVault, chain.rewards.vault));
    for about in chain.model.rounds.proposals.keys() {
        let dispute = chain.proposal_key(*about).dispute();
        let vault = dispute_vault_address(&dispute).0;
        if world.svm.raw(&vault).is_some() {
            places.push((Asset::Token, Holder::Dispute(about.0, about.1), vault));
        }
    }
    for actor in actors() {
        let purses = chain.purses(actor);
        places.push((Asset::Token, Holder::Purse(actor), purses.tokens));
        places.push((Asset::Stable, Holder::Purse(actor), purses.stable));
    }
    places
}

/// The supply of an asset is what is in all these accounts.
pub fn supplies(chain: &Chain) -> Result<(), String> {
    let world = &chain.world;
    for (asset, mint) in [
        (Asset::Token, world.token_mint),
        (Asset::Stable, world.stable_mint),
    ] {
        let places = places(chain).into_iter().filter(|(of, _, _)| *of == asset);
        let held = places
            .map(|(_, _, address)| world.svm.tokens(&address))
            .sum();
        same(&format!("all {asset:?}"), world.svm.supply(&mint), held)?;
    }
    Ok(())
}

fn balances(chain: &Chain) -> Result<(), String> {
    let (world, ledger) = (&chain.world, &chain.model.ledger);
    let places = places(chain);
    for (asset, holder, address) in &places {
        let what = format!("{asset:?} of {holder:?}");
        let held = world.svm.tokens(address);
        same(&what, held, ledger.balance(*asset, *holder))?;
    }
    for number in 0..CUSTOMERS {
        let (held, holder) = (
            world.credits(&chain.customer(number)),
            Holder::Purse(Actor::Customer(number)),
        );
        same("credits", held, ledger.balance(Asset::Credit, holder))?;
    }
    let credits = world.credit_supply();
    same("all credits", credits, ledger.supply(Asset::Credit))?;
    // Nobody whom the chain does not show holds anything.
    for (asset, holder, amount) in ledger.accounts() {
        let is_shown = places
            .iter()
            .any(|(of, by, _)| (*of, *by) == (asset, holder));
        let is_shown = is_shown || asset == Asset::Credit;
        if !is_shown && amount > 0 {
            return Err(format!("the model alone has {asset:?} of {holder:?}"));
        }
    }
    for (asset, mint) in [
        (Asset::Token, world.token_mint),
        (Asset::Stable, world.stable_mint),
    ] {
        same("a supply", world.svm.supply(&mint), ledger.supply(asset))?;
    }
    Ok(())
}

fn operators(chain: &Chain) -> Result<(), String> {
    let world = &chain.world;
    let mut staked = 0;
    for (number, model) in &chain.model.operators {
        let address = chain.operator_address(*number);
        let state: state::Operator = world.svm.get(&address);
        let pool = model
            .pool
            .is_some()
            .then(|| pool(&world.svm.get(&delegation_pool_address(&address).0)));
        staked += model.own() + model.pool.as_ref().map_or(0, DelegationPool::held);
        let read = Operator {
            stake: state.stake,
            tickets: state.tickets.map(|ticket| Ticket {
                amount: ticket.amount,
                unlock_at: ticket.unlock_at,
            }),
            slashed_applied: state.slashed_applied,
            exited: state.has_exited(),
            jailed_until: state.jailed_until,
            jail_count: state.jail_count,
            jailed_slashed: state.jailed_slashed,
            capacity_gib: state.capacity_gib,
            pool,
        };
        same(&format!("operator {number}"), &read, model)?;
    }
    let total = world.network().total_stake;
    same("all stake", u128::from(total), staked)
}

fn pool(state: &state::DelegationPool) -> DelegationPool {
    DelegationPool {
        active: state.active(),
        unbonding: state.unbonding(),
        halvings: state.unbonding_halvings,
        advanced_at: state.advanced_at,
        tokens: flow(&state.tokens),
        stable: flow(&state.stable),
    }
}

fn flow(stream: &RewardStream) -> trestle_model::Flow {
    trestle_model::Flow {
        stream: stream.stream(),
        owed: stream.owed,
    }
}

fn delegations(chain: &Chain) -> Result<(), String> {
    let world = &chain.world;
    for actor in actors() {
        for number in chain.model.operators.keys() {
            let pool = delegation_pool_address(&chain.operator_address(*number)).0;
            let address = delegation_address(&pool, &key_of(actor).pubkey()).0;
            let read = delegation(chain, &address);
            let model = chain.model.delegations.get(&(actor, *number)).copied();
            same(&format!("{actor:?} with {number}"), read, model)?;
        }
    }
    let owed: (u64, u64) = chain
        .model
        .operators
        .values()
        .filter_map(|state| state.pool.as_ref())
        .fold((0, 0), |sum, pool| {
            (sum.0 + pool.tokens.owed, sum.1 + pool.stable.owed)
        });
    let vaults = world.delegator_vaults();
    same(
        "what delegators are owed",
        (vaults.owed_tokens, vaults.owed_stable),
        owed,
    )
}

fn delegation(chain: &Chain, address: &Address) -> Option<Delegation> {
    chain.world.svm.raw(address)?;
    let state: state::Delegation = chain.world.svm.get(address);
    let whole = |[low, high]: [u64; 2]| (u128::from(high) << 64) | u128::from(low);
    let earned = |earnings: state::Earnings| trestle_model::Earned {
        per_share: whole(earnings.per_share),
        unpaid: earnings.unpaid,
    };
    Some(Delegation {
        shares: state.shares,
        tickets: state.tickets.map(|ticket| ShareTicket {
            shares: ticket.shares,
            unlock_at: ticket.unlock_at,
            halvings: ticket.halvings,
        }),
        tokens: earned(state.tokens),
        stable: earned(state.stable),
    })
}

fn verifiers(chain: &Chain) -> Result<(), String> {
    let set = chain.world.verifier_set();
    let mut bonds = 0;
    for (number, (entry, model)) in set.entries.iter().zip(&chain.model.verifiers).enumerate() {
        let slashable = entry.bond + entry.exiting_bond;
        bonds += slashable;
        let read = (!entry.is_free()).then_some((
            entry.authority,
            slashable,
            (entry.exit_unlock_at != 0).then_some(entry.exit_unlock_at),
            entry.admitted_epoch,
        ));
        let model = model.map(|verifier| {
            let key = key_of(verifier.who).pubkey();
            let bond = (verifier.bond, verifier.unlock_at);
            (key, bond.0, bond.1, verifier.admitted_epoch)
        });
        same(&format!("verifier {number}"), read, model)?;
    }
    same("all bonds", chain.world.network().total_bond, bonds)
}
