//! Areas of a pause.

use {
    proptest::prelude::*,
    trestle_core::pause::{is_paused, is_valid, paused, resumed, ALL, AREAS},
};

#[test]
fn each_area_is_one_bit_and_all_are_every_one() {
    let mut seen = 0_u8;
    for (area, name) in AREAS {
        assert_eq!(area.count_ones(), 1, "{name}");
        assert_eq!(seen & area, 0, "{name}");
        seen |= area;
    }
    assert_eq!(seen, ALL);
}

proptest! {
    #[test]
    fn areas_are_paused_and_resumed_without_touching_others(mask in 0..=ALL, areas in 0..=ALL) {
        for (area, _) in AREAS {
            let is_named = areas & area != 0;
            let is_now = is_named || is_paused(mask, area);
            prop_assert_eq!(is_paused(paused(mask, areas), area), is_now);
            let stays = !is_named && is_paused(mask, area);
            prop_assert_eq!(is_paused(resumed(mask, areas), area), stays);
        }
    }

    #[test]
    fn only_known_areas_are_valid(mask in any::<u8>()) {
        prop_assert_eq!(is_valid(mask), (1..=ALL).contains(&mask));
    }
}
