//! Commitments: what an operator keeps for a customer.

use {
    crate::{require, Actor, Refusal, Rules, Told, World},
    std::collections::btree_map::Entry,
    trestle_core::capacity::{kib_of, stake_needed, KIB_PER_GIB},
};

/// Epochs after its last one for which a commitment stays, and for which it stays at most.
const CLOSE_EPOCHS: u64 = 2;
const CLOSE_EPOCHS_MAX: u64 = 64;

/// Data that an operator keeps for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub size_bytes: u64,
    pub registered_epoch: u64,
    /// The last epoch, once it is fixed, and whether the customer fixed it.
    pub ended: Option<(u64, bool)>,
}

impl World {
    fn commitment(&mut self, customer: u8, operator: u8) -> Told<&mut Commitment> {
        let commitment = self.commitments.get_mut(&(customer, operator));
        commitment.ok_or(Refusal("no such commitment"))
    }

    pub(crate) fn commitment_register(
        &mut self,
        customer: u8,
        operator: u8,
        size_bytes: u64,
    ) -> Told {
        let (now, registered_epoch) = (self.now, self.epoch());
        let is_there = self.commitments.contains_key(&(customer, operator));
        require(!is_there, "a commitment already")?;
        self.require_running(Rules::PROOFS)?;
        let of = self
            .commitments
            .iter()
            .filter(|((_, by), _)| *by == operator);
        let committed: u64 = of.map(|(_, one)| kib_of(one.size_bytes)).sum();
        let (stalled, per_gib) = (self.stalled, self.rules.stake_per_gib);
        let admitted = self.require_admitted(customer, operator);
        let state = self.operator(operator)?;
        require(!state.exited, "an operator that has left")?;
        admitted?;
        require(!stalled, "a stalled service")?;
        require(state.jailed_until <= now, "an operator in jail")?;
        let unbonds = state.tickets.iter().any(|ticket| ticket.amount > 0);
        require(state.stake > 0 || !unbonds, "an operator that leaves")?;
        let capacity = state.capacity_gib * KIB_PER_GIB;
        let is_sane = size_bytes > 0 && size_bytes <= capacity << 10;
        require(is_sane, "no such size")?;
        let committed = committed + kib_of(size_bytes);
        require(committed <= capacity, "more than is offered")?;
        let asked = stake_needed(per_gib, committed).map_err(|_| Refusal("too much"))?;
        require(state.stake >= asked, "less stake than asked")?;
        if let Entry::Vacant(place) = self.commitments.entry((customer, operator)) {
            place.insert(Commitment {
                size_bytes,
                registered_epoch,
                ended: None,
            });
        }
        Ok(())
    }

    pub(crate) fn commitment_end(&mut self, by: Actor, customer: u8, operator: u8) -> Told {
        let (epoch, stalled) = (self.epoch(), self.stalled);
        let notice = u64::from(self.rules.notice_epochs);
        let commitment = self.commitment(customer, operator)?;
        let is_customer = by == Actor::Customer(customer);
        let may = is_customer || by == Actor::Operator(operator);
        require(may, "not a party")?;
        let last = if is_customer || stalled {
            epoch
        } else {
            epoch + notice
        };
        let ended = commitment.ended.map(|(last, _)| last);
        require(ended.is_none_or(|before| last < before), "it ends sooner")?;
        commitment.ended = Some((last, is_customer));
        Ok(())
    }

    pub(crate) fn commitment_close(&mut self, customer: u8, operator: u8) -> Told {
        let epoch = self.epoch();
        let ended = self.commitment(customer, operator)?.ended;
        let (last, _) = ended.ok_or(Refusal("a commitment that serves"))?;
        let passed = self.roots.iter().find(|root| last <= root.epoch);
        let final_in = passed.map(|root| self.final_in[&root.epoch]);
        let is_settled = final_in.is_some_and(|final_in| epoch - final_in > CLOSE_EPOCHS);
        let is_over = is_settled || epoch.saturating_sub(last) > CLOSE_EPOCHS_MAX;
        require(is_over, "a commitment that somebody may need")?;
        self.commitments.remove(&(customer, operator));
        Ok(())
    }
}
