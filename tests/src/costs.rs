//! What instructions cost, measured by executing each once on a fresh chain.

use {
    crate::{
        clearance::{asking, full_terms, issuer_params, known_parties, IssuerKeys},
        final_roots::Roots,
        staking::{network_params, open_network, profile, service_params, World, BOND_MIN},
        svm::{key, Sent},
        tokens::TOKEN,
    },
    bytemuck::Zeroable,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{
        claim::CLAIM_VERSION, clearance::KIND_KYC, leaf::LeafCounters, pause, pool::POOL_VERSION,
    },
    trestle_rewards::{
        address::{claim_address, pool_address},
        state::{Claim, Pool},
    },
    trestle_staking::{
        address::{delegator_stable_vault_address, delegator_vault_address, issuer_address},
        constants::{DISTRIBUTOR, REWARDS_ID, SLASHER},
        state::{NetworkParams, ServiceParams},
    },
};

/// By when a change of the network and one of the service, both proposed in epoch 0, are due.
const CHANGES_DUE: u64 = 5;
/// Leaves of the tree that a slash is proven in: depth 20.
const SLASH_LEAVES: usize = 1 << 20;

/// One instruction in a transaction of its own.
#[derive(Debug)]
pub struct Cost {
    pub instruction: &'static str,
    pub sent: Sent,
}

/// Every instruction of the staking program.
pub fn staking() -> Vec<Cost> {
    let mut costs = Vec::new();
    network(&mut costs);
    stake(&mut costs);
    bonds(&mut costs);
    displacement(&mut costs);
    delegation(&mut costs);
    clearances(&mut costs);
    policies(&mut costs);
    changes(&mut costs);
    keys(&mut costs);
    costs
}

fn measure(
    costs: &mut Vec<Cost>,
    world: &mut World,
    name: &'static str,
    instruction: Instruction,
    signers: &[&Keypair],
) {
    let sent = world.svm.must(&[instruction], signers);
    costs.push(Cost {
        instruction: name,
        sent,
    });
}

fn network(costs: &mut Vec<Cost>) {
    let mut world = World::without_network(&[]);
    let (authority, candidate) = (key("authority"), world.svm.funded("candidate"));
    let guardian = key("guardian");
    let ix = world.network_create(authority.pubkey(), network_params());
    measure(costs, &mut world, "network_create", ix, &[&authority]);
    let ix = world.service_create(authority.pubkey(), 0, service_params());
    measure(costs, &mut world, "service_create", ix, &[&authority]);
    let ix = world.network_pause(guardian.pubkey(), pause::ALL, true);
    measure(costs, &mut world, "network_pause", ix, &[&guardian]);
    let ix = world.authority_propose(authority.pubkey(), candidate.pubkey());
    measure(costs, &mut world, "authority_propose", ix, &[&authority]);
    let ix = world.authority_accept(candidate.pubkey());
    measure(costs, &mut world, "authority_accept", ix, &[&candidate]);
}

fn stake(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let keys = world.operator_keys("operator");
    let owner = keys.authority.insecure_clone();
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));
    measure(costs, &mut world, "operator_register", ix, &[&owner]);
    let ix = world.operator_update(&keys, keys.purse, profile(keys.node.pubkey()));
    measure(costs, &mut world, "operator_update", ix, &[&owner]);
    let ix = world.stake_deposit(keys.address, owner.pubkey(), keys.purse, 9 * TOKEN);
    measure(costs, &mut world, "stake_deposit", ix, &[&owner]);
    let ix = world.stake_unbond(&keys, 3 * TOKEN);
    measure(costs, &mut world, "stake_unbond", ix, &[&owner]);
    let mut roots = Roots::new(&mut world.svm, world.service);
    let slashed = LeafCounters {
        slashed: TOKEN,
        ..LeafCounters::default()
    };
    roots.publish(&mut world.svm, 1, &[(keys.address, slashed)], SLASH_LEAVES);
    let leaf = roots.leaf(1, &keys.address);
    let pool = put_claim(&mut world, keys.address);
    let ix = world.slash_apply(keys.address, roots.ring, leaf);
    measure(costs, &mut world, "slash_apply", ix, &[]);
    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&keys, keys.purse);
    measure(costs, &mut world, "stake_withdraw", ix, &[&owner]);
    world.svm.trust_signatures();
    let ix = world.slash_record(pool, keys.address, 2 * TOKEN, 1);
    measure(costs, &mut world, "slash_record", ix, &[]);
}

/// A pool and a claim of the operator whose pay was asked, as the rewards program would write them.
fn put_claim(world: &mut World, operator: Address) -> Address {
    let (pool, bump) = pool_address(&world.service);
    let state = Pool {
        version: POOL_VERSION,
        bump,
        service: world.service,
        ..Pool::zeroed()
    };
    world.svm.put_pod(pool, REWARDS_ID, &state);
    let (claim, bump) = claim_address(&pool, &operator);
    let state = Claim {
        version: CLAIM_VERSION,
        bump,
        pool,
        operator,
        slash_asked: u64::MAX,
        ..Claim::zeroed()
    };
    world.svm.put_pod(claim, REWARDS_ID, &state);
    pool
}

/// With a slash that reaches the delegators, and rewards in both assets.
fn delegation(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let payer = key("authority");
    let ix = world.delegator_vaults_open(payer.pubkey());
    measure(costs, &mut world, "delegator_vaults_open", ix, &[&payer]);
    let operator = world.operator("operator", 0);
    let owner = operator.authority.insecure_clone();
    let ix = world.delegation_pool_open(&operator, 1_000);
    measure(costs, &mut world, "delegation_pool_open", ix, &[&owner]);
    let ix = world.commission_change(&operator, 1_500);
    measure(costs, &mut world, "commission_change", ix, &[&owner]);
    let keys = world.delegator("delegator");
    let ix = world.delegation_deposit(&keys, operator.address, 9 * TOKEN);
    measure(costs, &mut world, "delegation_deposit", ix, &[&keys.key]);
    world.svm.trust_signatures();
    for _ in 0..2 {
        world.fund(&operator, TOKEN, TOKEN).expect("funding");
        world.svm.advance(40_000);
    }
    let network = world.network;
    world.donate(delegator_vault_address(&network).0, TOKEN);
    world.donate(delegator_stable_vault_address(&network).0, TOKEN);
    let ix = world.delegation_fund(DISTRIBUTOR, operator.address, TOKEN, TOKEN);
    measure(costs, &mut world, "delegation_fund", ix, &[]);
    world.svm.advance(40_000);
    let ix = world.delegation_claim(&keys, operator.address);
    measure(costs, &mut world, "delegation_claim", ix, &[&keys.key]);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, TOKEN);
    let ix = world.delegation_unbond(&keys, operator.address, 9 * TOKEN);
    measure(costs, &mut world, "delegation_unbond", ix, &[&keys.key]);
    world.svm.advance(86_400);
    let ix = world.delegation_withdraw(&keys, operator.address, keys.purse);
    measure(costs, &mut world, "delegation_withdraw", ix, &[&keys.key]);
    let ix = world.delegation_close(&keys, operator.address);
    measure(costs, &mut world, "delegation_close", ix, &[&keys.key]);
    world.deposit(&operator, 100 * TOKEN);
    let ix = world.operator_release(&operator);
    measure(costs, &mut world, "operator_release", ix, &[&owner]);
}

fn clearances(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let (authority, subject) = (key("authority"), key("subject").pubkey());
    let issuer = IssuerKeys {
        key: world.svm.funded("issuer"),
        address: issuer_address(&world.network, &key("issuer").pubkey()).0,
    };
    let ix = world.issuer_admit(authority.pubkey(), issuer_params(issuer.key.pubkey()));
    measure(costs, &mut world, "issuer_admit", ix, &[&authority]);
    let terms = full_terms(world.svm.now());
    let ix = world.clearance_grant(&issuer, subject, terms);
    let clearance = ix.accounts[2].pubkey;
    measure(costs, &mut world, "clearance_grant", ix, &[&issuer.key]);
    let ix = world.clearance_revoke(&issuer, clearance);
    measure(costs, &mut world, "clearance_revoke", ix, &[&issuer.key]);
    let ix = world.clearance_close(&issuer, clearance);
    measure(costs, &mut world, "clearance_close", ix, &[]);
    let ix = world.issuer_revoke(authority.pubkey(), issuer.address);
    measure(costs, &mut world, "issuer_revoke", ix, &[&authority]);
}

fn policies(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let authority = key("authority");
    world.operator("operator", 0);
    let ix = world.policy_create(authority.pubkey(), asking(KIND_KYC, 0));
    measure(costs, &mut world, "policy_create", ix, &[&authority]);
    world.svm.advance(3 * 3_600);
    let ix = world.policy_change_apply();
    measure(costs, &mut world, "policy_change_apply", ix, &[]);
    let ix = world.policy_change_propose(authority.pubkey(), known_parties());
    let name = "policy_change_propose";
    measure(costs, &mut world, name, ix, &[&authority]);
    let ix = world.policy_change_cancel(authority.pubkey());
    let name = "policy_change_cancel";
    measure(costs, &mut world, name, ix, &[&authority]);
}

/// With a full set of verifiers: the dearest case.
fn bonds(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    for number in 0..31 {
        world.verifier(&format!("verifier {number}"), BOND_MIN);
    }
    let authority = key("authority");
    let keys = world.verifier_keys("last verifier");
    let ix = world.verifier_register(&keys, authority.pubkey(), BOND_MIN);
    measure(
        costs,
        &mut world,
        "verifier_register",
        ix,
        &[&keys.key, &authority],
    );
    let ix = world.verifier_bond_add(&keys, TOKEN);
    measure(costs, &mut world, "verifier_bond_add", ix, &[&keys.key]);
    let ix = world.verifier_exit(keys.key.pubkey());
    measure(costs, &mut world, "verifier_exit", ix, &[&keys.key]);
    world.svm.advance(86_400);
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);
    measure(costs, &mut world, "verifier_withdraw", ix, &[&keys.key]);
    let removed = key("verifier 30").pubkey();
    let ix = world.verifier_remove(authority.pubkey(), removed);
    measure(costs, &mut world, "verifier_remove", ix, &[&authority]);
    world.svm.trust_signatures();
    let purse = world.verifier_keys("challenger").purse;
    let ix = world.bond_slash(SLASHER, purse, u32::MAX, 0);
    measure(costs, &mut world, "bond_slash", ix, &[]);
}

/// With as many verifiers as the authority can admit.
fn displacement(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    world.change_network(open_network());
    for number in 0..24 {
        world.verifier(&format!("verifier {number}"), BOND_MIN);
    }
    let keys = world.verifier_keys("newcomer");
    let ix = world.verifier_displace(&keys, 2 * BOND_MIN);
    measure(costs, &mut world, "verifier_displace", ix, &[&keys.key]);
}

fn changes(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let authority = key("authority");
    let payer = authority.pubkey();
    let network = NetworkParams {
        bond_slash_bps: 1,
        ..network_params()
    };
    let service = ServiceParams {
        notice_epochs: 9,
        ..service_params()
    };
    for is_last in [false, true] {
        let propose = [
            world.network_change_propose(payer, network),
            world.service_change_propose(payer, service),
        ];
        let finish = if is_last {
            [
                ("network_change_apply", world.network_change_apply(payer)),
                ("service_change_apply", world.service_change_apply(payer)),
            ]
        } else {
            [
                (
                    "network_change_cancel",
                    world.network_change_cancel(payer, payer),
                ),
                (
                    "service_change_cancel",
                    world.service_change_cancel(payer, payer),
                ),
            ]
        };
        for (name, ix) in ["network_change_propose", "service_change_propose"]
            .into_iter()
            .zip(propose)
        {
            if is_last {
                world.svm.must(&[ix], &[&authority]);
            } else {
                measure(costs, &mut world, name, ix, &[&authority]);
            }
        }
        if is_last {
            world.reach_epoch(CHANGES_DUE);
        }
        for (name, ix) in finish {
            let signers: &[&Keypair] = if is_last { &[] } else { &[&authority] };
            measure(costs, &mut world, name, ix, signers);
        }
    }
}

fn keys(costs: &mut Vec<Cost>) {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    let (wallet, candidate) = (keys.authority.pubkey(), world.svm.funded("candidate"));
    let owner = keys.authority.insecure_clone();
    let ix = world.operator_devices_set(&keys, [1; 32], 1);
    measure(costs, &mut world, "operator_devices_set", ix, &[&owner]);
    let ix = world.operator_key_propose(keys.address, wallet, candidate.pubkey());
    measure(costs, &mut world, "operator_key_propose", ix, &[&owner]);
    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    measure(costs, &mut world, "operator_key_accept", ix, &[&candidate]);
    let ix = world.operator_exit(keys.address, candidate.pubkey());
    measure(costs, &mut world, "operator_exit", ix, &[&candidate]);
}
