//! The rule of two keys: two deciders together decide at once, one alone after a window in which any other may veto.

use crate::{
    account::{Deposit, Operator},
    field::{i64_at, key_at, same, u64_at},
    generated::{deposit, EscrowError, DECIDER_APPROVER, DECIDER_FUNDER, DECIDER_RELAYER, DEPOSIT_AWARDED},
    keys::RELAYER,
    require, Outcome,
};
use pinocchio::{AccountView, Address};

/// What a deposit's award is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Award {
    None,
    /// Made by the relayer alone, whose key was disabled before the award was final.
    Void,
    Pending,
    Final,
}

#[inline(never)]
pub fn award_of(fields: &Deposit, operator: &Operator, now: i64) -> Award {
    if fields[deposit::STATE] != DEPOSIT_AWARDED {
        return Award::None;
    }
    let final_at = i64_at(fields, deposit::FINAL_AT);
    if fields[deposit::AWARDED_BY] & DECIDER_RELAYER != 0 && RELAYER.is_void(operator, u64_at(fields, deposit::AWARD_EPOCH), final_at) {
        Award::Void
    } else if now < final_at {
        Award::Pending
    } else {
        Award::Final
    }
}

/// Adds to `by` which decider a signer is. A key that came into two roles, by a relayer scheduled later, still counts once.
#[inline(never)]
pub fn decider(fields: &Deposit, operator: &Operator, now: i64, account: &AccountView, by: &mut u8) -> Outcome {
    require(account.is_signer(), EscrowError::SignatureMissing)?;
    *by |= role(fields, operator, now, account.address().as_array())?;
    Ok(())
}

#[inline(always)]
fn role(fields: &Deposit, operator: &Operator, now: i64, key: &[u8; 32]) -> Outcome<u8> {
    if same(key_at(fields, deposit::FUNDER), key) {
        return Ok(DECIDER_FUNDER);
    }
    require(fields[deposit::WITH_RELAYER] != 0, EscrowError::DeciderWrong)?;
    if same(key_at(fields, deposit::APPROVER), key) {
        return Ok(DECIDER_APPROVER);
    }
    require(same(RELAYER.in_force(operator, now), key), EscrowError::DeciderWrong)?;
    Ok(DECIDER_RELAYER)
}

/// The operator that the deposit names, and no other.
#[inline(always)]
pub fn require_operator(fields: &Deposit, operator: &Address) -> Outcome {
    require(same(key_at(fields, deposit::OPERATOR), operator.as_array()), EscrowError::OperatorWrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{put, put_i64, put_u64},
        generated::{DEPOSIT_FUNDED, DEPOSIT_PAID},
        keys::tests::{working_operator, WEEK},
    };

    const FINAL_AT: i64 = 5_000;

    fn deposit_with(by: u8) -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_AWARDED;
        fields[deposit::WITH_RELAYER] = 1;
        fields[deposit::AWARDED_BY] = by;
        put(&mut fields, deposit::FUNDER, &[1; 32]);
        put(&mut fields, deposit::APPROVER, &[2; 32]);
        put_u64(&mut fields, deposit::AWARD_EPOCH, 1);
        put_i64(&mut fields, deposit::FINAL_AT, FINAL_AT);
        fields
    }

    fn disabled_at(now: i64) -> Operator {
        let mut operator = working_operator();
        RELAYER.disable(&mut operator, now).unwrap();
        operator
    }

    #[test]
    fn an_award_is_final_from_the_last_second_of_its_window_on() {
        let operator = working_operator();
        assert_eq!(award_of(&deposit_with(DECIDER_RELAYER), &operator, FINAL_AT - 1), Award::Pending);
        assert_eq!(award_of(&deposit_with(DECIDER_RELAYER), &operator, FINAL_AT), Award::Final);
        for state in [DEPOSIT_FUNDED, DEPOSIT_PAID] {
            let mut fields = deposit_with(DECIDER_RELAYER);
            fields[deposit::STATE] = state;
            assert_eq!(award_of(&fields, &operator, FINAL_AT), Award::None);
        }
    }

    #[test]
    fn disabling_the_relayer_voids_what_it_decided_within_the_window_and_nothing_else() {
        assert_eq!(award_of(&deposit_with(DECIDER_RELAYER), &disabled_at(FINAL_AT - 1), i64::MAX), Award::Void);
        assert_eq!(award_of(&deposit_with(DECIDER_RELAYER), &disabled_at(FINAL_AT), FINAL_AT), Award::Final);
        for by in [DECIDER_FUNDER, DECIDER_APPROVER, DECIDER_FUNDER | DECIDER_APPROVER] {
            assert_eq!(award_of(&deposit_with(by), &disabled_at(FINAL_AT - 1), FINAL_AT), Award::Final);
        }
    }

    #[test]
    fn a_key_has_one_role() {
        let mut operator = working_operator();
        let role_of = |operator: &Operator, key: u8, now| role(&deposit_with(0), operator, now, &[key; 32]);
        assert_eq!(role_of(&operator, 1, 0), Ok(DECIDER_FUNDER));
        assert_eq!(role_of(&operator, 2, 0), Ok(DECIDER_APPROVER));
        assert_eq!(role_of(&operator, 11, 0), Ok(DECIDER_RELAYER));
        for stranger in [3, 10, 12] {
            assert_eq!(role_of(&operator, stranger, 0), Err(EscrowError::DeciderWrong));
        }
        RELAYER.schedule(&mut operator, &[2; 32], 0);
        assert_eq!(role_of(&operator, 2, WEEK), Ok(DECIDER_APPROVER));
        assert_eq!(role_of(&operator, 11, WEEK), Err(EscrowError::DeciderWrong));
    }

    #[test]
    fn without_the_relayer_only_the_funder_decides() {
        let mut fields = deposit_with(0);
        fields[deposit::WITH_RELAYER] = 0;
        put(&mut fields, deposit::APPROVER, &[0; 32]);
        assert_eq!(role(&fields, &working_operator(), 0, &[1; 32]), Ok(DECIDER_FUNDER));
        for other in [[0; 32], [11; 32]] {
            assert_eq!(role(&fields, &working_operator(), 0, &other), Err(EscrowError::DeciderWrong));
        }
    }
}
