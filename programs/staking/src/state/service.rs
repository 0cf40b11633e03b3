//! A service of a network: what operators must stake, how they are tested, what faults cost.

use {
    crate::{
        constants::{
            ANSWER_DEADLINE_MS_MAX, ANSWER_DEADLINE_MS_MIN, CAPACITY_GIB_MAX, DETECT_BPS_MAX,
            DISHONESTY_FACTOR, MISSING_BPS_MIN, NOTICE_EPOCHS_MAX, SERVICE_KIND_STORAGE,
            STAKE_PER_GIB_MAX, VERSION,
        },
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::due_epoch_after,
        seeds::SEED_SERVICE,
        units::{Epoch, BPS_ONE},
    },
};

/// PDA `["service", network, index as u16 LE]`.
#[account]
pub struct Service {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// What operators do: 1 is storage.
    pub kind: u8,
    /// 1 once it has a policy, which new commitments and leases must then satisfy.
    pub has_policy: u8,
    /// Number of the service in its network.
    pub index: u16,
    /// Share of missing data that challenges must find.
    pub missing_bps: u16,
    /// The network it belongs to.
    pub network: Address,
    /// Stake an operator needs for each GiB it offers, in base units of the token.
    pub stake_per_gib: u64,
    /// Operators registered so far.
    pub operator_count: u32,
    /// Milliseconds within which a node must answer a challenge.
    pub answer_deadline_ms: u32,
    /// Probability with which `missing_bps` must be found in an epoch.
    pub detect_bps: u16,
    /// Share of its stake that repeated missing costs an operator in an epoch.
    pub miss_slash_bps: u16,
    /// Share of its stake that proven loss costs an operator in an epoch.
    pub lost_slash_bps: u16,
    /// Epochs that an operator keeps serving after it ended a commitment or a lease.
    pub notice_epochs: u16,
    /// Changes of parameters that were applied so far.
    pub params_version: u32,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 60],
}

const _: () = assert!(size_of::<Service>() == 128);
const _: () = assert!(offset_of!(Service, network) == 8);
const _: () = assert!(offset_of!(Service, stake_per_gib) == 40);
const _: () = assert!(offset_of!(Service, detect_bps) == 56);

impl Layout for Service {
    const VERSION: u8 = VERSION;
}

/// What a service is created with. A change with notice can replace all of it but the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct ServiceParams {
    /// What operators do: 1 is storage.
    pub kind: u8,
    /// Stake for each GiB in base units of the token.
    pub stake_per_gib: u64,
    /// Share of missing data that challenges must find: 100 to 10,000.
    pub missing_bps: u16,
    /// Probability with which it must be found in an epoch: 1 to 9,999.
    pub detect_bps: u16,
    /// Share of the stake that repeated missing costs.
    pub miss_slash_bps: u16,
    /// Share of the stake that proven loss costs: at least three times a miss.
    pub lost_slash_bps: u16,
    /// Milliseconds to answer a challenge: 250 to 60,000.
    pub answer_deadline_ms: u32,
    /// Epochs of notice: 1 to 90.
    pub notice_epochs: u16,
}

impl ServiceParams {
    pub fn validate(&self) -> Result<()> {
        require!(
            self.kind == SERVICE_KIND_STORAGE,
            StakingError::BadServiceKind
        );
        require!(
            (1..=STAKE_PER_GIB_MAX).contains(&self.stake_per_gib),
            StakingError::BadStakePerGib
        );
        require!(
            (MISSING_BPS_MIN..=BPS_ONE).contains(&self.missing_bps)
                && (1..=DETECT_BPS_MAX).contains(&self.detect_bps),
            StakingError::BadDetection
        );
        let lost_min = u32::from(self.miss_slash_bps)
            .checked_mul(u32::from(DISHONESTY_FACTOR))
            .ok_or(StakingError::MathOverflow)?;
        require!(
            self.lost_slash_bps > 0
                && u32::from(self.lost_slash_bps) >= lost_min
                && self.lost_slash_bps <= BPS_ONE,
            StakingError::BadSlashSchedule
        );
        require!(
            (ANSWER_DEADLINE_MS_MIN..=ANSWER_DEADLINE_MS_MAX).contains(&self.answer_deadline_ms),
            StakingError::BadAnswerDeadline
        );
        require!(
            (1..=NOTICE_EPOCHS_MAX).contains(&self.notice_epochs),
            StakingError::BadNotice
        );
        Ok(())
    }
}

impl Service {
    /// Writes a fresh service.
    pub fn create(&mut self, bump: u8, network: Address, index: u16, params: &ServiceParams) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
        self.index = index;
        self.kind = params.kind;
        self.set_params(params);
    }

    /// Replaces the parameters by those of a change that is due, and counts it.
    pub fn change(&mut self, params: &ServiceParams) -> Result<()> {
        self.set_params(params);
        self.params_version = self
            .params_version
            .checked_add(1)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    fn set_params(&mut self, params: &ServiceParams) {
        self.stake_per_gib = params.stake_per_gib;
        self.missing_bps = params.missing_bps;
        self.detect_bps = params.detect_bps;
        self.miss_slash_bps = params.miss_slash_bps;
        self.lost_slash_bps = params.lost_slash_bps;
        self.answer_deadline_ms = params.answer_deadline_ms;
        self.notice_epochs = params.notice_epochs;
    }

    /// Whether `address` is the one that network and index give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let index = self.index.to_le_bytes();
        let seeds = [SEED_SERVICE, self.network.as_ref(), &index];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// The parameters as they are.
    pub const fn params(&self) -> ServiceParams {
        ServiceParams {
            kind: self.kind,
            stake_per_gib: self.stake_per_gib,
            missing_bps: self.missing_bps,
            detect_bps: self.detect_bps,
            miss_slash_bps: self.miss_slash_bps,
            lost_slash_bps: self.lost_slash_bps,
            answer_deadline_ms: self.answer_deadline_ms,
            notice_epochs: self.notice_epochs,
        }
    }

    /// First epoch in which a change proposed in `epoch` can be applied. Besides the two whole
    /// epochs it waits for the notice: an operator who dislikes what is coming and gives notice at
    /// once serves no epoch under it.
    pub fn change_due(&self, epoch: Epoch) -> Epoch {
        due_epoch_after(epoch, self.notice_epochs.into())
    }

    /// Counts one more operator.
    pub fn add_operator(&mut self) -> Result<()> {
        self.operator_count = self
            .operator_count
            .checked_add(1)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    /// Notes that the service has a policy.
    pub fn mark_policy(&mut self) {
        self.has_policy = 1;
    }

    /// Stake that an operator of this capacity needs, in base units of the token.
    pub fn min_stake(&self, capacity_gib: u64) -> Result<u64> {
        self.stake_per_gib
            .checked_mul(capacity_gib)
            .ok_or_else(|| StakingError::MathOverflow.into())
    }

    /// What holds after every instruction that changes a service.
    ///
    /// - It has this layout and a known kind; it has a policy or none.
    /// - Its stake for the largest capacity still fits into an amount.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.kind == SERVICE_KIND_STORAGE
            && self.has_policy <= 1
            && self.stake_per_gib.checked_mul(CAPACITY_GIB_MAX).is_some();
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
