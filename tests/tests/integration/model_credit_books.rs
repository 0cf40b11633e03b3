//! Off chain: compares what the chain says about credits with the model.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain, CUSTOMERS},
        model_credits::PAYMENTS,
    },
    solana_signer::Signer,
    trestle_credits::{
        address::{
            biller_address, card_sale_address, delegate_address, meter_address, topup_address,
        },
        state,
    },
    trestle_model::{
        Actor, Customer, Delegate, Lease, LeaseDeal, Meter, MeterDeal, Sale, SaleStatus, Topup,
    },
    trestle_tests::billing::payment,
};

/// Everything that the chain says about credits must be what the model says.
pub fn compare(chain: &Chain) -> Result<(), String> {
    market(chain)?;
    for number in 0..CUSTOMERS {
        customer(chain, number)?;
        for operator in chain.model.operators.keys() {
            parties(chain, number, *operator)?;
        }
    }
    (0..PAYMENTS).try_for_each(|number| sale(chain, number))?;
    let state: state::Biller = chain.world.svm.get(&biller_address(&chain.world.market).0);
    let biller = &chain.model.credits.biller;
    same(
        "biller",
        (
            state.daily_cap,
            state.sold,
            state.refunded,
            state.charged_back,
        ),
        (
            biller.daily_cap,
            biller.sold,
            biller.refunded,
            biller.charged_back,
        ),
    )
}

fn market(chain: &Chain) -> Result<(), String> {
    let (state, model) = (chain.world.market_state(), &chain.model.credits);
    let all = |of: fn(&Customer) -> u64| model.customers.values().map(of).sum::<u64>();
    let escrowed = model.customers.keys().map(|number| model.escrowed(*number));
    same(
        "market",
        [
            state.minted,
            state.consumed,
            state.returned,
            state.released,
            state.held,
            state.frozen,
            state.insurance_payments,
            state.escrowed,
            state.pending,
        ],
        [
            model.minted,
            model.consumed,
            model.returned,
            model.released,
            all(|account| account.balance),
            all(|account| account.frozen),
            model.insurance_payments,
            escrowed.sum(),
            model.pending(),
        ],
    )?;
    let revenue: state::ServiceRevenue = chain.world.svm.get(&chain.world.revenue);
    same(
        "revenue",
        (
            revenue.consumed,
            revenue.released_credits,
            revenue.released_stable,
        ),
        (model.consumed, model.released, model.operators_stable),
    )
}

fn customer(chain: &Chain, number: u8) -> Result<(), String> {
    let (keys, svm) = (chain.customer(number), &chain.world.svm);
    let (state, model) = (chain.world.account_state(&keys), &chain.model.credits);
    let read = Customer {
        balance: state.balance,
        frozen: state.frozen,
        meters_opened: state.meters_opened,
        consumed: state.consumed,
    };
    same(
        &format!("customer {number}"),
        read,
        model.customers[&number],
    )?;
    same(
        &format!("leases and escrow of {number}"),
        (state.lease_count as usize, state.escrowed),
        (model.leased(number), model.escrowed(number)),
    )?;
    let address = topup_address(&keys.account).0;
    let topup = svm.raw(&address).map(|_| {
        let state: state::Topup = svm.get(&address);
        (
            state.floor,
            state.amount,
            state.period_epochs,
            state.next_epoch,
            state.bought,
        )
    });
    let known = model.topups.get(&number).map(|topup: &Topup| {
        (
            topup.floor,
            topup.amount,
            topup.period,
            topup.next_epoch,
            topup.bought,
        )
    });
    same("top-up", topup, known)?;
    for ((of, to), known) in &model.delegates {
        if *of == number {
            let address = delegate_address(&keys.account, &key_of(*to).pubkey()).0;
            let state: state::Delegate = svm.get(&address);
            let read = Delegate {
                epoch_limit: state.epoch_limit,
                total_limit: state.total_limit,
                last_epoch: state.last_epoch,
                epoch: state.epoch,
                epoch_spent: state.epoch_spent,
                total_spent: state.total_spent,
            };
            same("delegate", &read, known)?;
        }
    }
    Ok(())
}

fn parties(chain: &Chain, number: u8, operator: u8) -> Result<(), String> {
    let (keys, svm) = (chain.customer(number), &chain.world.svm);
    let model = &chain.model.credits;
    let address = meter_address(&keys.account, &chain.operator_address(operator)).0;
    let read = svm.raw(&address).map(|_| {
        let state: state::Meter = svm.get(&address);
        let known = model.meters.get(&(number, operator));
        let signer = known.map_or(Actor::Stranger, |meter| meter.signer);
        meter(&state, signer)
    });
    let what = format!("meter of {number} at {operator}");
    same(&what, read.as_ref(), model.meters.get(&(number, operator)))?;
    let address = chain.deals[&(number, operator)].lease;
    let known = model.leases.get(&(number, operator));
    let read = svm.raw(&address).map(|_| {
        let state: state::Lease = svm.get(&address);
        lease(&state, known)
    });
    let what = format!("lease of {number} at {operator}");
    same(&what, read.as_ref(), known)
}

fn meter(state: &state::Meter, signer: Actor) -> Meter {
    assert_eq!(state.signer, key_of(signer).pubkey(), "who signs receipts");
    Meter {
        deal: MeterDeal {
            price: state.price,
            epoch_cap: state.epoch_cap,
            // What it was opened with the chain does not remember.
            deposit: 0,
            notice: state.notice_epochs,
        },
        signer,
        number: state.number,
        deposited: state.deposited,
        escrow: state.escrow,
        units: state.units,
        epoch: state.epoch,
        epoch_consumed: state.epoch_consumed,
        end_epoch: (state.end_epoch != u64::MAX).then_some(state.end_epoch),
    }
}

/// What the chain does not remember is as it is known: the term once the end has moved, and whether
/// a settled lease ended before its term.
fn lease(state: &state::Lease, known: Option<&Lease>) -> Lease {
    let epochs = known.map_or(0, |lease| lease.deal.epochs);
    let is_ending = match state.status {
        3 => known.is_some_and(|lease| lease.is_ending),
        status => status == 2,
    };
    let baseline = (
        state.baseline_epoch,
        state.baseline_ok,
        state.baseline_total,
    );
    Lease {
        deal: LeaseDeal {
            rate: state.rate_per_epoch,
            epochs,
            period: state.period_epochs,
            sla_bps: state.sla_bps,
            credit_bps: state.credit_bps,
            cap_bps: state.credit_cap_bps,
            notice: state.notice_epochs,
            renewal_epochs: state.renewal_epochs,
            renewal_rate: state.renewal_rate,
        },
        renewed: (state.renewed_epoch != 0).then_some((state.renewed_rate, state.renewed_epoch)),
        is_ending,
        start: state.start_epoch,
        end: state.end_epoch,
        is_done: state.status == 3,
        baseline: (state.baseline_known == 1).then_some(baseline),
        deposited: state.deposited,
        escrow: state.escrow,
        consumed: state.consumed,
        refunded: state.refunded,
        credited: state.credited,
        notice_owed: state.notice_owed,
    }
}

fn sale(chain: &Chain, number: u8) -> Result<(), String> {
    let svm = &chain.world.svm;
    let address = card_sale_address(&chain.world.market, &payment(number)).0;
    let read = svm.raw(&address).map(|_| {
        let state: state::CardSale = svm.get(&address);
        let status = match state.status {
            1 => SaleStatus::Open,
            2 => SaleStatus::Frozen(state.frozen, state.frozen_at),
            3 => SaleStatus::Reversed,
            _ => SaleStatus::Kept,
        };
        let of = |number: &u8| chain.customer(*number).account == state.account;
        Sale {
            customer: (0..CUSTOMERS).find(of).expect("a customer"),
            credits: state.credits,
            final_at: state.final_at,
            status,
        }
    });
    let known = chain.model.credits.sales.get(&number);
    same(&format!("sale {number}"), read.as_ref(), known)
}
