//! The hand-packed calls of the token programs are what the SPL crates would send.

use {
    proptest::prelude::*,
    solana_address::Address,
    spl_token_interface::{
        instruction::{burn, close_account, mint_to, transfer},
        ID,
    },
    trestle_staking::token_calls::{data, BURN, CLOSE_ACCOUNT, MINT_TO, TRANSFER},
};

proptest! {
    #[test]
    fn data_equal_those_of_the_spl_encoders(amount: u64) {
        let [a, b, c] = [1, 2, 3].map(|byte| Address::new_from_array([byte; 32]));
        #[allow(deprecated, reason = "the unchecked transfer needs no mint account")]
        let transfer = transfer(&ID, &a, &b, &c, &[], amount).unwrap();
        let mint_to = mint_to(&ID, &a, &b, &c, &[], amount).unwrap();
        let burn = burn(&ID, &a, &b, &c, &[], amount).unwrap();

        for (number, spl) in [(TRANSFER, transfer), (MINT_TO, mint_to), (BURN, burn)] {
            prop_assert_eq!(&spl.data[..], &data(number, amount)[..]);
            let flags = spl.accounts.iter().map(|meta| (meta.is_writable, meta.is_signer));
            let expected = [(true, false), (true, false), (false, true)];
            prop_assert!(flags.eq(expected), "two writable accounts, then the authority");
        }
    }
}

#[test]
fn closing_equals_that_of_the_spl_encoder() {
    let [a, b, c] = [1, 2, 3].map(|byte| Address::new_from_array([byte; 32]));
    let spl = close_account(&ID, &a, &b, &c, &[]).unwrap();
    assert_eq!(spl.data, [CLOSE_ACCOUNT]);
    let flags = spl
        .accounts
        .iter()
        .map(|meta| (meta.is_writable, meta.is_signer));
    assert!(flags.eq([(true, false), (true, false), (false, true)]));
}
