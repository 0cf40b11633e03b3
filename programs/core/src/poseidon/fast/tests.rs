use super::*;

fn naive<const T: usize>(a: &[Fr; T], b: &[Fr; T]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

/// Elements whose inner form has the most bits, the fewest, and any.
fn elements() -> Vec<Fr> {
    let mut largest = Fr::MODULUS;
    largest.0[0] -= 1;
    let mut elements = std::vec![
        Fr::new_unchecked(largest),
        Fr::zero(),
        Fr::from(1),
        -Fr::from(1)
    ];
    let mut next = Fr::from(7);
    elements.extend(
        core::iter::from_fn(|| {
            next = next.square() + Fr::from(11);
            Some(next)
        })
        .take(60),
    );
    elements
}

#[test]
fn products_are_reduced_right_at_the_largest_values() {
    let elements = elements();
    let largest = elements[0];
    assert_eq!(
        dot(&[largest; 5], &[largest; 5]),
        naive(&[largest; 5], &[largest; 5])
    );
    assert_eq!(
        dot(&[largest; 3], &[largest; 3]),
        naive(&[largest; 3], &[largest; 3])
    );
    for (index, element) in elements.iter().enumerate() {
        for other in &elements {
            let a: [Fr; 5] = core::array::from_fn(|k| elements[(index + k) % elements.len()]);
            let b = [*element, *other, largest, *other, *element];
            assert_eq!(dot(&a, &b), naive(&a, &b));
        }
    }
}

#[test]
fn a_singular_matrix_has_no_inverse() {
    assert!(invert(&[[Fr::from(1), Fr::from(2)], [Fr::from(2), Fr::from(4)]]).is_none());
    let matrix = [[Fr::zero(), Fr::from(2)], [Fr::from(3), Fr::from(5)]];
    assert_eq!(product(&invert(&matrix).unwrap(), &matrix), identity());
}
