//! The rule of two keys: two deciders together decide at once, one alone after a window in which any other may veto.

use crate::{
    account::{self, Deposit, Operator},
    clock::now,
    field::{i64_at, key_at, same, u64_at},
    generated::{deposit, EscrowError, DECIDER_APPROVER, DECIDER_FUNDER, DECIDER_RELAYER, DEPOSIT_AWARDED},
    keys::RELAYER,
    require, Outcome,
    terms::undisputed_at,
};
use pinocchio::{AccountView, Address};

/// A deposit with the operator that it names, at the one moment of an instruction.
pub struct Opened<'a> {
    pub fields: &'a mut Deposit,
    pub operator: &'a Operator,
    pub now: i64,
}

#[inline(always)]
pub fn open_deposit<'a>(program: &Address, account: &'a mut AccountView, operator: &'a AccountView) -> Outcome<Opened<'a>> {
    let mut opened = None;
    open(program, account, operator, &mut opened)?;
    opened.ok_or(EscrowError::AccountKindWrong)
}

#[inline(never)]
fn open<'a>(program: &Address, account: &'a mut AccountView, operator_account: &'a AccountView, opened: &mut Option<Opened<'a>>) -> Outcome {
    let now = now()?;
    let fields = account::deposit_mut(account, program)?;
    require(same(key_at(fields, deposit::OPERATOR), operator_account.address().as_array()), EscrowError::OperatorWrong)?;
    let operator = account::operator(operator_account, program)?;
    *opened = Some(Opened { fields, operator, now });
    Ok(())
}

/// What a deposit's award is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Award {
    None,
    /// Made by the relayer alone, whose key was disabled before the award was final.
    Void,
    /// One key decided alone, and the others can still veto.
    Pending,
    Final,
}

#[inline(never)]
pub fn award_of(fields: &Deposit, operator: &Operator, now: i64) -> Award {
    if fields[deposit::STATE] != DEPOSIT_AWARDED {
        return Award::None;
    }
    // Whatever the clock says now: once a share has left, no other share may go another way.
    if fields[deposit::PAID_MASK] | fields[deposit::REFUNDED_MASK] != 0 {
        return Award::Final;
    }
    match final_at(fields, operator) {
        NEVER => Award::Void,
        final_at if now < final_at => Award::Pending,
        _ => Award::Final,
    }
}

const NEVER: i64 = i64::MAX;

/// From this second on the award of a deposit is final; `NEVER` if it is void. An end of the relayer before that voids
/// what the relayer decided alone; what another key decided alone waits until a next relayer had its time to veto.
#[inline(never)]
pub fn final_at(fields: &Deposit, operator: &Operator) -> i64 {
    let mut final_at = i64_at(fields, deposit::FINAL_AT);
    for epoch in u64_at(fields, deposit::AWARD_EPOCH)..RELAYER.epoch(operator) {
        let ended_at = RELAYER.ended_at(operator, epoch);
        if ended_at < final_at {
            if fields[deposit::AWARDED_BY] == DECIDER_RELAYER {
                return NEVER;
            }
            final_at = undisputed_at(ended_at, false);
        }
    }
    final_at
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{put, put_i64, put_u64},
        generated::{DEPOSIT_FUNDED, DEPOSIT_PAID, WINDOW_SECONDS},
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
        for by in [DECIDER_FUNDER, DECIDER_APPROVER] {
            assert_eq!(award_of(&deposit_with(by), &disabled_at(FINAL_AT - 1), FINAL_AT), Award::Pending);
            assert_eq!(award_of(&deposit_with(by), &disabled_at(FINAL_AT), FINAL_AT), Award::Final);
        }
    }

    #[test]
    fn what_another_key_decided_alone_waits_after_each_end_of_the_relayer_until_a_next_one_had_its_time() {
        const WAIT: i64 = WEEK + WINDOW_SECONDS;
        let mut operator = disabled_at(FINAL_AT - 1);
        assert_eq!(final_at(&deposit_with(DECIDER_FUNDER), &operator), FINAL_AT - 1 + WAIT);
        RELAYER.schedule(&mut operator, &[30; 32], FINAL_AT - 1).unwrap();
        RELAYER.disable(&mut operator, FINAL_AT - 2 + WAIT).unwrap();
        assert_eq!(final_at(&deposit_with(DECIDER_FUNDER), &operator), FINAL_AT - 2 + 2 * WAIT);
        RELAYER.schedule(&mut operator, &[31; 32], FINAL_AT).unwrap();
        RELAYER.disable(&mut operator, FINAL_AT - 2 + 2 * WAIT).unwrap();
        assert_eq!(final_at(&deposit_with(DECIDER_FUNDER), &operator), FINAL_AT - 2 + 2 * WAIT);
    }

    #[test]
    fn once_a_share_has_left_the_award_is_final_whatever_the_clock_and_the_keys_say() {
        for mask in [deposit::PAID_MASK, deposit::REFUNDED_MASK] {
            let mut fields = deposit_with(DECIDER_RELAYER);
            fields[mask] = 2;
            assert_eq!(award_of(&fields, &disabled_at(FINAL_AT - 1), FINAL_AT), Award::Final);
            assert_eq!(award_of(&fields, &working_operator(), FINAL_AT - 1), Award::Final);
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
        RELAYER.schedule(&mut operator, &[2; 32], 0).unwrap();
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
