//! The policy of a service: whom it admits to new commitments and leases.

use {
    crate::{constants::VERSION, error::StakingError, versioned::Layout, ID},
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::{change_state, due_epoch, ChangeState},
        clearance::{self, RulesError, JURISDICTIONS_MAX},
        seeds::SEED_POLICY,
        units::Epoch,
    },
};

/// PDA `["policy", service]`.
#[account]
pub struct ServicePolicy {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Times that the rules changed.
    pub changes: u32,
    /// The service whose policy it is.
    pub service: Address,
    /// The rules that hold.
    pub rules: PolicyRules,
    /// The rules that wait; zero throughout when none do.
    pub pending: PolicyRules,
    /// Epoch from which the waiting rules can be applied; zero when none wait.
    pub due_epoch: u64,
}

impl Layout for ServicePolicy {
    const VERSION: u8 = VERSION;
}

/// What a policy asks of operators and customers: as `trestle_core::clearance::PolicyRules`.
#[repr(C)]
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Pod,
    Zeroable,
    AnchorSerialize,
    AnchorDeserialize,
    IdlType,
)]
pub struct PolicyRules {
    /// Kinds that operators must hold.
    pub operator_kinds: u32,
    /// Kinds that customers must hold.
    pub customer_kinds: u32,
    /// Smallest tier of those who must hold an audit.
    pub audit_tier_min: u8,
    /// 0 admits every jurisdiction, 1 those that are listed, 2 all others.
    pub mode: u8,
    /// Jurisdictions in use.
    pub jurisdiction_count: u8,
    /// Zero.
    pub _pad: u8,
    /// Packed jurisdictions in ascending order; zero beyond those in use.
    pub jurisdictions: [u16; JURISDICTIONS_MAX],
}

const _: () = assert!(size_of::<ServicePolicy>() == 200);
const _: () = assert!(offset_of!(ServicePolicy, service) == 8);
const _: () = assert!(offset_of!(ServicePolicy, rules) == 40);
const _: () = assert!(offset_of!(ServicePolicy, pending) == 116);
const _: () = assert!(offset_of!(ServicePolicy, due_epoch) == 192);
const _: () = assert!(
    offset_of!(PolicyRules, mode) == offset_of!(clearance::PolicyRules, mode)
        && offset_of!(PolicyRules, jurisdictions)
            == offset_of!(clearance::PolicyRules, jurisdictions)
);

impl PolicyRules {
    /// The same as the rules read them.
    #[inline(always)]
    pub fn core(&self) -> &clearance::PolicyRules {
        bytemuck::must_cast_ref(self)
    }

    pub fn validate(&self) -> Result<()> {
        self.core().check().map_err(|error| match error {
            RulesError::Kinds => StakingError::BadKinds,
            RulesError::Jurisdictions => StakingError::BadJurisdictions,
            RulesError::AuditTier => StakingError::BadAuditTier,
        })?;
        Ok(())
    }
}

impl ServicePolicy {
    /// Writes a fresh policy that asks for nothing.
    pub fn create(&mut self, bump: u8, service: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.service = service;
    }

    /// Whether `address` is the one that the service gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_POLICY, self.service.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Takes other rules: at once if they refuse nobody whom the present ones admit, or if nobody
    /// relies on the present ones, else after the delay. What waited before is dropped.
    pub fn propose(&mut self, rules: &PolicyRules, epoch: Epoch, is_unused: bool) -> Result<()> {
        require!(*rules != self.rules, StakingError::ChangeEmpty);
        if is_unused || rules.core().admits_all_of(self.rules.core()) {
            return self.replace(rules);
        }
        self.pending = *rules;
        self.due_epoch = due_epoch(epoch).0;
        Ok(())
    }

    /// Puts the waiting rules into force.
    pub fn apply(&mut self, epoch: Epoch) -> Result<()> {
        require!(self.is_changing(), StakingError::NoPolicyChange);
        match change_state(Epoch(self.due_epoch), epoch) {
            ChangeState::Waiting => Err(StakingError::ChangeNotDue.into()),
            ChangeState::Lapsed => Err(StakingError::ChangeLapsed.into()),
            ChangeState::Due => {
                let rules = self.pending;
                self.replace(&rules)
            }
        }
    }

    /// Drops the waiting rules and returns when they would have been due.
    pub fn cancel(&mut self) -> Result<u64> {
        require!(self.is_changing(), StakingError::NoPolicyChange);
        let due = self.due_epoch;
        self.forget();
        Ok(due)
    }

    /// Whether other rules wait.
    pub fn is_changing(&self) -> bool {
        self.due_epoch != 0
    }

    fn replace(&mut self, rules: &PolicyRules) -> Result<()> {
        self.rules = *rules;
        self.changes = self
            .changes
            .checked_add(1)
            .ok_or(StakingError::MathOverflow)?;
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        self.pending = PolicyRules::default();
        self.due_epoch = 0;
    }

    /// What holds after every instruction that changes a policy.
    ///
    /// - It has this layout and rules in their canonical form.
    /// - Waiting rules have an epoch from which they are due, and there is none without them.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.rules.core().check().is_ok()
            && self.pending.core().check().is_ok()
            && (self.is_changing() || self.pending == PolicyRules::default());
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use {
        super::*,
        proptest::prelude::*,
        trestle_core::{
            change::CHANGE_DELAY_EPOCHS,
            clearance::{KIND_KYB, KIND_KYC},
        },
    };

    #[derive(Clone, Debug)]
    enum Step {
        Propose(PolicyRules),
        Apply,
        Cancel,
        Wait(u64),
    }

    fn rules() -> impl Strategy<Value = PolicyRules> {
        let kinds = 0..=(KIND_KYC | KIND_KYB);
        (kinds.clone(), kinds).prop_map(|(operator_kinds, customer_kinds)| PolicyRules {
            operator_kinds,
            customer_kinds,
            ..PolicyRules::default()
        })
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => rules().prop_map(Step::Propose),
            3 => Just(Step::Apply),
            1 => Just(Step::Cancel),
            3 => (0..5_u64).prop_map(Step::Wait),
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_refused_by_rules_younger_than_the_delay(
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let mut policy = ServicePolicy::zeroed();
            policy.create(255, Address::default());
            let mut epoch = 0;
            let mut proposed: Option<(PolicyRules, u64)> = None;
            for step in steps {
                let before = policy;
                let outcome = match step {
                    Step::Propose(rules) => {
                        let outcome = policy.propose(&rules, Epoch(epoch), false);
                        if outcome.is_ok() {
                            proposed = Some((rules, epoch));
                        }
                        outcome
                    }
                    Step::Apply => policy.apply(Epoch(epoch)),
                    Step::Cancel => policy.cancel().map(|_| ()),
                    Step::Wait(epochs) => {
                        epoch += epochs;
                        Ok(())
                    }
                };
                // A refusal undoes the whole transaction.
                if outcome.is_err() {
                    policy = before;
                }
                prop_assert!(policy.invariant().is_ok());
                prop_assert_eq!(policy.changes > before.changes, policy.rules != before.rules);
                if !policy.rules.core().admits_all_of(before.rules.core()) {
                    let (rules, since) = proposed.unwrap();
                    prop_assert_eq!(rules, policy.rules);
                    prop_assert!(epoch > since + CHANGE_DELAY_EPOCHS);
                }
            }
        }

        #[test]
        fn rules_nobody_relies_on_are_replaced_at_once(first in rules(), second in rules()) {
            let mut policy = ServicePolicy::zeroed();
            policy.create(255, Address::default());
            for rules in [first, second] {
                let is_new = rules != policy.rules;
                prop_assert_eq!(policy.propose(&rules, Epoch(7), true).is_ok(), is_new);
                prop_assert_eq!(policy.rules, rules);
                prop_assert!(!policy.is_changing());
            }
        }
    }
}
