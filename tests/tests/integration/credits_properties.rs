//! Properties of the credits program: whatever happens, every credit ever sold is in a wallet, in
//! an account, in a lease, or used up.

use {
    proptest::prelude::*,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_credits::{
        address::maintenance_address,
        commitment,
        constants::LEASE_SETTLED,
        state::{Lease, LeaseTerms, SlaStep, DEEPER_STEPS},
    },
    trestle_proofs::state::Commitment,
    trestle_tests::{
        credits::{price, CreditsWorld, Customer, Deal},
        final_roots::windows,
    },
};

const CUSTOMERS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Buy {
        who: usize,
        credits: u64,
        burn: bool,
    },
    Deposit {
        who: usize,
        credits: u64,
    },
    Withdraw {
        who: usize,
        credits: u64,
    },
    Open {
        who: usize,
        terms: LeaseTerms,
    },
    /// The next epoch ends with a root in which this many of these windows were good.
    Publish {
        ok: u32,
        total: u32,
    },
    Settle {
        who: usize,
    },
    End {
        who: usize,
        by_operator: bool,
    },
    Close {
        who: usize,
    },
    Renew {
        who: usize,
        epochs: u64,
        rate: u64,
    },
    /// To the customer's other operator.
    Transfer {
        who: usize,
        terms: LeaseTerms,
    },
    /// Of the customer's operator.
    Maintain {
        who: usize,
        ahead: u64,
        epochs: u64,
    },
    /// The customer ends the commitment with the running epoch.
    Leave {
        who: usize,
    },
    /// Epochs without a root.
    Wait(u64),
}

/// Epochs of the longest notice of a customer.
const NOTICE_MAX: u16 = 3;

fn terms() -> impl Strategy<Value = LeaseTerms> {
    let shares = prop::array::uniform3(0..=10_000_u16);
    let deeper = prop::option::of((0..10_000_u16, 0..10_000_u16));
    (
        (1..500_u64, 1..8_u64, 1..4_u32),
        shares,
        deeper,
        0..=NOTICE_MAX,
        prop::option::of((1..4_u64, 1..500_u64)),
    )
        .prop_map(
            |(price, [sla_bps, credit_bps, cap], deeper, notice, renewal)| {
                let (rate_per_epoch, epochs, period_epochs) = price;
                let (renewal_epochs, renewal_rate) = renewal.unwrap_or_default();
                let mut deeper_steps = [SlaStep::default(); DEEPER_STEPS];
                // A step that is no deeper makes terms that are refused: as good a case as any.
                if let Some((below_bps, credit_bps)) = deeper {
                    deeper_steps[0] = SlaStep {
                        below_bps,
                        credit_bps,
                    };
                }
                LeaseTerms {
                    rate_per_epoch,
                    epochs,
                    period_epochs,
                    sla_bps,
                    credit_bps,
                    deeper_steps,
                    credit_cap_bps: cap,
                    notice_epochs: notice,
                    renewal_epochs,
                    renewal_rate,
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..CUSTOMERS;
    prop_oneof![
        2 => (who.clone(), 1..5_000_u64, any::<bool>())
            .prop_map(|(who, credits, burn)| Step::Buy { who, credits, burn }),
        2 => (who.clone(), 1..5_000_u64).prop_map(|(who, credits)| Step::Deposit { who, credits }),
        1 => (who.clone(), 1..5_000_u64).prop_map(|(who, credits)| Step::Withdraw { who, credits }),
        3 => (who.clone(), terms()).prop_map(|(who, terms)| Step::Open { who, terms }),
        5 => (0..4_u32, 0..4_u32).prop_map(|(ok, bad)| Step::Publish { ok, total: ok + bad }),
        5 => who.clone().prop_map(|who| Step::Settle { who }),
        1 => (who.clone(), any::<bool>())
            .prop_map(|(who, by_operator)| Step::End { who, by_operator }),
        2 => who.clone().prop_map(|who| Step::Close { who }),
        2 => (who.clone(), 1..4_u64, 1..500_u64)
            .prop_map(|(who, epochs, rate)| Step::Renew { who, epochs, rate }),
        1 => (who.clone(), terms()).prop_map(|(who, terms)| Step::Transfer { who, terms }),
        1 => (who.clone(), 3..5_u64, 1..3_u64)
            .prop_map(|(who, ahead, epochs)| Step::Maintain { who, ahead, epochs }),
        1 => who.prop_map(|who| Step::Leave { who }),
        1 => (1..4_u64).prop_map(Step::Wait),
    ]
}

struct Model {
    world: CreditsWorld,
    customers: Vec<Customer>,
    /// Two of each customer: the one that its next lease is for, and the one that it left.
    deals: Vec<[Deal; 2]>,
    windows: (u32, u32),
}

impl Model {
    fn new() -> Self {
        let mut world = CreditsWorld::new();
        let names = ["first", "second"];
        let customers: Vec<Customer> = names
            .iter()
            .map(|name| world.rich_customer(name, 3_000))
            .collect();
        let deals = customers
            .iter()
            .zip(names)
            .map(|(customer, name)| {
                ["operator", "other operator"]
                    .map(|kind| world.deal(&format!("{kind} of {name}"), customer))
            })
            .collect();
        Self {
            world,
            customers,
            deals,
            windows: (0, 0),
        }
    }

    /// Does it, if the program lets it happen.
    fn run(&mut self, step: &Step) {
        match *step {
            Step::Buy { who, credits, burn } => self.buy(who, credits, burn),
            Step::Deposit { who, credits } => {
                let ix = self.world.account_deposit(&self.customers[who], credits);
                self.send(who, ix);
            }
            Step::Withdraw { who, credits } => {
                let ix = self.world.account_withdraw(&self.customers[who], credits);
                self.send(who, ix);
            }
            Step::Publish { ok, total } => self.publish(ok, total),
            Step::Wait(epochs) => {
                let epoch = self.world.epoch() + epochs;
                self.world.reach(epoch);
            }
            _ => self.run_lease(step),
        }
    }

    fn buy(&mut self, who: usize, credits: u64, burn: bool) {
        let (world, customer) = (&mut self.world, &self.customers[who]);
        let update = price(world.svm.now());
        world.post_price(&update);
        let ix = if burn {
            world.credits_buy_burn(customer, credits, u64::MAX)
        } else {
            world.credits_buy_stable(customer, credits, u64::MAX)
        };
        world.must(ix, &customer.key);
    }

    /// Sends what a customer signs, which may be refused.
    fn send(&mut self, who: usize, ix: Instruction) {
        let _ = self.world.svm.send(&[ix], &[&self.customers[who].key]);
    }

    /// Does it to the leases of a customer, if the program lets it happen.
    fn run_lease(&mut self, step: &Step) {
        let Self {
            world,
            customers,
            deals,
            ..
        } = self;
        match *step {
            Step::Open { who, terms } => {
                let _ = world.open(&customers[who], &deals[who][0], terms);
            }
            Step::Settle { who } => self.settle(who),
            Step::End { who, by_operator } => {
                for deal in &deals[who] {
                    let party = if by_operator {
                        &deal.operator.authority
                    } else {
                        &customers[who].key
                    };
                    let ix = world.lease_end(party.pubkey(), deal, 1);
                    let _ = world.svm.send(&[ix], &[party]);
                }
            }
            Step::Close { who } => {
                for deal in &deals[who] {
                    let ix = world.lease_close(&customers[who], deal);
                    let _ = world.svm.send(&[ix], &[]);
                }
            }
            Step::Renew { who, epochs, rate } => {
                let (customer, deal) = (&customers[who], &deals[who][0]);
                let ix = world.lease_renew(customer, deal, epochs, rate, true);
                let _ = world.svm.send(&[ix], &[&customer.key, &deal.operator.node]);
            }
            Step::Transfer { who, terms } => {
                let (customer, [from, to]) = (&customers[who], &deals[who]);
                let ix = world.lease_transfer(customer, from, to, terms);
                let signers = [&customer.key, &to.operator.node];
                if world.svm.send(&[ix], &signers).is_ok() {
                    deals[who].reverse();
                }
            }
            Step::Maintain { who, ahead, epochs } => {
                let first = world.epoch() + ahead;
                let _ = world.declare(&deals[who][0].operator, first, epochs);
            }
            Step::Leave { who } => {
                let epoch = world.epoch();
                let deal = &deals[who][0];
                if world.svm.get::<Commitment>(&deal.commitment).status == 1 {
                    world.leave_commitment(deal, epoch);
                }
            }
            _ => {}
        }
    }

    /// The running epoch ends with a root in which this many of these windows were good.
    fn publish(&mut self, ok: u32, total: u32) {
        self.windows.0 += ok;
        self.windows.1 += total;
        let leaf = windows(self.windows.0, self.windows.1);
        let leaves: Vec<(_, LeafCounters)> = self
            .deals
            .iter()
            .flatten()
            .map(|deal| (deal.operator.address, leaf))
            .collect();
        let epoch = self.world.epoch();
        self.world.publish(epoch, &leaves);
    }

    /// Settles what the customer's leases say is due, if anything is.
    fn settle(&mut self, who: usize) {
        for place in 0..2 {
            let (customer, deal) = (&self.customers[who], &self.deals[who][place]);
            if self.world.svm.raw(&deal.lease).is_none() {
                continue;
            }
            let mut lease: Lease = self.world.lease_state(deal);
            let maintenance = maintenance_address(&deal.operator.address).0;
            let windows = match self.world.svm.raw(&maintenance) {
                Some(_) => *self.world.maintenance_state(&deal.operator).ranges(),
                None => Default::default(),
            };
            let commitment: commitment::Commitment =
                bytemuck::cast(self.world.svm.get::<Commitment>(&deal.commitment));
            if lease.status == LEASE_SETTLED {
                continue;
            }
            lease
                .end_with_commitment(Some(&commitment))
                .expect("an end");
            if lease.is_settled() {
                continue;
            }
            let due = lease.next_root(self.world.roots.ring(), &windows);
            if let Ok(epoch) = due.map(|next| next.root().epoch) {
                let outcome = self.world.settle(customer, deal, epoch);
                outcome.expect("what the lease says is due is settled");
            }
        }
    }

    fn check(&self) {
        let market = self.world.market_state();
        let wallets: u64 = self.customers.iter().map(|c| self.world.credits(c)).sum();
        assert_eq!(self.world.credit_supply(), wallets);
        assert_eq!(
            market.minted,
            wallets + market.held + market.escrowed + market.consumed
        );
        let mut sums = (0, 0, 0);
        for (customer, deals) in self.customers.iter().zip(&self.deals) {
            let account = self.world.account_state(customer);
            sums.0 += account.balance;
            sums.1 += account.escrowed;
            sums.2 += account.consumed;
            let mut in_leases = 0;
            for deal in deals {
                if self.world.svm.raw(&deal.lease).is_some() {
                    let lease = self.world.lease_state(deal);
                    assert_eq!(
                        lease.deposited,
                        lease.escrow + lease.consumed + lease.refunded
                    );
                    in_leases += lease.escrow;
                }
            }
            assert_eq!(account.escrowed, in_leases);
        }
        assert_eq!(self.world.revenue_state().consumed, market.consumed);
        assert_eq!(sums, (market.held, market.escrowed, market.consumed));
        let stable = self.world.svm.tokens(&self.world.revenue_vault);
        assert_eq!(stable, market.stable_received);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_credit_ever_sold_is_somewhere(
        first in prop::array::uniform2(terms()),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut model = Model::new();
        for (who, terms) in first.into_iter().enumerate() {
            model.run(&Step::Open { who, terms });
            model.check();
        }
        for step in &steps {
            model.run(step);
            model.check();
        }
        // Nothing is ever trapped: after the timeout everything free can be withdrawn.
        for who in 0..CUSTOMERS {
            model.run(&Step::End { who, by_operator: false });
        }
        model.run(&Step::Wait(9 + u64::from(NOTICE_MAX)));
        for who in 0..CUSTOMERS {
            model.run(&Step::Close { who });
            let balance = model.world.account_state(&model.customers[who]).balance;
            model.run(&Step::Withdraw { who, credits: balance });
            model.check();
            let account = model.world.account_state(&model.customers[who]);
            prop_assert_eq!((account.balance, account.escrowed, account.lease_count), (0, 0, 0));
        }
    }
}
