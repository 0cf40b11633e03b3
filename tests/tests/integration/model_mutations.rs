//! Whatever a transaction is changed into, programs refuse it in an orderly way or do something
//! that leaves every vault able to pay what it owes.
//!
//! The steps of the model's sequences are sent with bytes of their data changed, cut off or added,
//! and with accounts exchanged, left out, repeated or made read-only. Who signs stays as it is:
//! signatures are not checked in this world, and an exchanged signer would be one who agreed.

use {
    crate::{
        model_chain::{key_of, Chain, CUSTOMERS, OPERATORS},
        model_clearance_steps::clearance_steps,
        model_conservation::Arena,
        model_groups::GROUPS,
        model_steps::{all, EPOCH},
    },
    proptest::{prelude::*, strategy::Union},
    solana_instruction::{AccountMeta, Instruction},
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_credits::{
        address::meter_address,
        state::{Lease, LeaseGroup, Meter},
    },
    trestle_model::{Actor, GroupDeal, Leaf, LeaseDeal, Step},
    trestle_proofs::address::dispute_vault_address,
    trestle_staking::address::{delegation_pool_address, delegator_vault_address},
};

/// A change of a transaction's last instruction.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// A byte of the data becomes another.
    Byte(usize, u8),
    /// The data end early.
    Cut(usize),
    /// The data go on.
    Grow(Vec<u8>),
    /// An account takes the place of another.
    Exchange(usize, usize),
    /// An account is missing.
    Drop(usize),
    /// An account that nobody knows takes the place of one.
    Foreign(usize),
    /// An account cannot be written.
    ReadOnly(usize),
    /// All accounts but these first ones are missing.
    Few(usize),
}

impl Mutation {
    /// Changes the last instruction.
    pub fn apply(&self, instructions: &mut [Instruction]) {
        let Some(ix) = instructions.last_mut() else {
            return;
        };
        let (bytes, accounts) = (ix.data.len(), ix.accounts.len());
        match *self {
            Self::Byte(at, to) if bytes > 0 => ix.data[at % bytes] = to,
            Self::Cut(at) if bytes > 0 => ix.data.truncate(at % bytes),
            Self::Grow(ref more) => ix.data.extend_from_slice(more),
            Self::Few(count) if accounts > 0 => keep(ix, |at| at < count % accounts),
            Self::Drop(dropped) if accounts > 0 => keep(ix, |at| at != dropped % accounts),
            Self::Exchange(at, by) if accounts > 0 => {
                let by = ix.accounts[by % accounts].pubkey;
                replace(&mut ix.accounts[at % accounts], by);
            }
            Self::Foreign(at) if accounts > 0 => {
                let foreign = key_of(Actor::Stranger).pubkey();
                replace(&mut ix.accounts[at % accounts], foreign);
            }
            Self::ReadOnly(at) if accounts > 0 => ix.accounts[at % accounts].is_writable = false,
            _ => {}
        }
    }
}

/// Leaves out the accounts whose places are not kept, unless they sign.
fn keep(ix: &mut Instruction, is_kept: impl Fn(usize) -> bool) {
    let mut places = 0..;
    ix.accounts
        .retain(|meta| places.next().is_some_and(&is_kept) || meta.is_signer);
}

fn replace(meta: &mut AccountMeta, by: solana_address::Address) {
    if !meta.is_signer {
        meta.pubkey = by;
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || 0..64_usize;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, to)| Mutation::Byte(at, to)),
        1 => at().prop_map(Mutation::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..40).prop_map(Mutation::Grow),
        4 => (at(), at()).prop_map(|(at, by)| Mutation::Exchange(at, by)),
        1 => at().prop_map(Mutation::Drop),
        2 => at().prop_map(Mutation::Foreign),
        2 => at().prop_map(Mutation::ReadOnly),
        1 => at().prop_map(Mutation::Few),
    ]
}

/// Sends steps that are changed, and checks what holds whatever they did.
pub fn attack(chain: &mut Chain, changed: &[(Step, Mutation)]) -> Result<(), String> {
    for (step, mutation) in changed {
        let step = crate::model_resolve::resolved(step, &chain.model);
        if matches!(
            step,
            Step::Wait(_) | Step::RootPublish { .. } | Step::PricePost { .. }
        ) {
            continue;
        }
        chain.mutation = Some(mutation.clone());
        if let Err(refused) = chain.send(&step) {
            let error = refused.instruction_error();
            let is_disorderly = matches!(
                error,
                Some(
                    InstructionError::ProgramFailedToComplete
                        | InstructionError::ComputationalBudgetExceeded
                )
            );
            if is_disorderly {
                let logs = refused.logs.join("\n");
                return Err(format!("{step:?} {mutation:?}: {error:?}\n{logs}"));
            }
        }
        laws(chain).map_err(|reason| format!("{step:?} {mutation:?}: {reason}"))?;
    }
    Ok(())
}

fn holds(what: &str, holds: bool) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(what.to_string())
    }
}

/// What the accounts of the chain say must add up, whoever wrote them.
fn laws(chain: &Chain) -> Result<(), String> {
    crate::model_books::supplies(chain)?;
    let (world, svm) = (&chain.world, &chain.world.svm);
    let network = world.network();
    let (mut staked, mut owed) = (0, (0, 0));
    for operator in 0..OPERATORS {
        let address = chain.operator_address(operator);
        let state: trestle_staking::state::Operator = svm.get(&address);
        staked += state.slashable().expect("a sum");
        let address = delegation_pool_address(&address).0;
        if svm.raw(&address).is_some() {
            let pool: trestle_staking::state::DelegationPool = svm.get(&address);
            staked += pool.slashable().expect("a sum");
            owed.0 += pool.tokens.owed;
            owed.1 += pool.stable.owed;
        }
    }
    holds("all stake is counted", staked == network.total_stake)?;
    let vault = svm.tokens(&world.stake_vault);
    holds("the stake vault can pay", vault >= network.total_stake)?;
    let set = world.verifier_set();
    holds("bonds", set.invariant(network.total_bond).is_ok())?;
    let vault = svm.tokens(&world.bond_vault);
    holds("the bond vault can pay", vault >= network.total_bond)?;
    let vaults = world.delegator_vaults();
    let counted = (vaults.owed_tokens, vaults.owed_stable);
    holds("all rewards of delegators are counted", counted == owed)?;
    let vault = svm.tokens(&delegator_vault_address(&world.network).0);
    holds("the delegators' vault can pay", vault >= owed.0)?;
    market_laws(chain)?;
    dispute_laws(chain)?;
    pool_laws(chain)
}

fn dispute_laws(chain: &Chain) -> Result<(), String> {
    let svm = &chain.world.svm;
    for about in chain.model.rounds.proposals.keys() {
        let address = chain.proposal_key(*about).dispute();
        if svm.raw(&address).is_some() {
            let state: trestle_proofs::state::Dispute = svm.get(&address);
            let vault = svm.tokens(&dispute_vault_address(&address).0);
            holds("the vault of a dispute has its bond", vault >= state.bond)?;
        }
    }
    Ok(())
}

fn market_laws(chain: &Chain) -> Result<(), String> {
    let (world, state) = (&chain.world, chain.world.market_state());
    let wallets = state.in_wallets().map(|credits| credits.0);
    let supply = world.credit_supply();
    holds("all credits are counted", wallets == Some(supply))?;
    let mut sums = (0, 0, 0);
    for number in 0..CUSTOMERS {
        let account = world.account_state(&chain.customer(number));
        sums.0 += account.balance;
        sums.1 += account.frozen;
        sums.2 += account.escrowed;
    }
    let counted = (state.held, state.frozen, state.escrowed);
    holds("all accounts are counted", counted == sums)?;
    (0..CUSTOMERS).try_for_each(|number| escrow_laws(chain, number))?;
    let vault = world.svm.tokens(&world.revenue_vault);
    holds("card sales can be paid back", vault >= state.pending * 10)
}

/// Whatever is in a customer's leases, meters and groups is counted, and no credit of a group is
/// lost.
fn escrow_laws(chain: &Chain, number: u8) -> Result<(), String> {
    let (world, svm) = (&chain.world, &chain.world.svm);
    let customer = chain.customer(number);
    let mut escrow = 0;
    for operator in 0..OPERATORS {
        let lease = chain.deals[&(number, operator)].lease;
        let meter = meter_address(&customer.account, &chain.operator_address(operator)).0;
        escrow += svm
            .raw(&lease)
            .map_or(0, |_| svm.get::<Lease>(&lease).escrow);
        escrow += svm
            .raw(&meter)
            .map_or(0, |_| svm.get::<Meter>(&meter).escrow);
    }
    for id in 0..GROUPS {
        let address = chain.group(number, id).address;
        if svm.raw(&address).is_some() {
            let state: LeaseGroup = svm.get(&address);
            let placed = state.consumed + state.refunded + state.escrow;
            holds(
                "all credits of a group are placed",
                placed == state.deposited,
            )?;
            escrow += state.escrow;
        }
    }
    let account = world.account_state(&customer);
    holds("all escrows are counted", account.escrowed == escrow)
}

fn pool_laws(chain: &Chain) -> Result<(), String> {
    let svm = &chain.world.svm;
    let state: trestle_rewards::state::Pool = svm.get(&chain.rewards.pool);
    let owed = state.allotted_total - state.paid_total;
    let vault = svm.tokens(&chain.rewards.vault);
    holds("the pool can pay tokens", vault >= owed)?;
    let owed = state.state().stable_allotted_total().0 - state.stable_paid_total;
    let vault = svm.tokens(&chain.rewards.stable_vault);
    holds("the pool can pay stablecoin", vault >= owed)
}

#[test]
fn changed_transactions_are_refused_in_order_or_leave_the_vaults_able_to_pay() {
    let step = prop_oneof![8 => all(), 1 => Union::new_weighted(clearance_steps())];
    let changed = prop::collection::vec((step, mutation()), 1..=200).boxed();
    Arena::new("mutations", Chain::at_work(), all())
        .attacked_by(changed)
        .sampled()
        .test();
}

/// Two of three operators, a period of which can be settled once the last one is recorded.
pub fn group_at_work() -> Chain {
    let mut chain = Chain::at_work();
    let (customer, number, credits) = (0, 1, 100_000);
    let deal = GroupDeal {
        needed: 2,
        members_max: 3,
        start: chain.model.epoch() + 1,
        lease: LeaseDeal {
            rate: 1_000,
            epochs: 10,
            period: 1,
            sla_bps: 9_000,
            credit_bps: 1_000,
            cap_bps: 10_000,
            notice: 1,
            ..LeaseDeal::default()
        },
    };
    let growth = [4, 2, 3].map(|windows_ok| Leaf {
        windows_ok,
        windows_total: 4,
        ..Leaf::default()
    });
    let mut steps = vec![
        Step::CreditsBuyStable {
            customer,
            credits,
            most: u64::MAX,
        },
        Step::AccountDeposit { customer, credits },
        Step::GroupOpen {
            customer,
            number,
            deal,
        },
    ];
    steps.extend((0..OPERATORS).map(|operator| Step::GroupJoin {
        customer,
        number,
        operator,
        agreed: true,
    }));
    let growth = growth.to_vec();
    steps.extend([Step::Wait(EPOCH), Step::RootPublish { growth }]);
    steps.extend((1..OPERATORS).map(|operator| Step::GroupRecord {
        customer,
        number,
        operator,
        back: 0,
    }));
    for step in steps {
        assert_eq!(chain.run(&step), Ok(true), "{step:?}");
    }
    chain
}

/// Settles the period after the group was changed like this.
fn settle_changed(change: impl FnOnce(&mut LeaseGroup)) -> Result<bool, String> {
    let mut chain = group_at_work();
    let (customer, number) = (0, 1);
    let record = Step::GroupRecord {
        customer,
        number,
        operator: 0,
        back: 0,
    };
    assert_eq!(chain.run(&record), Ok(true));
    let address = chain.group(customer, number).address;
    chain.world.svm.edit(&address, change);
    chain.run(&Step::GroupSettle { customer, number })
}

#[test]
fn pay_for_what_another_member_delivered_is_noticed() {
    assert_eq!(settle_changed(|_| {}), Ok(true));
    // All of them together have delivered the same.
    let outcome = settle_changed(|group| {
        let [first, second, ..] = &mut group.members;
        std::mem::swap(&mut first.delivered_ok, &mut second.delivered_ok);
    });
    let noticed = outcome.expect_err("a difference");
    assert!(noticed.starts_with("pay of a group"), "{noticed}");
}
