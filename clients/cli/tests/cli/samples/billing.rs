//! Fixed results about meters, cards, top-ups, delegates and revenue.

use super::{address, dollars, landed, SIGNATURE};
use trestle_cli::{
    commands::{
        biller::{BillerOutput, BillerSetOutput},
        card::{CardAction, CardListOutput, CardSaleOutput, CardWriteOutput, SaleStatus},
        delegate::{DelegateAction, DelegateListOutput, DelegateText, DelegateWriteOutput},
        insurance::InsurancePayOutput,
        market::MarketOutput,
        meter_output::{
            MeterAction, MeterListOutput, MeterOutput, MeterWriteOutput, ReceiptOutput,
        },
        revenue::{
            ReleasedText, RevenueOutput, RevenueWriteOutput, TreasuryOutput, TreasuryWriteOutput,
        },
        topup::{TopupAction, TopupOutput, TopupWriteOutput},
    },
    text::CreditsText,
};

fn credits(credits: u64) -> CreditsText {
    CreditsText::new(credits)
}

pub fn meter_write(action: MeterAction) -> MeterWriteOutput {
    MeterWriteOutput {
        action,
        meter: address(40),
        operator: address(10),
        credits: Some(credits(6_000)),
        units: (action == MeterAction::Settle).then(|| "60".to_string()),
        end_epoch: (action == MeterAction::End).then(|| "45".to_string()),
        transaction: landed(),
    }
}

pub fn meter() -> MeterOutput {
    MeterOutput {
        meter: address(40),
        customer: address(30),
        operator: address(10),
        service: address(2),
        signer: address(30),
        number: 3,
        price: credits(100),
        epoch_cap: credits(5_000),
        units: 60,
        deposited: credits(7_000),
        used: credits(6_000),
        left: credits(1_000),
        notice_epochs: 2,
        end_epoch: Some("45".to_string()),
    }
}

pub fn meters() -> MeterListOutput {
    MeterListOutput {
        meters: vec![meter()],
    }
}

pub fn receipt() -> ReceiptOutput {
    ReceiptOutput {
        meter: address(40),
        number: 3,
        units: 60,
        signer: address(30),
        signature: SIGNATURE.to_string(),
    }
}

pub fn card_write(action: CardAction) -> CardWriteOutput {
    CardWriteOutput {
        action,
        sale: address(41),
        customer: address(30),
        credits: credits(500_000),
        transaction: landed(),
    }
}

pub fn sale() -> CardSaleOutput {
    CardSaleOutput {
        sale: address(41),
        status: SaleStatus::Frozen,
        customer: address(30),
        credits: credits(500_000),
        frozen: credits(120_000),
        final_at: 1_800_086_400,
        now: 1_800_000_000,
    }
}

pub fn sales() -> CardListOutput {
    let open = CardSaleOutput {
        status: SaleStatus::Open,
        frozen: credits(0),
        ..sale()
    };
    CardListOutput {
        sales: vec![sale(), open],
    }
}

pub fn biller_set() -> BillerSetOutput {
    BillerSetOutput {
        key: address(42),
        daily_cap: credits(5_000_000),
        chargeback_seconds: 10_368_000,
        transaction: landed(),
    }
}

pub fn biller() -> BillerOutput {
    BillerOutput {
        biller: address(43),
        key: address(42),
        daily_cap: credits(5_000_000),
        chargeback_seconds: 10_368_000,
        sold: credits(900_000),
        refunded: credits(100_000),
        charged_back: credits(20_000),
    }
}

pub fn delegate_write(action: DelegateAction) -> DelegateWriteOutput {
    DelegateWriteOutput {
        action,
        customer: address(30),
        key: address(44),
        transaction: landed(),
    }
}

pub fn delegates() -> DelegateListOutput {
    let all = DelegateText {
        key: address(44),
        epoch_limit: credits(1_000),
        total_limit: credits(50_000),
        total_spent: credits(2_500),
        last_epoch: 400,
        services: Vec::new(),
    };
    let one = DelegateText {
        key: address(45),
        services: vec![address(2)],
        ..all.clone()
    };
    DelegateListOutput {
        delegates: vec![all, one],
    }
}

pub fn topup_write(action: TopupAction) -> TopupWriteOutput {
    TopupWriteOutput {
        action,
        customer: address(30),
        credits: credits(50_000),
        stable: (action != TopupAction::Remove).then(|| dollars(500_000)),
        transaction: landed(),
    }
}

pub fn topup() -> TopupOutput {
    TopupOutput {
        customer: address(30),
        floor: credits(100_000),
        amount: credits(50_000),
        period_epochs: 2,
        next_epoch: 44,
        bought: credits(150_000),
        source: address(46),
        balance: dollars(80_000_000),
        allowance: dollars(1_500_000),
    }
}

pub fn revenue() -> RevenueOutput {
    RevenueOutput {
        service: address(2),
        used: credits(25_000),
        released: credits(20_000),
        operators: dollars(180_000),
        vault: dollars(5_000_000),
        protocol_fee_bps: 700,
        insurance_fee_bps: 300,
    }
}

pub fn released() -> RevenueWriteOutput {
    RevenueWriteOutput {
        service: address(2),
        released: Some(ReleasedText {
            credits: credits(5_000),
            operators: dollars(45_000),
            treasury: dollars(3_500),
            insurance: dollars(1_500),
        }),
        transaction: landed(),
    }
}

pub fn treasury() -> TreasuryOutput {
    TreasuryOutput {
        treasury: address(47),
        balance: dollars(12_500_000),
        insurance: address(48),
        insurance_balance: dollars(5_500_000),
        insurance_payments: 2,
    }
}

pub fn withdrawn() -> TreasuryWriteOutput {
    TreasuryWriteOutput {
        treasury: address(47),
        amount: Some(dollars(12_500_000)),
        to: Some(address(49)),
        transaction: landed(),
    }
}

pub fn insured() -> InsurancePayOutput {
    InsurancePayOutput {
        payment: 2,
        customer: address(5),
        credits: CreditsText::new(1_250),
        cost: dollars(12_500),
        transaction: landed(),
    }
}

pub fn market() -> MarketOutput {
    MarketOutput {
        market: address(8),
        price_account: address(50),
        max_age_seconds: 60,
        max_conf_bps: 100,
        protocol_fee_bps: 700,
        insurance_fee_bps: 300,
        biller_cap: credits(1_000_000_000),
        sold: credits(1_000_000),
        in_wallets: credits(300_000),
        in_accounts: credits(500_000),
        in_leases: credits(150_000),
        frozen: credits(5_000),
        used: credits(25_000),
        taken_back: credits(20_000),
        reversible: credits(200_000),
        released: dollars(200_000),
    }
}
