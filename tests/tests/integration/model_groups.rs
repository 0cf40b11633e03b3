//! Off chain: the transactions of steps that concern lease groups, and what they say was earned.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain},
        model_leases::lease_terms,
    },
    solana_signer::Signer,
    trestle_core::lease_group::GROUP_MEMBERS_MAX,
    trestle_credits::{event::LeaseGroupSettled, state::GroupTerms},
    trestle_model::{GroupDeal, Step},
    trestle_tests::{
        lease_groups::{settled, Group},
        svm::{Outcome, Sent},
    },
};

/// Groups that a customer has at once.
pub const GROUPS: u8 = 2;

/// The terms of a group in the words of the program.
fn group_terms(deal: &GroupDeal) -> GroupTerms {
    GroupTerms {
        needed: deal.needed,
        members_max: deal.members_max,
        start_epoch: deal.start,
        lease: lease_terms(&deal.lease),
    }
}

impl Chain {
    pub fn group(&self, customer: u8, number: u8) -> Group {
        Group::of(self.customer(customer), number.into())
    }

    /// Sends a step of a group.
    pub fn send_group(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::GroupOpen {
                customer,
                number,
                deal,
            } => {
                let group = self.group(customer, number);
                let ix = self.world.lease_group_open(&group, group_terms(&deal));
                self.relay(&[ix], &[&group.customer.key])
            }
            Step::GroupJoin {
                customer,
                number,
                operator,
                agreed,
            } => self.join(customer, number, operator, agreed),
            Step::GroupRecord {
                customer,
                number,
                operator,
                back,
            } => {
                let group = self.group(customer, number);
                let leaf = self.shown_leaf(operator, back);
                let deal = self.deal(customer, operator);
                let ix = self.world.lease_group_record(&group, &deal, leaf);
                self.relay(&[ix], &[])
            }
            Step::GroupSettle { customer, number } => {
                let group = self.group(customer, number);
                let ix = self.world.lease_group_settle(&group);
                self.relay(&[ix], &[])
            }
            Step::GroupEnd {
                by,
                customer,
                number,
            } => {
                let (group, key) = (self.group(customer, number), key_of(by));
                let ix = self.world.lease_group_end(key.pubkey(), &group, 1);
                self.relay(&[ix], &[&key])
            }
            Step::GroupClose { customer, number } => {
                let group = self.group(customer, number);
                let ix = self.world.lease_group_close(&group);
                self.relay(&[ix], &[])
            }
            _ => unreachable!("no step of groups: {step:?}"),
        }
    }

    fn join(&mut self, customer: u8, number: u8, operator: u8, agreed: bool) -> Outcome {
        let (group, deal) = (self.group(customer, number), self.deal(customer, operator));
        let known = self.model.credits.groups.get(&(customer, number));
        let mut signed = known.map_or_else(GroupDeal::default, |known| known.deal);
        signed.lease.rate += u64::from(!agreed);
        let terms = group_terms(&signed);
        let ix = self.world.lease_group_join(&group, &deal, terms);
        let ix = self.admitted(ix, customer, operator);
        let signers = [&group.customer.key, &deal.operator.node];
        self.relay(&[ix], &signers)
    }
}

/// What a settlement says that each member earned must be what the model says. No account
/// remembers it.
pub fn agree_on_pay(chain: &Chain, step: &Step, sent: &Sent) -> Result<(), String> {
    let Step::GroupSettle { customer, number } = *step else {
        return Ok(());
    };
    let mut next = chain.model.clone();
    next.apply(step).map_err(|refusal| format!("{refusal:?}"))?;
    let key = &(customer, number);
    let (before, after) = (&chain.model.credits.groups[key], &next.credits.groups[key]);
    let mut earned = [0; GROUP_MEMBERS_MAX];
    let members = before.members.iter().zip(&after.members);
    for (place, (before, after)) in earned.iter_mut().zip(members) {
        *place = after.earned - before.earned;
    }
    let told: LeaseGroupSettled = settled(sent);
    same(
        "pay of a group",
        (
            told.earned,
            (told.epoch, told.epochs),
            [told.consumed, told.refunded, told.credit],
        ),
        (
            earned,
            (after.settled, after.settled - before.settled),
            [
                after.consumed - before.consumed,
                after.refunded - before.refunded,
                after.credited - before.credited,
            ],
        ),
    )
}
