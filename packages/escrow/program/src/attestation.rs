//! What the attestor says: this GitHub user and this wallet were seen together in one session, minutes ago.

use crate::{
    account::Operator,
    field::is_same,
    generated::{EscrowError, ATTESTATION_SECONDS},
    keys::{is_operators_key, ATTESTOR},
    require, Outcome,
};
use pinocchio::AccountView;

/// Both sign. The expiry is bound on both sides, so that a signature over a durable nonce is worth no more than any other.
#[inline(never)]
pub fn require_attested(operator: &Operator, attestor: &AccountView, wallet: &AccountView, expiry: i64, now: i64) -> Outcome {
    require(attestor.is_signer() && wallet.is_signer(), EscrowError::SignatureMissing)?;
    require(is_same(ATTESTOR.in_force(operator, now), attestor.address().as_array()), EscrowError::AttestorWrong)?;
    require(is_fresh(expiry, now), EscrowError::AttestationExpired)?;
    // Whoever runs the service is never paid by it.
    require(!is_operators_key(operator, wallet.address().as_array()), EscrowError::WalletWrong)
}

#[inline(always)]
fn is_fresh(expiry: i64, now: i64) -> bool {
    now < expiry && expiry <= now.saturating_add(ATTESTATION_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attestation_lives_ten_minutes_at_most() {
        assert!(is_fresh(1_001, 1_000));
        assert!(is_fresh(1_600, 1_000));
        assert!(!is_fresh(1_000, 1_000));
        assert!(!is_fresh(1_601, 1_000));
        assert!(!is_fresh(i64::MAX, 1_000));
        assert!(!is_fresh(i64::MIN, 1_000));
        assert!(!is_fresh(i64::MAX, i64::MAX));
    }
}
